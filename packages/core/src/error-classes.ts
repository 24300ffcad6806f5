import { escaped } from './escaped.ts';

/** Machine-readable facts about an error: the shapes, dtypes or values that did not fit. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** What every `GaiError` can carry besides its message. */
export interface GaiErrorOptions {
  /** The function that refused its input, for example `matmul`. */
  readonly op?: string;
  /** Machine-readable facts. */
  readonly details?: ErrorDetails;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

const MARK = Symbol.for('@gai/error');

/** What moves a cursor or turns the direction of writing: names out of files and words of servers have it. */
const UNSEEN = /[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/gu;

/**
 * The base of every error this library throws on purpose.
 *
 * The message says what is wrong, what was given, what was expected with the numbers, and what to do.
 * @example
 * const error = new GaiError('INVALID_ARGUMENT', 'matmul: inner sizes differ.', { op: 'matmul' });
 * GaiError.isInstance(error); // => true
 * @category Errors
 */
export class GaiError extends Error {
  /** A stable, upper-case identifier of the kind of error. */
  readonly code: string;
  /** The function that refused its input. */
  readonly op: string | undefined;
  /** Machine-readable facts. */
  readonly details: ErrorDetails;

  constructor(code: string, message: string, options: GaiErrorOptions = {}) {
    super(escaped(message, UNSEEN), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.op = options.op;
    this.details = options.details ?? {};
    Object.defineProperty(this, MARK, { value: true });
  }

  /** True for any GaiError, also one thrown by another installed copy of the library. */
  static isInstance(error: unknown): error is GaiError {
    return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[MARK] === true;
  }
}

/**
 * Shapes that do not fit together.
 * @category Errors
 */
export class ShapeError extends GaiError {
  constructor(message: string, options: GaiErrorOptions = {}) {
    super('SHAPE', message, options);
  }
}

/**
 * A dtype that an operation, a file or a backend does not take.
 * @category Errors
 */
export class DTypeError extends GaiError {
  constructor(message: string, options: GaiErrorOptions = {}) {
    super('DTYPE', message, options);
  }
}

/**
 * A graph used against its rules: a traced tensor that escaped, a missing gradient, a constant too large.
 * @category Errors
 */
export class GraphError extends GaiError {
  constructor(message: string, options: GaiErrorOptions = {}) {
    super('GRAPH', message, options);
  }
}

/**
 * A backend that is missing, cannot run what was asked, or failed while running it.
 * @category Errors
 */
export class BackendError extends GaiError {
  constructor(message: string, options: GaiErrorOptions = {}) {
    super('BACKEND', message, options);
  }
}

/**
 * Data that is malformed, empty, out of range or not a number.
 * @category Errors
 */
export class DataError extends GaiError {
  constructor(message: string, options: GaiErrorOptions = {}) {
    super('DATA', message, options);
  }
}

/**
 * An option or argument outside what the function takes.
 * @category Errors
 */
export class ArgumentError extends GaiError {
  constructor(message: string, options: GaiErrorOptions = {}) {
    super('ARGUMENT', message, options);
  }
}

/**
 * A call at a moment when it makes no sense: a step before the reset, a message to something that was closed.
 * @category Errors
 */
export class StateError extends GaiError {
  constructor(message: string, options: GaiErrorOptions = {}) {
    super('STATE', message, options);
  }
}

/** A broken invariant of the library itself. */
export function internalError(message: string, details: ErrorDetails = {}): GaiError {
  return new GaiError('INTERNAL', `internal: ${message} Please open an issue with the code that led here.`, {
    details,
  });
}
