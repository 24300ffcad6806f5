import { ArgumentError, DataError, GaiError } from '@gai/core/errors';

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
 * What kind of mistake is refused: an option outside its range, a table or file that is no MDP, a value that is infinite or
 * undefined (an improper policy at discount 1), an input above a stated limit.
 */
export type RefusalCode = 'ARGUMENT' | 'DATA' | 'UNBOUNDED' | 'TOO_LARGE';

/** The error of a refusal; it carries its code and the parts of its message. */
export function refusal(code: RefusalCode, parts: ErrorParts): GaiError {
  const { op, problem, got, expected, fix } = parts;
  const message = `${op}: ${problem}. Got ${got}; expected ${expected}. ${fix}`;
  const options = { op, details: { ...parts } };
  if (code === 'ARGUMENT') return new ArgumentError(message, options);
  return code === 'DATA' ? new DataError(message, options) : new GaiError(code, message, options);
}

/** Throws unless `value` is an integer in `[low, high]`. Used for counts, indices and seeds. */
export function checkInteger(op: string, name: string, range: readonly [number, number, number]): void {
  const [value, low, high] = range;
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw refusal('ARGUMENT', {
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
  throw refusal('ARGUMENT', {
    op,
    problem: `${name} is out of range`,
    got: `${name} ${String(value)}`,
    expected: high === Infinity ? `a finite number ≥ ${low}` : `a number from ${low} to ${high}`,
    fix: `Pass another ${name}.`,
  });
}

/** A number of things in words: `1 state`, `2 states`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
