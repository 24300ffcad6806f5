import {
  foreignBuffer,
  inputCountError,
  inputTypeError,
  inputTypes,
  outputTypes,
  releasedError,
  wrapRuntimeError,
} from '@gai/core/backend';
import type { DeviceBuffer, HostTensor, RunOptions, Session, SessionOptions } from '@gai/core/backend';
import type { InferenceSession, OnnxValue, Tensor as RuntimeTensor } from 'onnxruntime-node';
import { CpuBuffer } from './buffer.ts';
import { hostTensor } from './host-tensor.ts';
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
    this.#inputTypes = inputTypes(session.inputMetadata, options.inputs);
    outputTypes(session.outputMetadata, options.outputs);
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
    if (inputs.length !== names.length) throw inputCountError(inputs.length, names);
    const feeds: Record<string, RuntimeTensor> = {};
    for (let index = 0; index < names.length; index++) {
      const tensor = this.#tensor(inputs[index] as HostTensor | DeviceBuffer);
      const [name, type] = [names[index] as string, this.#inputTypes[index] as string];
      if (tensor.type !== type) throw inputTypeError(name, tensor.type, type);
      feeds[name] = tensor;
    }
    return feeds;
  }

  #tensor(input: HostTensor | DeviceBuffer): RuntimeTensor {
    if (input instanceof CpuBuffer && input.backend === this.#backend) return input.tensor('run');
    if ('backend' in input) throw foreignBuffer(input);
    return hostTensor(this.#backend.runtime, input, 'run');
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
