import { foreignBuffer, releasedError } from '@gai/core/backend';
import type { DeviceBuffer, HostTensor, RunOptions, Session, SessionOptions, SessionProfile } from '@gai/core/backend';
import type { WorkerBackend } from './backend.ts';
import { WorkerBuffer } from './buffer.ts';
import type { Handle } from './protocol.ts';

/** A compiled graph that lies in the worker. */
export class WorkerSession implements Session {
  readonly #backend: WorkerBackend;
  readonly #number: number;
  readonly #options: SessionOptions;
  #released: Promise<void> | undefined;

  constructor(backend: WorkerBackend, number: number, options: SessionOptions) {
    this.#backend = backend;
    this.#number = number;
    this.#options = options;
  }

  async run(inputs: readonly (HostTensor | DeviceBuffer)[], options: RunOptions = {}): Promise<DeviceBuffer[]> {
    this.#backend.life.checkAlive('run');
    if (this.#released !== undefined) throw releasedError();
    const { signal } = options;
    signal?.throwIfAborted();
    const moved: ArrayBuffer[] = [];
    const sent = inputs.map((input) => this.#send(input, moved));
    return this.#backend.life.queue.add(() => {
      signal?.throwIfAborted();
      return this.#execute(sent, moved);
    });
  }

  endProfile(): Promise<SessionProfile> {
    return this.#backend.life.queue.add(() => this.#backend.ask({ op: 'endProfile', session: this.#number }));
  }

  release(): Promise<void> {
    this.#released ??= this.#backend.life.queue.add(() => this.#backend.ask({ op: 'release', session: this.#number }));
    return this.#released;
  }

  async #execute(inputs: readonly (Handle | HostTensor)[], moved: readonly ArrayBuffer[]): Promise<DeviceBuffer[]> {
    const first = this.#backend.handles(this.#options.outputs.length);
    const request = { op: 'run', session: this.#number, inputs, first } as const;
    const outputs = await this.#backend.ask(request, moved, this.#options.describe);
    return outputs.map((output, index) => this.#backend.adopt(first + index, output));
  }

  /** A tensor of the worker goes by its number; data of the host is copied, and the copy moves. */
  #send(input: HostTensor | DeviceBuffer, moved: ArrayBuffer[]): Handle | HostTensor {
    if (input instanceof WorkerBuffer && input.backend === this.#backend) return { handle: input.handle('run') };
    if ('backend' in input) throw foreignBuffer(input);
    const data = input.data.slice();
    moved.push(data.buffer as ArrayBuffer);
    return { dtype: input.dtype, shape: input.shape, data };
  }
}
