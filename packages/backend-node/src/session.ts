import { BackendError, DTypeError } from '@gai/core/backend';
import type { DeviceBuffer, HostTensor, RunOptions, Session, SessionOptions } from '@gai/core/backend';
import type { InferenceSession, OnnxValue, Tensor as RuntimeTensor } from 'onnxruntime-node';
import { CpuBuffer } from './buffer.ts';
import { SUPPORTED_DTYPES, dtypeOfRuntimeType } from './dtype-map.ts';
import { wrapRuntimeError } from './errors.ts';
import { hostTensor } from './host-tensor.ts';
import { foreignBuffer, namesError, releasedError } from './session-errors.ts';
import type { LocalBackend } from './local-backend.ts';

/** A compiled graph in this thread. */
export class LocalSession implements Session {
  readonly #backend: LocalBackend;
  readonly #session: InferenceSession;
  readonly #options: SessionOptions;
  /** Element type of each input, in the order of the options. */
  readonly #inputTypes: readonly string[];
  /** The outputs wanted, if they are not all the graph has. */
  readonly #fetches: readonly string[] | undefined;
  #released: Promise<void> | undefined;

  constructor(backend: LocalBackend, session: InferenceSession, options: SessionOptions) {
    this.#backend = backend;
    this.#session = session;
    this.#options = options;
    this.#inputTypes = inputTypes(session, options.inputs);
    checkOutputs(session, options.outputs);
    this.#fetches = session.outputNames.length === options.outputs.length ? undefined : options.outputs;
  }

  async run(inputs: readonly (HostTensor | DeviceBuffer)[], options: RunOptions = {}): Promise<DeviceBuffer[]> {
    this.#backend.checkAlive('run');
    if (this.#released !== undefined) throw releasedError();
    const { signal } = options;
    signal?.throwIfAborted();
    const feeds = this.#feeds(inputs);
    return this.#backend.queue.add(() => {
      signal?.throwIfAborted();
      return this.#execute(feeds);
    });
  }

  release(): Promise<void> {
    this.#released ??= this.#backend.queue.add(async () => {
      this.#backend.forget(this);
      await this.#session.release();
    });
    return this.#released;
  }

  #feeds(inputs: readonly (HostTensor | DeviceBuffer)[]): Record<string, RuntimeTensor> {
    const names = this.#options.inputs;
    if (inputs.length !== names.length) {
      throw new BackendError(
        `run: wrong number of inputs. Got ${inputs.length}; expected ${names.length} (${names.join(', ')}). ` +
          'Pass one tensor per input, in order.',
        { op: 'run', details: { got: inputs.length, expected: names } },
      );
    }
    const feeds: Record<string, RuntimeTensor> = {};
    for (let index = 0; index < names.length; index++) {
      const tensor = this.#tensor(inputs[index] as HostTensor | DeviceBuffer);
      if (tensor.type !== this.#inputTypes[index]) throw this.#typeError(index, tensor.type);
      feeds[names[index] as string] = tensor;
    }
    return feeds;
  }

  #tensor(input: HostTensor | DeviceBuffer): RuntimeTensor {
    if (input instanceof CpuBuffer && input.backend === this.#backend) return input.tensor('run');
    if ('backend' in input) throw foreignBuffer(input);
    return hostTensor(this.#backend.runtime, input, 'run');
  }

  #typeError(index: number, got: string): BackendError {
    const name = this.#options.inputs[index];
    const expected = this.#inputTypes[index];
    return new BackendError(
      `run: input '${name}' has another dtype than the graph. Got ${got}; expected ${expected}. Cast it first.`,
      { op: 'run', details: { input: name, got, expected } },
    );
  }

  async #execute(feeds: Record<string, RuntimeTensor>): Promise<DeviceBuffer[]> {
    let results: { readonly [name: string]: OnnxValue };
    try {
      results = await (this.#fetches === undefined
        ? this.#session.run(feeds)
        : this.#session.run(feeds, this.#fetches));
    } catch (error) {
      throw wrapRuntimeError(error, 'run', this.#options.describe);
    }
    return this.#options.outputs.map((name) => this.#backend.adopt(results[name] as RuntimeTensor));
  }
}

/** The element type of each input; refuses other names than the graph's, and types that no dtype stands for. */
function inputTypes(session: InferenceSession, names: readonly string[]): string[] {
  const types = new Map(session.inputMetadata.map((meta) => [meta.name, checkType('input', meta)]));
  if (names.length !== types.size || names.some((name) => !types.has(name))) {
    throw namesError('inputs', session.inputNames, names);
  }
  return names.map((name) => types.get(name) as string);
}

function checkOutputs(session: InferenceSession, names: readonly string[]): void {
  if (names.some((name) => !session.outputNames.includes(name))) {
    throw namesError('outputs', session.outputNames, names);
  }
  for (const meta of session.outputMetadata) if (names.includes(meta.name)) checkType('output', meta);
}

/** Also keeps int4 and uint4 away from the binding, which ends the process when it meets a tensor of them. */
function checkType(what: 'input' | 'output', meta: InferenceSession.ValueMetadata): string {
  const type = meta.isTensor ? meta.type : 'no tensor';
  if (dtypeOfRuntimeType(type) !== undefined) return type;
  throw new DTypeError(
    `load: ${what} '${meta.name}' has a type that no dtype stands for. Got ${type}; expected one of ` +
      `${SUPPORTED_DTYPES.join(', ')}. Cast it inside the graph.`,
    { op: 'load', details: { [what]: meta.name, type } },
  );
}
