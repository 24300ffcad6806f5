import {
  dtypeOfRuntimeType,
  foreignBuffer,
  inputCountError,
  inputTypeError,
  inputTypes,
  internalError,
  outputTypes,
  releasedError,
  wrapRuntimeError,
} from '@gai/core/backend';
import type { DeviceBuffer, HostTensor, RunOptions, Session, SessionOptions } from '@gai/core/backend';
import type { InferenceSession, OnnxValue, Tensor as RuntimeTensor } from 'onnxruntime-web/wasm';
import { Allocation } from './gpu/allocation.ts';
import { GpuBuffer } from './gpu/gpu-buffer.ts';
import { HostBuffer } from './host-buffer.ts';
import { hostTensor } from './host-tensor.ts';
import type { OnnxWebBackend } from './onnx-web-backend.ts';

/** Errors reach the caller; the console need not have them too. */
const QUIET: InferenceSession.RunOptions = { logSeverityLevel: 4 };

/** Compiles the graph on the device in use; called again after that was lost. */
export type Compile = () => Promise<InferenceSession>;

/** A compiled graph of ONNX Runtime. */
export class WebSession implements Session {
  readonly #backend: OnnxWebBackend;
  readonly #options: SessionOptions;
  readonly #compile: Compile;
  /** Element type of each input, in the order of the options. */
  readonly #inputTypes: readonly string[];
  /** The outputs wanted, if they are not all the graph has. */
  readonly #fetches: readonly string[] | undefined;
  /** Its outputs that are still on the GPU. */
  readonly #outputs = new Set<Allocation>();
  #session: InferenceSession;
  /** The device the graph is compiled for. */
  #generation: number;
  #released: Promise<void> | undefined;

  constructor(backend: OnnxWebBackend, session: InferenceSession, compile: Compile, options: SessionOptions) {
    this.#backend = backend;
    this.#session = session;
    this.#compile = compile;
    this.#options = options;
    this.#generation = backend.generation;
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
    return this.#backend.queue.add(async () => {
      signal?.throwIfAborted();
      await this.#refresh(inputs);
      return this.#execute(feeds);
    });
  }

  release(): Promise<void> {
    this.#released ??= this.#backend.queue.add(async () => {
      this.#backend.forget(this);
      this.#leaveOutputs();
      await this.#session.release();
    });
    return this.#released;
  }

  /** Compiles again if the device was lost since; refuses inputs that went with it. */
  async #refresh(inputs: readonly (HostTensor | DeviceBuffer)[]): Promise<void> {
    for (const input of inputs) if (input instanceof GpuBuffer) input.checkPresent('run');
    await this.#backend.ready('run');
    if (this.#generation === this.#backend.generation) return;
    this.#leaveOutputs();
    this.#session = await this.#compile();
    this.#generation = this.#backend.generation;
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
    const ours = input instanceof HostBuffer || input instanceof GpuBuffer;
    if (ours && input.backend === this.#backend) return input.tensor('run');
    if ('backend' in input) throw foreignBuffer(input);
    return hostTensor(this.#backend.runtime.ort, input, 'run');
  }

  async #execute(feeds: Record<string, RuntimeTensor>): Promise<DeviceBuffer[]> {
    let results: { readonly [name: string]: OnnxValue };
    try {
      results = await (this.#fetches === undefined
        ? this.#session.run(feeds, QUIET)
        : this.#session.run(feeds, this.#fetches, QUIET));
    } catch (error) {
      throw wrapRuntimeError(error, 'run', this.#options.describe);
    }
    return this.#options.outputs.map((name) => this.#adopt(results[name] as RuntimeTensor));
  }

  #adopt(tensor: RuntimeTensor): DeviceBuffer {
    const dtype = dtypeOfRuntimeType(tensor.type);
    if (dtype === undefined) throw internalError(`a run gave a tensor of type ${tensor.type}.`);
    const { gpu } = this.#backend;
    if (tensor.location !== 'gpu-buffer' || gpu === undefined)
      return new HostBuffer(this.#backend, dtype, tensor, true);
    return new GpuBuffer(this.#backend, gpu, dtype, new Allocation(tensor, this.#outputs));
  }

  #leaveOutputs(): void {
    for (const allocation of this.#outputs) allocation.outlive();
    this.#outputs.clear();
  }
}
