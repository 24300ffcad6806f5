/** Functions of a worker, by name: each takes one value that can be cloned, and may tell how it goes. */
export type WorkerFunctions = Readonly<Record<string, (given: never, tell: never) => unknown>>;

/** What goes to a worker. */
interface Request {
  readonly id: number;
  readonly name: string;
  readonly given: unknown;
}

/** What comes back. */
type Reply = { readonly id: number } & (
  | { readonly event: unknown }
  | { readonly result: unknown }
  | { readonly error: string }
);

/** The end of a worker that functions are called through; a `Worker` is one, and `self` inside it. */
export interface Port {
  postMessage(message: unknown): void;
  addEventListener(
    type: 'message' | 'error',
    listener: (event: { readonly data?: unknown; readonly message?: string }) => void,
  ): void;
  terminate?(): void;
}

type Given<F> = F extends (given: infer G, ...rest: never[]) => unknown ? G : never;
type Told<F> = F extends (given: never, tell: infer T) => unknown
  ? T extends (event: infer E) => void
    ? E
    : never
  : never;
type Result<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never;

/** Calls the functions of a worker. */
export interface WorkerCalls<Functions extends WorkerFunctions> {
  call<Name extends keyof Functions & string>(
    name: Name,
    given: Given<Functions[Name]>,
    onEvent?: (event: Told<Functions[Name]>) => void,
  ): Promise<Result<Functions[Name]>>;
  /** Ends the worker; calls on their way are refused. */
  end(): void;
}

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
  readonly onEvent: ((event: never) => void) | undefined;
}

/** A worker as functions; it is made at the first call. */
export function workerCalls<Functions extends WorkerFunctions>(make: () => Port): WorkerCalls<Functions> {
  const waiting = new Map<number, Waiting>();
  let port: Port | undefined;
  let last = 0;
  const fail = (text: string): void => {
    for (const { reject } of waiting.values()) reject(new Error(text));
    waiting.clear();
  };
  const hear = (data: Reply): void => {
    const call = waiting.get(data.id);
    if (call === undefined) return;
    if ('event' in data) return call.onEvent?.(data.event as never);
    waiting.delete(data.id);
    if ('error' in data) call.reject(new Error(data.error));
    else call.resolve(data.result as never);
  };
  const open = (): Port => {
    const opened = make();
    opened.addEventListener('message', ({ data }) => hear(data as Reply));
    opened.addEventListener('error', ({ message }) => {
      fail(`The worker of this figure ended: ${message || 'its script did not load'}.`);
      opened.terminate?.();
      port = undefined; // The next call makes another one.
    });
    return opened;
  };
  return {
    call: (name, given, onEvent) =>
      new Promise((resolve, reject) => {
        port ??= open();
        last += 1;
        waiting.set(last, { resolve, reject, onEvent });
        port.postMessage({ id: last, name, given } satisfies Request);
      }),
    end: () => {
      port?.terminate?.();
      port = undefined;
      fail('The figure was closed.');
    },
  };
}

/** Answers the calls of {@link workerCalls}, in the worker. */
export function serveCalls(port: Port, functions: WorkerFunctions): void {
  const answer = async ({ id, name, given }: Request): Promise<void> => {
    const reply = (message: object): void => port.postMessage({ id, ...message });
    try {
      if (!Object.hasOwn(functions, name)) throw new Error(`internal: the worker has no function '${name}'.`);
      const result: unknown = await functions[name]!(given as never, ((event: unknown) => reply({ event })) as never);
      reply({ result });
    } catch (error) {
      reply({ error: error instanceof Error ? error.message : String(error) });
    }
  };
  port.addEventListener('message', ({ data }) => void answer(data as Request));
}
