import { BackendError, GraphError, internalError } from '../errors.ts';
import type { Graph } from '../ir/graph.ts';
import { toposort } from '../ir/graph.ts';
import type { OnnxTarget } from '../ir/onnx-binding.ts';
import type { Leaf, Node, Tensor } from '../ir/tensor.ts';
import { verify } from '../ir/verify.ts';
import { emit } from '../onnx/emit.ts';
import { OPSET } from '../onnx/opset.ts';
import { evaluateShape } from '../shape.ts';
import { checkScope } from '../trace/bind.ts';
import { applyPasses, passesKey } from '../transforms/passes.ts';
import type { Passes } from '../transforms/passes.ts';
import type { Backend, DeviceBuffer, HostTensor, RunOptions } from './backend.ts';
import { runEffects } from './effects.ts';
import type { Effect } from './effects.ts';
import { warnFallbacks } from './fallback.ts';
import { sessionsOf } from './sessions.ts';
import type { Compiled } from './sessions.ts';
import { structureOf } from './structure.ts';

/** What an {@link Executable} is made from. */
export interface ExecutableRequest {
  readonly graph: Graph;
  /** Which nodes are given instead of computed. */
  readonly isInput: (node: Node) => boolean;
  readonly effects: readonly Effect[];
  /** For graphs that run many times: keeps captured data of the host on the device, and applies these passes. */
  readonly passes?: Passes;
}

/** Where one run gets its values from. */
export interface ExecutableRun extends RunOptions {
  /** Computes what is not known yet; undefined once all is. */
  readonly settle?: () => Promise<void> | undefined;
  /** The values of the graph's inputs, asked for when the session is about to run. */
  readonly inputs?: () => readonly (HostTensor | DeviceBuffer)[];
}

/**
 * A graph made ready to run on one backend: what goes in is known leaf by leaf, and the session is found by the
 * graph's structure or compiled.
 */
export class Executable {
  readonly backend: Backend;
  readonly #graph: Graph;
  /** Values besides the graph's own inputs that are given at every run, in order. */
  readonly #captured: readonly Tensor[];
  readonly #passes: Passes | undefined;
  readonly #key: string;
  readonly #names: { readonly inputs: string[]; readonly outputs: string[] };
  /** Outputs the caller asked for; those of effects follow. */
  readonly #wanted: number;
  readonly #effects: readonly Effect[];
  /** Size of the emitted model, once it has run. */
  bytes = 0;
  /** ONNX nodes of the emitted model, once it has run. */
  nodes = 0;

  constructor(backend: Backend, { graph, isInput, effects, passes }: ExecutableRequest) {
    this.backend = backend;
    this.#wanted = graph.outputs.length;
    this.#effects = effects;
    this.#passes = passes;
    const outputs = [...graph.outputs, ...effects.map((effect) => effect.probe)];
    this.#captured = capturedOf(graph, outputs, isInput);
    const inputs = [...graph.inputs, ...this.#captured];
    this.#graph = { name: graph.name, inputs, outputs };
    this.#names = {
      inputs: inputs.map((_, index) => `i${index}`),
      outputs: outputs.map((_, index) => `o${index}`),
    };
    this.#key = `${passes === undefined ? '' : passesKey(passes)}\n${structureOf(this.#graph, isInput)}`;
  }

  /** Computes the outputs; captured values are those of the moment in which the session begins. */
  async run({ settle, inputs, signal }: ExecutableRun = {}): Promise<DeviceBuffer[]> {
    if (this.#names.outputs.length === 0) return [];
    const results = await sessionsOf(this.backend).with(
      this.#key,
      () => this.#load(),
      async ({ session, nodes, bytes }) => {
        this.nodes = nodes;
        this.bytes = bytes;
        for (let waiting = settle?.(); waiting !== undefined; waiting = settle?.()) await waiting;
        // Nothing may come between here and the session, or a variable could get another value.
        const given = [...(inputs?.() ?? []), ...this.#captured.map((tensor) => this.#valueOf(tensor))];
        return session.run(given, { signal });
      },
    );
    if (this.#effects.length > 0) await this.#runEffects(results);
    return results.slice(0, this.#wanted);
  }

  #valueOf(tensor: Tensor): HostTensor | DeviceBuffer {
    return this.#passes !== undefined ? residentValueOf(tensor, this.backend) : valueOf(tensor, this.backend);
  }

  async #runEffects(results: readonly DeviceBuffer[]): Promise<void> {
    const probes = results.slice(this.#wanted);
    try {
      await runEffects(this.#effects, probes);
    } catch (error) {
      for (const buffer of results) buffer.dispose();
      throw error;
    }
    for (const buffer of probes) buffer.dispose();
  }

  async #load(): Promise<Compiled> {
    verify(asClosed(this.#graph));
    const { provider, fallback, lacks, channelBlock } = this.backend;
    const target: OnnxTarget = { mode: 'native', provider, fallback, lacks, channelBlock, opset: OPSET };
    const { bytes, nodes, sources, sizesOnHost, fallbacks } = emit({
      graph: this.#passes === undefined ? this.#graph : applyPasses(this.#graph, this.#passes, provider),
      inputNames: this.#names.inputs,
      outputNames: this.#names.outputs,
      target,
    });
    // Only the places are kept: the nodes would keep the data of the first run alive as long as the session.
    const places = new Map([...sources].map(([name, { place }]) => [name, place]));
    const describe = (name: string): string | undefined => places.get(name)?.line;
    warnFallbacks(this.backend, fallbacks);
    const session = await this.backend.load(bytes, { ...this.#names, describe, sizesOnHost });
    return { session, nodes, bytes: bytes.length };
  }
}

/** The values the graph takes from outside, each once: of a node with several outputs those that are used. */
function capturedOf(graph: Graph, outputs: readonly Tensor[], isInput: (node: Node) => boolean): Tensor[] {
  const own = new Set(graph.inputs.map((input) => input.node));
  const isCaptured = ({ node }: Tensor): boolean => isInput(node) && !own.has(node) && !isBaked(node);
  const used = new Set<Tensor>();
  for (const node of toposort(outputs, isInput)) {
    if (isInput(node)) continue;
    for (const input of node.inputs) if (isCaptured(input)) used.add(input);
  }
  for (const output of outputs) if (isCaptured(output)) used.add(output);
  return [...used];
}

/** The graph's inputs may be captured leaves of any kind; the invariants speak of placeholders. */
function asClosed(graph: Graph): Graph {
  return { ...graph, inputs: graph.inputs.filter((input) => input.leaf?.kind === 'input') };
}

const isBaked = (node: Node): boolean => node.values[0]?.kind === 'host' && node.values[0].constant;

/** What a leaf holds right now, for one run on `backend` (undefined: to be read, wherever it lives). */
export function valueOf(tensor: Tensor, backend: Backend | undefined): HostTensor | DeviceBuffer {
  const leaf: Leaf | undefined = tensor.leaf;
  if (leaf === undefined) throw internalError('a tensor is fed before it was computed.');
  if (leaf.kind === 'host') {
    return { dtype: tensor.dtype, shape: evaluateShape(tensor.shape, new Map()), data: leaf.data };
  }
  if (leaf.kind === 'variable') return valueOf(leaf.variable.committed, backend);
  if (leaf.kind === 'input') throw unknownInput(tensor, leaf.name);
  const { buffer } = leaf;
  if (buffer.disposed) {
    throw new BackendError(
      'read: the tensor was disposed. Got a tensor whose memory is released; expected one that is still held. ' +
        'Dispose it after its last use.',
      { op: 'read' },
    );
  }
  if (backend !== undefined && buffer.backend !== backend) {
    throw new BackendError(
      `read: tensors of two backends meet. Got one of '${buffer.backend.name}' (${buffer.backend.device}) on ` +
        `'${backend.name}' (${backend.device}); expected one backend. Read it with data(...) and make it anew.`,
      { op: 'read' },
    );
  }
  return buffer;
}

function unknownInput(tensor: Tensor, name: string): GraphError {
  checkScope('read', tensor);
  return new GraphError(
    `read: '${name}' has no value while its function is being traced. Got a read inside a traced function; ` +
      `expected it outside. Return the tensor, or look at it with debugPrint.`,
    { op: 'read' },
  );
}

const residents = new WeakMap<Leaf, DeviceBuffer>();

/** As {@link valueOf}, but data of the host is moved to where the backend computes once, and stays there. */
function residentValueOf(tensor: Tensor, backend: Backend): HostTensor | DeviceBuffer {
  const { leaf } = tensor;
  if (leaf?.kind === 'variable') return residentValueOf(leaf.variable.committed, backend);
  if (leaf?.kind !== 'host') return valueOf(tensor, backend);
  const known = residents.get(leaf);
  if (known !== undefined && known.backend === backend && !known.disposed) return known;
  const buffer = backend.upload(valueOf(tensor, backend) as HostTensor);
  residents.set(leaf, buffer);
  return buffer;
}
