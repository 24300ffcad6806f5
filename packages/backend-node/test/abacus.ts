import type { Backend, DeviceBuffer, HostTensor, Session, SessionOptions } from '@gai/core/backend';

/**
 * A backend as somebody else writes one: under a name that the library does not know, with its own buffers, around
 * whatever runs its graphs. It counts.
 */
export class Abacus implements Backend {
  readonly name = 'abacus';
  readonly device = 'beads';
  readonly provider = 'beads';
  readonly maxSessions = 16;
  readonly capabilities: Backend['capabilities'];
  readonly counts = { loads: 0, runs: 0, uploads: 0 };
  readonly #inner: Backend;

  constructor(inner: Backend, capabilities: Backend['capabilities']) {
    this.#inner = inner;
    this.capabilities = capabilities;
  }

  async load(model: Uint8Array, options: SessionOptions): Promise<Session> {
    this.counts.loads += 1;
    const session = await this.#inner.load(model, options);
    return {
      run: async (inputs, settings) => {
        this.counts.runs += 1;
        const outputs = await session.run(inputs.map(unwrapped), settings);
        return outputs.map((buffer) => new Beads(this, buffer));
      },
      release: () => session.release(),
    };
  }

  upload(tensor: HostTensor): DeviceBuffer {
    this.counts.uploads += 1;
    return new Beads(this, this.#inner.upload(tensor));
  }

  dispose(): Promise<void> {
    return this.#inner.dispose();
  }
}

class Beads implements DeviceBuffer {
  readonly backend: Backend;
  readonly inner: DeviceBuffer;

  constructor(backend: Backend, inner: DeviceBuffer) {
    this.backend = backend;
    this.inner = inner;
  }

  get dtype(): DeviceBuffer['dtype'] {
    return this.inner.dtype;
  }

  get shape(): readonly number[] {
    return this.inner.shape;
  }

  get disposed(): boolean {
    return this.inner.disposed;
  }

  read(): ReturnType<DeviceBuffer['read']> {
    return this.inner.read();
  }

  dispose(): void {
    this.inner.dispose();
  }
}

const unwrapped = (input: HostTensor | DeviceBuffer): HostTensor | DeviceBuffer =>
  input instanceof Beads ? input.inner : input;
