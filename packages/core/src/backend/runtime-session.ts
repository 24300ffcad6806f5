import type { DeviceBuffer, HostTensor, RunOptions, Session, SessionOptions, SessionProfile } from './backend.ts';
import type { RuntimeTensor } from './host-tensor.ts';
import type { Lifetime } from './lifetime.ts';
import { wrapRuntimeError } from './runtime-error.ts';
import { readRuntimeTrace } from './runtime-trace.ts';
import { foreignBuffer, releasedError } from './session-errors.ts';
import { inputCountError, inputTypeError, inputTypes, outputTypes } from './session-ports.ts';
import type { PortMetadata } from './session-ports.ts';

/**
 * A session of ONNX Runtime's JavaScript, as far as adapters use it; that of every build fits.
 * @category Backends
 */
export interface RawSession {
  readonly inputMetadata: readonly PortMetadata[];
  readonly outputMetadata: readonly PortMetadata[];
  readonly outputNames: readonly string[];
  release(): Promise<void>;
}

/**
 * A compiled graph of ONNX Runtime: checks what goes in, runs in the backend's order, and gives what comes out. An
 * adapter says how its build runs a graph and which tensors are its own.
 * @category Backends
 */
export abstract class RuntimeSession<T extends RuntimeTensor, S extends RawSession> implements Session {
  /** The runtime's session; an adapter may replace it. */
  protected session: S;
  readonly #life: Lifetime;
  readonly #options: SessionOptions;
  /** Element type of each input, in the order of the options. */
  readonly #inputTypes: readonly string[];
  /** The outputs wanted, if they are not all the graph has. */
  readonly #fetches: readonly string[] | undefined;
  #released: Promise<void> | undefined;

  /**
   * @throws {@link BackendError} if the names asked for are not those of the graph; {@link DTypeError} for types that no
   * dtype stands for.
   */
  constructor(life: Lifetime, session: S, options: SessionOptions) {
    this.#life = life;
    this.session = session;
    this.#options = options;
    this.#inputTypes = inputTypes(session.inputMetadata, options.inputs);
    outputTypes(session.outputMetadata, options.outputs);
    this.#fetches = session.outputNames.length === options.outputs.length ? undefined : options.outputs;
  }

  /** Runs the graph: all its outputs, or those named. */
  protected abstract execute(
    feeds: Readonly<Record<string, T>>,
    fetches: readonly string[] | undefined,
  ): Promise<Readonly<Record<string, unknown>>>;
  /** The runtime's tensor of a buffer of this backend; undefined for those of others. */
  protected abstract own(input: HostTensor | DeviceBuffer): T | undefined;
  /** The runtime's tensor over data of the host. */
  protected abstract wrap(input: HostTensor): T;
  /** A tensor that a run gave. */
  protected abstract adopt(tensor: T): DeviceBuffer;
  /** Called when it is a run's turn, before the graph runs. */
  protected ready?(inputs: readonly (HostTensor | DeviceBuffer)[]): Promise<void>;
  /** Stops recording and gives the trace that the runtime has written, as text. */
  protected abstract trace(): Promise<string>;
  /** Called before the runtime's session is released. */
  protected leave?(): void;

  async run(inputs: readonly (HostTensor | DeviceBuffer)[], options: RunOptions = {}): Promise<DeviceBuffer[]> {
    this.#life.checkAlive('run');
    if (this.#released !== undefined) throw releasedError();
    const { signal } = options;
    signal?.throwIfAborted();
    const feeds = this.#feeds(inputs);
    return this.#life.queue.add(() => {
      signal?.throwIfAborted();
      if (this.ready === undefined) return this.#execute(feeds);
      return this.ready(inputs).then(() => this.#execute(feeds));
    });
  }

  endProfile(): Promise<SessionProfile> {
    return this.#life.queue.add(async () => readRuntimeTrace(await this.trace()));
  }

  release(): Promise<void> {
    this.#released ??= this.#life.queue.add(async () => {
      this.#life.forget(this);
      this.leave?.();
      await this.session.release();
    });
    return this.#released;
  }

  #feeds(inputs: readonly (HostTensor | DeviceBuffer)[]): Record<string, T> {
    const names = this.#options.inputs;
    if (inputs.length !== names.length) throw inputCountError(inputs.length, names);
    const feeds: Record<string, T> = {};
    for (let index = 0; index < names.length; index++) {
      const tensor = this.#tensor(inputs[index] as HostTensor | DeviceBuffer);
      const [name, type] = [names[index] as string, this.#inputTypes[index] as string];
      if (tensor.type !== type) throw inputTypeError(name, tensor.type, type);
      feeds[name] = tensor;
    }
    return feeds;
  }

  #tensor(input: HostTensor | DeviceBuffer): T {
    const own = this.own(input);
    if (own !== undefined) return own;
    if ('backend' in input) throw foreignBuffer(input);
    return this.wrap(input);
  }

  async #execute(feeds: Readonly<Record<string, T>>): Promise<DeviceBuffer[]> {
    let results: Readonly<Record<string, unknown>>;
    try {
      results = await this.execute(feeds, this.#fetches);
    } catch (error) {
      throw wrapRuntimeError(error, 'run', this.#options.describe);
    }
    return this.#options.outputs.map((name) => this.adopt(results[name] as T));
  }
}
