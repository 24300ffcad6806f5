import { ArgumentError } from './errors.ts';

/** How much of a text an error message quotes. */
const QUOTED = 40;

/** Any value in the words of an error message. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > QUOTED ? `${value.slice(0, QUOTED)}…` : value}'`;
  if (Array.isArray(value)) return value.some((each) => typeof each === 'object') ? 'an array' : `[${value.join()}]`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  return 'dtype' in value && 'shape' in value ? 'a tensor' : 'an object';
}

/**
 * Which argument of which function is checked, and what it has to be.
 * @category Ops
 */
export interface ArgumentRule {
  readonly op: string;
  readonly name: string;
  /** Follows "expected". */
  readonly rule: string;
}

/**
 * Refuses an argument that does not fit its rule.
 * @throws {@link ArgumentError} with the value in words.
 * @category Ops
 */
export function checkArgument(fits: boolean, value: unknown, { op, name, rule }: ArgumentRule): void {
  if (fits) return;
  const got = describeValue(value);
  throw new ArgumentError(`${op}: ${name} does not fit. Got ${got}; expected ${rule}. Look at how ${op} is called.`, {
    op,
    details: { [name]: got },
  });
}

/** Refuses what is not a list. */
export function checkList(value: unknown, rule: ArgumentRule): void {
  checkArgument(Array.isArray(value), value, rule);
}

/** Refuses what is not a number; NaN is none. */
export function checkNumber(value: unknown, rule: ArgumentRule): void {
  checkArgument(typeof value === 'number' && !Number.isNaN(value), value, rule);
}

/** Refuses a missing object of options that has some without a default. */
export function checkOptions(value: unknown, rule: Omit<ArgumentRule, 'name'>): void {
  checkArgument(typeof value === 'object' && value !== null, value, { ...rule, name: 'the options object' });
}

/**
 * Refuses options of other names than a function has: a misspelt one would do nothing, without a word.
 * @category Backends
 */
export function checkOptionNames(op: string, options: object, names: readonly string[]): void {
  const isGiven = typeof options === 'object' && options !== null;
  checkArgument(isGiven, options, { op, name: 'the options object', rule: `{ ${names.join(', ')} }` });
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new ArgumentError(
    `${op}: no such option. Got '${unknown}'; expected one of ${names.join(', ')}. Look at its spelling.`,
    {
      op,
      details: { option: unknown },
    },
  );
}
