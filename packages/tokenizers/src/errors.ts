const MARK = Symbol.for('@gai/error');

/** What moves a cursor or turns the direction of writing: names out of files and words of servers have it. */
const UNSEEN = /[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/gu;

/** The text with such characters as codes. */
const shown = (text: string): string =>
  text.replaceAll(UNSEEN, (sign) => `\\u${sign.codePointAt(0)!.toString(16).padStart(4, '0')}`);

/** What a {@link TokenizerError} can carry besides its message. */
export interface TokenizerErrorOptions {
  /** The function that failed, for example `fromJSON`. */
  readonly op?: string | undefined;
  /** Machine-readable facts. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/**
 * A tokenizer file that is malformed or asks for what is not supported, or an argument a tokenizer does not take.
 * `GaiError.isInstance` of `@gai/core` is true for it.
 * @example
 * const error = new TokenizerError('TOKENIZER', 'fromJSON: no model.', { op: 'fromJSON' });
 * TokenizerError.isInstance(error); // => true
 * @category Errors
 */
export class TokenizerError extends Error {
  /** `TOKENIZER` for a file that cannot be used, `ARGUMENT` for a wrong argument. */
  readonly code: 'TOKENIZER' | 'ARGUMENT';
  /** The function that failed. */
  readonly op: string | undefined;
  /** Machine-readable facts. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: 'TOKENIZER' | 'ARGUMENT', message: string, options: TokenizerErrorOptions = {}) {
    super(shown(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TokenizerError';
    this.code = code;
    this.op = options.op;
    this.details = options.details ?? {};
    Object.defineProperty(this, MARK, { value: true });
  }

  /** True for any TokenizerError, also one of another installed copy of this package. */
  static isInstance(error: unknown): error is TokenizerError {
    if (typeof error !== 'object' || error === null) return false;
    return (error as Record<symbol, unknown>)[MARK] === true && (error as Error).name === 'TokenizerError';
  }
}
