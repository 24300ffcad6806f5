const MARK = Symbol.for('@gai/error');

/** What moves a cursor or turns the direction of writing: names out of files and words of servers have it. */
const UNSEEN = /[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/gu;

/** The text with such characters as codes. */
const shown = (text: string): string =>
  text.replaceAll(UNSEEN, (sign) => `\\u${sign.codePointAt(0)!.toString(16).padStart(4, '0')}`);

/** What went wrong between a program and a model. */
export type ProviderErrorCode =
  /** An option or argument outside what the function takes. */
  | 'ARGUMENT'
  /** An option this model or server cannot honour. */
  | 'UNSUPPORTED'
  /** The server could not be reached. */
  | 'CONNECTION'
  /** The server did not answer in time. */
  | 'TIMEOUT'
  /** The key is missing, wrong or not allowed to do this. */
  | 'UNAUTHORIZED'
  /** No such model or path. */
  | 'NOT_FOUND'
  /** Too many requests, after all retries. */
  | 'RATE_LIMIT'
  /** The server refused the request. */
  | 'REFUSED'
  /** The server failed, after all retries. */
  | 'SERVER'
  /** The answer is not what was asked for or not what the protocol says. */
  | 'BAD_OUTPUT';

/** What a {@link ProviderError} can carry besides its message. */
export interface ProviderErrorOptions {
  /** The function that failed, for example `generateObject`. */
  readonly op?: string | undefined;
  /** Machine-readable facts: status, model, what was received. Never a key. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/**
 * Every error that a model, an embedder or a client of this package throws on purpose. `GaiError.isInstance` of
 * `@gai/core` is true for it. A run that was aborted throws the signal's own reason instead.
 * @example
 * const error = new ProviderError('NOT_FOUND', 'generate: no such model.', { op: 'generate' });
 * ProviderError.isInstance(error); // => true
 * error.code; // => 'NOT_FOUND'
 * @category Errors
 */
export class ProviderError extends Error {
  /** What kind of failure it is. */
  readonly code: ProviderErrorCode;
  /** The function that failed. */
  readonly op: string | undefined;
  /** Machine-readable facts. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ProviderErrorCode, message: string, options: ProviderErrorOptions = {}) {
    super(shown(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ProviderError';
    this.code = code;
    this.op = options.op;
    this.details = options.details ?? {};
    Object.defineProperty(this, MARK, { value: true });
  }

  /** True for any ProviderError, also one of another installed copy of this package. */
  static isInstance(error: unknown): error is ProviderError {
    if (typeof error !== 'object' || error === null) return false;
    return (error as Record<symbol, unknown>)[MARK] === true && (error as Error).name === 'ProviderError';
  }
}
