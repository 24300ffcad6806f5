import { HostBuffer, RuntimeSession } from '@gai/core/backend';
import type { DeviceBuffer, HostTensor, SessionOptions } from '@gai/core/backend';
import type { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node';
import type { LocalBackend } from './local-backend.ts';
import type { TraceFolder } from './trace-folder.ts';

/** What a session is made with, and where the runtime writes what it records. */
export interface LocalSessionOptions extends SessionOptions {
  readonly traces: TraceFolder | undefined;
}

/** A compiled graph in this thread. */
export class LocalSession extends RuntimeSession<RuntimeTensor, InferenceSession> {
  readonly #backend: LocalBackend;
  readonly #traces: TraceFolder | undefined;
  #ended = false;

  constructor(backend: LocalBackend, session: InferenceSession, options: LocalSessionOptions) {
    super(backend.life, session, options);
    this.#backend = backend;
    this.#traces = options.traces;
  }

  protected override execute(
    feeds: Readonly<Record<string, RuntimeTensor>>,
    fetches: readonly string[] | undefined,
  ): Promise<InferenceSession.ReturnType> {
    return fetches === undefined ? this.session.run(feeds) : this.session.run(feeds, fetches);
  }

  protected override own(input: HostTensor | DeviceBuffer): RuntimeTensor | undefined {
    const ours = input instanceof HostBuffer && input.backend === this.#backend;
    return ours ? (input.tensor('run') as RuntimeTensor) : undefined;
  }

  protected override wrap(input: HostTensor): RuntimeTensor {
    return this.#backend.wrap(input, 'run');
  }

  protected override async trace(): Promise<string> {
    this.#end();
    return this.#traces?.read() ?? '[]';
  }

  protected override leave(): void {
    this.#end();
    this.#traces?.remove();
  }

  /** Closes the file, which some platforms do not remove while it is open. */
  #end(): void {
    if (this.#traces !== undefined && !this.#ended) this.session.endProfiling();
    this.#ended = true;
  }

  protected override adopt(tensor: RuntimeTensor): DeviceBuffer {
    return this.#backend.adopt(tensor);
  }
}
