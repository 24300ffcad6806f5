const MARK = Symbol.for('@gai/error');

/**
 * An error of `@gai/rl`: an argument, an env or a file that breaks a rule.
 *
 * It carries the mark of every error of the `@gai` packages, so `GaiError.isInstance(error)` of `@gai/core` is true
 * for it, without this package loading `@gai/core`.
 *
 * @example
 * ```ts
 * import { Discrete, RLError } from '@gai/rl';
 * let caught: unknown;
 * try { new Discrete(0); } catch (error) { caught = error; }
 * RLError.isInstance(caught); // => true
 * ```
 *
 * @since 0.1.0
 */
export class RLError extends Error {
  /** A stable, upper-case identifier of the kind of error: `ARGUMENT`, `STATE` or `DATA`. */
  readonly code: string;
  /** The function that refused its input. */
  readonly op: string;
  /** Machine-readable facts. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, op: string, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(`${op}: ${message}`);
    this.name = 'RLError';
    this.code = code;
    this.op = op;
    this.details = details;
    Object.defineProperty(this, MARK, { value: true });
  }

  /** True for any error of this kind, also one thrown by another installed copy of the package. */
  static isInstance(error: unknown): error is RLError {
    return (
      error instanceof Error && error.name === 'RLError' && (error as unknown as Record<symbol, unknown>)[MARK] === true
    );
  }
}

/** An argument outside what `op` takes. */
export function argumentError(op: string, message: string, details?: Readonly<Record<string, unknown>>): RLError {
  return new RLError('ARGUMENT', op, message, details);
}

/** A call at a moment when it makes no sense, such as `step` before `reset`. */
export function stateError(op: string, message: string): RLError {
  return new RLError('STATE', op, message);
}

/** Shows a value in an error message: short, on one line. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (ArrayBuffer.isView(value) && 'length' in value) {
    return `${value.constructor.name} [${shorten([...(value as unknown as Iterable<unknown>)])}]`;
  }
  if (Array.isArray(value)) return `[${shorten(value)}]`;
  if (typeof value === 'object' && value !== null)
    return `an object with keys ${Object.keys(value).join(', ') || 'none'}`;
  return String(value);
}

function shorten(values: readonly unknown[]): string {
  const head = values.slice(0, 8).map((value) => (typeof value === 'object' && value !== null ? '…' : String(value)));
  return values.length > 8 ? `${head.join(', ')}, … (${values.length} in all)` : head.join(', ');
}
