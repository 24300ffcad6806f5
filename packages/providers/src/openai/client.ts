import PQueue from 'p-queue';
import { ProviderError } from '../errors.ts';
import { connectionError, excerpt, protocolError, statusError, timeoutError } from './failure.ts';
import type { Server } from './options.ts';
import { toJson } from './request.ts';
import { delayBefore, mayPass, sleep } from './retry.ts';
import { watch } from './watch.ts';
import type { Watch } from './watch.ts';

/** Most bytes of an answer that are read. */
const MOST_BYTES = 256 * 2 ** 20;
/** Most bytes that are read of what a server says about a failure. */
const MOST_FAILURE = 2 ** 16;

/** An answer whose body has not been read. */
interface Answer {
  readonly response: Response;
  readonly watch: Watch;
}

/** Why a request failed, and whether the same one may succeed. */
interface Failure {
  readonly error: ProviderError;
  readonly mayPass: boolean;
  readonly headers?: Headers;
}

/** Sends requests to one server: limited in number, sent again where that may help, given up when the server is silent. */
export class Client {
  readonly server: Server;
  readonly #queue: PQueue;

  constructor(server: Server) {
    this.server = server;
    const { concurrency, requestsPerMinute: intervalCap } = server;
    this.#queue = new PQueue({
      ...(concurrency < Infinity ? { concurrency } : {}),
      ...(intervalCap < Infinity ? { intervalCap, interval: 60_000 } : {}),
    });
  }

  /** Posts and reads a JSON object. */
  async json(op: string, path: string, body: object, signal?: AbortSignal): Promise<Record<string, unknown>> {
    let text = '';
    for await (const piece of this.stream(op, path, body, signal)) text += piece;
    const value = parseObject(text);
    if (value === undefined) throw protocolError(op, this.server, excerpt(this.server, text, 100), 'a JSON object');
    return value;
  }

  /** Posts and yields the body as text as it comes. */
  async *stream(op: string, path: string, body: object, signal?: AbortSignal): AsyncGenerator<string, void> {
    signal?.throwIfAborted();
    const text = toJson(op, body);
    const leave = await this.#enter(signal);
    try {
      yield* this.#read(op, await this.#send(op, path, text, signal), signal);
    } finally {
      leave();
    }
  }

  /** Waits for a place among the requests in flight; returns what gives it back. */
  #enter(signal: AbortSignal | undefined): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const hold = (): Promise<void> => new Promise((leave) => resolve(leave));
      this.#queue.add(hold, signal === undefined ? {} : { signal }).catch(reject);
    });
  }

  async #send(op: string, path: string, body: string, signal: AbortSignal | undefined): Promise<Answer> {
    for (let attempt = 0; ; attempt++) {
      const sent = await this.#attempt(op, path, body, signal);
      if ('response' in sent) return sent;
      const again = sent.mayPass && attempt < this.server.maxRetries;
      const delay = again ? delayBefore(attempt, sent.headers) : undefined;
      if (delay === undefined) throw sent.error;
      await sleep(delay, signal);
    }
  }

  async #attempt(op: string, path: string, body: string, signal: AbortSignal | undefined): Promise<Answer | Failure> {
    const { baseURL, headers, timeout, fetch } = this.server;
    const watching = watch(timeout, signal);
    try {
      // A redirect is refused: the key and the text must not follow the server to another host.
      const request = { method: 'POST', headers, body, redirect: 'error' } as const;
      const response = await fetch(`${baseURL}${path}`, { ...request, signal: watching.signal });
      if (response.ok) return { response, watch: watching };
      const error = statusError(op, this.server, response.status, await beginningOf(response));
      watching.end();
      return { error, mayPass: mayPass(response.status), headers: response.headers };
    } catch (cause) {
      watching.end();
      signal?.throwIfAborted();
      const error = watching.silent ? timeoutError(op, this.server) : connectionError(op, this.server, cause);
      return { error, mayPass: true };
    }
  }

  async *#read(op: string, answer: Answer, signal: AbortSignal | undefined): AsyncGenerator<string, void> {
    const decoder = new TextDecoder();
    const body = answer.response.body as AsyncIterable<Uint8Array> | null;
    let bytes = 0;
    try {
      for await (const chunk of body ?? []) {
        answer.watch.touch();
        bytes += chunk.length;
        if (bytes > MOST_BYTES) throw protocolError(op, this.server, `more than ${MOST_BYTES} bytes`, 'fewer');
        yield decoder.decode(chunk, { stream: true });
      }
      yield decoder.decode();
    } catch (cause) {
      signal?.throwIfAborted();
      if (answer.watch.silent) throw timeoutError(op, this.server);
      throw cause instanceof ProviderError ? cause : connectionError(op, this.server, cause);
    } finally {
      answer.watch.end();
    }
  }
}

/** What a server says about a failure, as much of it as is worth reading; the rest is refused. */
async function beginningOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of (response.body as AsyncIterable<Uint8Array> | null) ?? []) {
    text += decoder.decode(chunk.subarray(0, MOST_FAILURE - bytes), { stream: true });
    bytes += chunk.length;
    if (bytes >= MOST_FAILURE) break;
  }
  return text;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
