import type { Transferable } from 'node:worker_threads';
import { Lifetime, checkHostTensor, foreignBuffer } from '@gai/core/backend';
import type {
  Capabilities,
  DeviceBuffer,
  ExternalContent,
  HostTensor,
  Session,
  SessionOptions,
} from '@gai/core/backend';
import { locateFile } from '../locate-file.ts';
import type { NodeBackend, ResolvedOptions } from '../options.ts';
import { fileStorage } from '../storage/file-storage.ts';
import { settleTelemetry } from '../telemetry.ts';
import { WorkerBuffer } from './buffer.ts';
import { Channel, WorkerFailure } from './channel.ts';
import type { Answers, Handle, OutputInfo, Request } from './protocol.ts';
import { receiveError } from './sent-error.ts';
import { WorkerSession } from './session.ts';

/** The backend in a worker thread: sessions and tensors stay there, and go by number here. */
export class WorkerBackend implements NodeBackend {
  readonly name = 'node';
  readonly worker = true;
  readonly device: string;
  readonly provider: string;
  readonly capabilities: Partial<Capabilities>;
  readonly threads: number;
  readonly maxSessions: number;
  readonly storage = fileStorage;
  readonly life = new Lifetime('nodeBackend');
  readonly #channel: Channel;
  readonly #dropped = new FinalizationRegistry<number>((handle) => this.#forgetLater(handle));
  #nextHandle = 0;
  #nextSession = 0;

  private constructor(channel: Channel, opened: Answers['open'], options: ResolvedOptions) {
    this.#channel = channel;
    this.device = opened.provider;
    this.provider = opened.provider;
    this.capabilities = opened.capabilities;
    this.threads = options.threads;
    this.maxSessions = options.maxSessions;
  }

  /** Starts the worker and opens the device in it. */
  static async open(options: ResolvedOptions): Promise<WorkerBackend> {
    const telemetry = settleTelemetry(options.telemetry); // before the thread starts: it cannot change the environment
    const channel = new Channel();
    try {
      const opened = await channel.ask({ op: 'open', options: { ...options, telemetry } });
      return new WorkerBackend(channel, opened, options);
    } catch (error) {
      await channel.close();
      throw error instanceof WorkerFailure ? receiveError(error.sent, 'nodeBackend') : error;
    }
  }

  async load(model: Uint8Array, options: SessionOptions): Promise<Session> {
    this.life.checkAlive('load');
    const session = this.#nextSession++;
    const { inputs, outputs, externalFolder, sizesOnHost, compact, profile } = options;
    const externalData = options.externalData && this.#send(options.externalData);
    const weights = { externalData, externalFolder, compact, profile };
    const request = { op: 'load', session, model, inputs, outputs, sizesOnHost, ...weights } as const;
    await this.life.queue.add(() => this.ask(request, [], options.describe));
    return new WorkerSession(this, session, { inputs, outputs, describe: options.describe });
  }

  /** Weights that lie in the worker go by their number. */
  #send(data: ReadonlyMap<string, ExternalContent>): Map<string, Uint8Array | Handle> {
    return new Map(
      [...data].map(([location, content]): [string, Uint8Array | Handle] => {
        if (content instanceof Uint8Array) return [location, content];
        if (content instanceof WorkerBuffer && content.backend === this)
          return [location, { handle: content.handle('load') }];
        throw foreignBuffer(content);
      }),
    );
  }

  locate(path: string): { folder: string; location: string } {
    return locateFile(path);
  }

  upload(tensor: HostTensor): DeviceBuffer {
    this.life.checkAlive('upload');
    checkHostTensor(tensor, 'upload');
    const handle = this.handles(1);
    const { dtype, shape } = tensor;
    const data = tensor.data.slice();
    this.#channel.tell({ op: 'upload', handle, tensor: { dtype, shape, data } }, [data.buffer as ArrayBuffer]);
    return this.adopt(handle, { dtype, shape, data: undefined });
  }

  dispose(): Promise<void> {
    return this.life.dispose(() => this.#channel.close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** Asks the worker; its errors come out as if they had been thrown here. */
  async ask<O extends keyof Answers>(
    request: Extract<Request, { op: O }>,
    transfer: readonly Transferable[] = [],
    describe?: SessionOptions['describe'],
  ): Promise<Answers[O]> {
    try {
      return await this.#channel.ask(request, transfer);
    } catch (error) {
      throw error instanceof WorkerFailure ? receiveError(error.sent, (request as Request).op, describe) : error;
    }
  }

  /** Numbers for `count` tensors that will lie in the worker; returns the first. */
  handles(count: number): number {
    const first = this.#nextHandle;
    this.#nextHandle += count;
    return first;
  }

  /** The tensor with this number. */
  adopt(handle: number, output: OutputInfo): DeviceBuffer {
    const buffer = new WorkerBuffer(this, handle, output);
    this.#dropped.register(buffer, handle, buffer);
    return buffer;
  }

  /** The elements of the tensor with this number. */
  read(handle: number): Promise<Answers['read']> {
    this.life.checkAlive('read');
    return this.ask({ op: 'read', handle });
  }

  /** Frees a tensor in the worker. */
  forget(buffer: WorkerBuffer, handle: number): void {
    this.#dropped.unregister(buffer);
    this.#forgetLater(handle);
  }

  /** After the runs asked for so far: one of them may take the tensor. */
  #forgetLater(handle: number): void {
    void this.life.queue.add(() => this.#channel.tell({ op: 'forget', handle }));
  }
}
