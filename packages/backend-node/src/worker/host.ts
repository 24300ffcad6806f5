import type { Transferable } from 'node:worker_threads';
import { internalError } from '@gai/core/backend';
import type { DeviceBuffer, HostTensor, Session, TypedArray } from '@gai/core/backend';
import type { LocalBackend } from '../local-backend.ts';
import { openLocal } from '../open-local.ts';
import { INLINE_BYTES } from './protocol.ts';
import type { Answers, Handle, OutputInfo, Request } from './protocol.ts';

type Ask<O extends Request['op']> = Extract<Request, { op: O }>;

/** An answer and the memory that moves with it. */
export interface Answered {
  readonly value: unknown;
  readonly transfer: readonly Transferable[];
}

/** Holds the sessions and tensors of one backend in the worker, by number. */
export class WorkerHost {
  #backend: LocalBackend | undefined;
  readonly #sessions = new Map<number, Session>();
  readonly #buffers = new Map<number, DeviceBuffer>();

  /** Does what a request asks for. */
  async handle(request: Request): Promise<Answered> {
    switch (request.op) {
      case 'open':
        return plain(await this.#open(request));
      case 'load':
        return plain(await this.#load(request));
      case 'run':
        return plain(await this.#run(request));
      case 'read':
        return this.#read(request);
      case 'upload':
        this.#buffers.set(request.handle, this.#local.upload(request.tensor));
        return plain(undefined);
      case 'forget':
        return plain(this.#forget(request));
      case 'endProfile':
        return plain(await this.#endProfile(request));
      case 'release':
        return plain(await this.#release(request));
      case 'close':
        return plain(await this.#backend?.dispose());
    }
  }

  get #local(): LocalBackend {
    if (this.#backend === undefined) throw internalError('the worker was asked before it was opened.');
    return this.#backend;
  }

  async #open({ options }: Ask<'open'>): Promise<Answers['open']> {
    this.#backend = await openLocal(options);
    const { provider, capabilities } = this.#backend;
    return { provider, capabilities };
  }

  async #load({ session, model, externalData, ...options }: Ask<'load'>): Promise<undefined> {
    const external =
      externalData &&
      new Map(
        [...externalData].map(([at, content]) => [at, 'handle' in content ? this.#buffer(content.handle) : content]),
      );
    this.#sessions.set(session, await this.#local.load(model, { ...options, externalData: external }));
  }

  async #run({ session, inputs, first }: Ask<'run'>): Promise<Answers['run']> {
    const loaded = this.#sessions.get(session);
    if (loaded === undefined) throw internalError(`the worker has no session ${session}.`);
    const outputs = await loaded.run(inputs.map((input) => this.#input(input)));
    outputs.forEach((buffer, index) => this.#buffers.set(first + index, buffer));
    return Promise.all(outputs.map(describeOutput));
  }

  #input(input: Handle | HostTensor): DeviceBuffer | HostTensor {
    return 'handle' in input ? this.#buffer(input.handle) : input;
  }

  #buffer(handle: number): DeviceBuffer {
    const buffer = this.#buffers.get(handle);
    if (buffer === undefined) throw internalError(`the worker has no tensor ${handle}.`);
    return buffer;
  }

  /** The tensor stays here, so a copy moves. */
  async #read({ handle }: Ask<'read'>): Promise<Answered> {
    const value = (await this.#buffer(handle).read()).slice();
    return { value, transfer: [value.buffer as ArrayBuffer] };
  }

  #forget({ handle }: Ask<'forget'>): undefined {
    this.#buffers.get(handle)?.dispose();
    this.#buffers.delete(handle);
  }

  async #endProfile({ session }: Ask<'endProfile'>): Promise<Answers['endProfile']> {
    const loaded = this.#sessions.get(session);
    if (loaded?.endProfile === undefined) throw internalError(`the worker has no session ${session} that records.`);
    return loaded.endProfile();
  }

  async #release({ session }: Ask<'release'>): Promise<undefined> {
    await this.#sessions.get(session)?.release();
    this.#sessions.delete(session);
  }
}

function plain(value: unknown): Answered {
  return { value, transfer: [] };
}

async function describeOutput(buffer: DeviceBuffer): Promise<OutputInfo> {
  const data: TypedArray = await buffer.read();
  const { dtype, shape } = buffer;
  return { dtype, shape, data: data.byteLength <= INLINE_BYTES ? data.slice() : undefined };
}
