import type { RunOptions, Session, SessionOptions } from '@gai/core/backend';
import { nodeBackend } from '../src/index.ts';
import type { NodeBackend, NodeBackendOptions } from '../src/index.ts';

/** A backend that counts what it is asked to do. */
export interface CountingBackend extends NodeBackend {
  /** Runs so far. */
  runs: number;
  /** Graphs compiled so far. */
  loads: number;
  /** ONNX nodes run so far (of a graph that runs twice, twice as many). */
  nodes: number;
  /** Outputs of runs so far. */
  outputs: number;
  /** Data uploaded so far. */
  uploads: number;
  /** Sets every counter to 0. */
  reset(): void;
}

/** Fields of a protobuf message: number, and bytes of those that have a length. */
function* fields(message: Uint8Array): Generator<{ field: number; bytes: Uint8Array }> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++] ?? 0;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const size = tag % 8 === 2 ? varint() : 0;
    if (tag % 8 === 0) varint();
    yield { field: Math.floor(tag / 8), bytes: message.subarray(at, at + size) };
    at += size;
  }
}

/** ONNX nodes of a model (GraphProto is field 7 of a model, a node field 1 of a graph). */
export function countNodes(model: Uint8Array): number {
  const graph = [...fields(model)].find(({ field }) => field === 7)!.bytes;
  return [...fields(graph)].filter(({ field }) => field === 1).length;
}

/** A CPU backend with one thread whose work is counted. */
export async function countingBackend(options: NodeBackendOptions = {}): Promise<CountingBackend> {
  const inner = await nodeBackend({ device: 'cpu', threads: 1, ...options });
  const zero = { runs: 0, loads: 0, nodes: 0, outputs: 0, uploads: 0 };
  const counted = Object.assign(inner as NodeBackend & CountingBackend, zero);
  counted.reset = () => Object.assign(counted, zero);
  const [load, upload] = [inner.load.bind(inner), inner.upload.bind(inner)];
  counted.upload = (tensor) => {
    counted.uploads += 1;
    return upload(tensor);
  };
  counted.load = async (model: Uint8Array, settings: SessionOptions): Promise<Session> => {
    counted.loads += 1;
    const size = countNodes(model);
    const session = await load(model, settings);
    return {
      run: async (inputs: Parameters<Session['run']>[0], run?: RunOptions) => {
        counted.runs += 1;
        counted.nodes += size;
        counted.outputs += settings.outputs.length;
        return session.run(inputs, run);
      },
      release: () => session.release(),
    };
  };
  return counted;
}
