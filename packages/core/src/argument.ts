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

/**
 * Refuses options of other names than a function has: a misspelt one would do nothing, without a word.
 * @throws {@link ArgumentError} with the nearest name.
 * @example
 * checkOptionNames('sum', { axes: 0 }, ['axis', 'keepDims']); // => throws ArgumentError
 * @category Ops
 */
export function checkOptionNames(op: string, options: object, names: readonly string[]): void {
  const isGiven = typeof options === 'object' && options !== null && !Array.isArray(options) && !('node' in options);
  const shown = names.length > 5 ? [...names.slice(0, 4), '…'] : names;
  checkArgument(isGiven, options, { op, name: 'the options object', rule: `{ ${shown.join(', ')} }` });
  for (const name in options) if (!names.includes(name)) throw unknownOption(op, name, names);
}

function unknownOption(op: string, name: string, names: readonly string[]): ArgumentError {
  const near = nearestName(name, names);
  const remedy = near === undefined ? 'Look at its spelling.' : `Did you mean '${near}'?`;
  const expected = names.length === 1 ? names[0] : `one of ${names.join(', ')}`;
  return new ArgumentError(`${op}: no such option. Got '${name}'; expected ${expected}. ${remedy}`, {
    op,
    details: { option: name },
  });
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

/**
 * The name that a misspelt one was meant to be, if one is near: of other case, with other separators, of another library,
 * or with some letters changed.
 * @example
 * nearestName('lr', ['b1', 'learningRate']); // => 'learningRate'
 * @category Ops
 */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  if (name.length > QUOTED) return undefined;
  const plain = plainName(name);
  const alias = ALIASES[plain];
  if (alias !== undefined && names.includes(alias)) return alias;
  let best: string | undefined;
  let least = Math.max(1, Math.floor(plain.length / 3)) + 1;
  for (const other of names) {
    const isPart = plain.length > 2 && plainName(other).includes(plain);
    const distance = isPart ? 1 : editDistance(plain, plainName(other));
    if (distance < least) [best, least] = [other, distance];
  }
  return best;
}

const plainName = (name: string): string => name.toLowerCase().replace(/[_-]/g, '');

/** Letters to insert, remove or replace to get from one word to the other; two neighbours that change places are one. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? before[j - 2]! + 1 : replaced;
      next.push(Math.min(replaced, swapped, row[j]! + 1, next[j - 1]! + 1));
    }
    [before, row] = [row, next];
  }
  return row[b.length]!;
}
