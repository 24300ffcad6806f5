import { HostBuffer, RuntimeSession, resultDType } from '@gai/core/backend';
import type { DeviceBuffer, HostTensor, SessionOptions } from '@gai/core/backend';
import type { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-web/wasm';
import { Allocation } from './gpu/allocation.ts';
import { printed } from './printed.ts';
import { GpuBuffer } from './gpu/gpu-buffer.ts';
import type { OnnxWebBackend } from './onnx-web-backend.ts';

/** Errors reach the caller; the console need not have them too. */
const QUIET: InferenceSession.RunOptions = { logSeverityLevel: 4 };

/** Compiles the graph on the device in use; called again after that was lost. */
export type Compile = () => Promise<InferenceSession>;

/** A compiled graph of onnxruntime-web. */
export class WebSession extends RuntimeSession<RuntimeTensor, InferenceSession> {
  readonly #backend: OnnxWebBackend;
  readonly #compile: Compile;
  /** Its outputs that are still on the GPU. */
  readonly #outputs = new Set<Allocation>();
  /** The device the graph is compiled for. */
  #generation: number;

  constructor(backend: OnnxWebBackend, session: InferenceSession, compile: Compile, options: SessionOptions) {
    super(backend.life, session, options);
    this.#backend = backend;
    this.#compile = compile;
    this.#generation = backend.generation;
  }

  /** Compiles again if the device was lost since; refuses inputs that went with it. */
  protected override async ready(inputs: readonly (HostTensor | DeviceBuffer)[]): Promise<void> {
    for (const input of inputs) if (input instanceof GpuBuffer) input.checkPresent('run');
    await this.#backend.ready('run');
    if (this.#generation === this.#backend.generation) return;
    this.leave();
    this.session = await this.#compile();
    this.#generation = this.#backend.generation;
  }

  protected override execute(
    feeds: Readonly<Record<string, RuntimeTensor>>,
    fetches: readonly string[] | undefined,
  ): Promise<InferenceSession.ReturnType> {
    return fetches === undefined ? this.session.run(feeds, QUIET) : this.session.run(feeds, fetches, QUIET);
  }

  protected override own(input: HostTensor | DeviceBuffer): RuntimeTensor | undefined {
    const ours = (input instanceof HostBuffer || input instanceof GpuBuffer) && input.backend === this.#backend;
    return ours ? (input.tensor('run') as RuntimeTensor) : undefined;
  }

  protected override wrap(input: HostTensor): RuntimeTensor {
    return this.#backend.wrap(input, 'run');
  }

  protected override adopt(tensor: RuntimeTensor): DeviceBuffer {
    const dtype = resultDType(tensor);
    const { gpu } = this.#backend;
    const onHost = tensor.location !== 'gpu-buffer' || gpu === undefined;
    if (onHost) return new HostBuffer(this.#backend, dtype, tensor, true);
    return new GpuBuffer(this.#backend, gpu, dtype, new Allocation(tensor, this.#outputs));
  }

  protected override trace(): Promise<string> {
    return printed(() => this.session.endProfiling());
  }

  /** What is still on the GPU outlives the session. */
  protected override leave(): void {
    for (const allocation of this.#outputs) allocation.outlive();
    this.#outputs.clear();
  }
}
