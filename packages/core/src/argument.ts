import { ArgumentError } from './error-classes.ts';
import { withCodes } from './escaped.ts';
import { nearestName } from './nearest-name.ts';

/** How much of a text an error message quotes. */
const QUOTED = 40;
/** Numbers of a list that it shows. */
const LISTED = 32;

/** Any value in the words of an error message. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return `'${shortened(value, QUOTED)}'`;
  if (Array.isArray(value)) return describeList(value);
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  return 'dtype' in value && 'shape' in value ? 'a tensor' : 'an object';
}

function describeList(list: readonly unknown[]): string {
  if (list.some((each) => typeof each === 'object')) return 'an array';
  return `[${shortened(list.slice(0, LISTED).map(String).join(), 4 * QUOTED)}${list.length > LISTED ? ',…' : ''}]`;
}

/** A text of somebody else on one line: its beginning, in which nothing moves a cursor. */
const shortened = (text: string, most: number): string =>
  text.length > most ? `${withCodes(text.slice(0, most))}…` : withCodes(text);

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

/**
 * Refuses options of other names than a function has: a misspelt one would do nothing, without a word.
 * @throws {@link ArgumentError} with the nearest name.
 * @example
 * checkOptionNames('sum', { axes: 0 }, ['axis', 'keepDims']); // => throws ArgumentError
 * @category Ops
 */
export function checkOptionNames(op: string, options: object, names: readonly string[]): void {
  const isGiven = typeof options === 'object' && options !== null && !Array.isArray(options) && !('node' in options);
  if (!isGiven) {
    const shown = names.length > 5 ? [...names.slice(0, 4), '…'] : names;
    checkArgument(false, options, { op, name: 'the options object', rule: `{ ${shown.join(', ')} }` });
  }
  for (const name in options) if (!names.includes(name)) throw unknownOption(op, name, names);
}

function unknownOption(op: string, name: string, names: readonly string[]): ArgumentError {
  const near = nearestOption(name.slice(0, 2 * QUOTED), names);
  const remedy = near === undefined ? 'Look at its spelling.' : `Did you mean '${near}'?`;
  const expected = names.length === 1 ? names[0] : `one of ${names.join(', ')}`;
  return new ArgumentError(
    `${op}: no such option. Got '${shortened(name, 2 * QUOTED)}'; expected ${expected}. ${remedy}`,
    {
      op,
      details: { option: name },
    },
  );
}

/** What other libraries call an option, in small letters without underscores. */
const ALIASES: Readonly<Record<string, string>> = {
  lr: 'learningRate',
  beta1: 'b1',
  beta2: 'b2',
  betas: 'b1',
  dim: 'axis',
  dims: 'axis',
  epsilon: 'eps',
  units: 'outFeatures',
  filters: 'outChannels',
  rate: 'p',
  validationdata: 'validation',
};

/** The name that was meant, if one is near: another library's, one with other separators, a part of one, or a few letters off. */
function nearestOption(name: string, names: readonly string[]): string | undefined {
  const plain = name.replace(/[_-]/g, '').toLowerCase();
  const alias = ALIASES[plain];
  if (alias !== undefined && names.includes(alias)) return alias;
  const isPart = (other: string): boolean => plain.length > 2 && other.toLowerCase().includes(plain);
  return nearestName(plain, names) ?? names.find(isPart);
}
