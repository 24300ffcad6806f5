const MARK = Symbol.for('@gai/error');

/**
 * What kind of mistake a {@link TabularError} reports.
 *
 * - `INVALID_MDP`: probabilities, rewards or indices that are no MDP.
 * - `INVALID_ARGUMENT`: an option outside its range.
 * - `UNBOUNDED`: a value is infinite or undefined (an improper policy at discount 1).
 * - `TOO_LARGE`: an input above a stated limit.
 *
 * @category Errors
 * @since 0.1.0
 */
export type TabularErrorCode = 'INVALID_MDP' | 'INVALID_ARGUMENT' | 'UNBOUNDED' | 'TOO_LARGE';

/** The parts of an error message, in the order they are written. */
export interface ErrorParts {
  /** The public function that refuses. */
  readonly op: string;
  /** What is wrong. */
  readonly problem: string;
  /** The actual value, with its argument's name. */
  readonly got: string;
  /** The rule, with its numbers. */
  readonly expected: string;
  /** What to do. */
  readonly fix: string;
}

/**
 * The error every function of `@gai/rl/tabular` throws on purpose.
 *
 * It carries the mark of `GaiError`, so `GaiError.isInstance(error)` of `@gai/core` is true for it, while this
 * entry point bundles nothing of core.
 *
 * @example
 * import { skiResort, TabularError, valueIteration } from '@gai/rl/tabular';
 * let code = '';
 * try {
 *   valueIteration(skiResort(), { gamma: 2 });
 * } catch (error) {
 *   code = error instanceof TabularError ? error.code : 'other';
 * }
 * code; // => 'INVALID_ARGUMENT'
 * @category Errors
 * @since 0.1.0
 */
export class TabularError extends Error {
  /** A stable identifier of the kind of mistake. */
  readonly code: TabularErrorCode;
  /** The function that refused its input. */
  readonly op: string;
  /** The parts of the message, machine-readable. */
  readonly details: ErrorParts;

  constructor(code: TabularErrorCode, parts: ErrorParts) {
    super(`${parts.op}: ${parts.problem}. Got ${parts.got}; expected ${parts.expected}. ${parts.fix}`);
    this.name = 'TabularError';
    this.code = code;
    this.op = parts.op;
    this.details = parts;
    Object.defineProperty(this, MARK, { value: true });
  }
}

/** Throws unless `value` is an integer in `[low, high]`. Used for counts, indices and seeds. */
export function checkInteger(op: string, name: string, range: readonly [number, number, number]): void {
  const [value, low, high] = range;
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new TabularError('INVALID_ARGUMENT', {
    op,
    problem: `${name} is out of range`,
    got: `${name} ${String(value)}`,
    expected: high >= Number.MAX_SAFE_INTEGER ? `an integer ≥ ${low}` : `an integer from ${low} to ${high}`,
    fix: `Pass another ${name}.`,
  });
}

/** Throws unless `value` is a finite number in `[low, high]`. Used for rates, discounts and tolerances. */
export function checkNumber(op: string, name: string, range: readonly [number, number, number]): void {
  const [value, low, high] = range;
  if (typeof value === 'number' && value >= low && value <= high && Number.isFinite(value)) return;
  throw new TabularError('INVALID_ARGUMENT', {
    op,
    problem: `${name} is out of range`,
    got: `${name} ${String(value)}`,
    expected: high === Infinity ? `a finite number ≥ ${low}` : `a number from ${low} to ${high}`,
    fix: `Pass another ${name}.`,
  });
}
