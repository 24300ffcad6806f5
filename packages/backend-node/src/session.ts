import { HostBuffer, RuntimeSession } from '@gai/core/backend';
import type { DeviceBuffer, HostTensor, SessionOptions } from '@gai/core/backend';
import type { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node';
import type { LocalBackend } from './local-backend.ts';

/** A compiled graph in this thread. */
export class LocalSession extends RuntimeSession<RuntimeTensor, InferenceSession> {
  readonly #backend: LocalBackend;

  constructor(backend: LocalBackend, session: InferenceSession, options: SessionOptions) {
    super(backend.life, session, options);
    this.#backend = backend;
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

  protected override adopt(tensor: RuntimeTensor): DeviceBuffer {
    return this.#backend.adopt(tensor);
  }
}
