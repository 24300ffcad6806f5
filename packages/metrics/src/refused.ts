import { ArgumentError } from '@gai/core/errors';

/** An argument outside what `op` takes: what is wrong, what was given, what fits. */
export function refused(op: string, what: string, got: unknown, expected: string): ArgumentError {
  return new ArgumentError(`${op}: ${what}. Got ${shown(got)}; expected ${expected}.`, { op });
}

/** A value on one short line. */
function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 40 ? `${value.slice(0, 40)}…` : value}'`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** What a number must be. */
interface Range {
  readonly min?: number;
  readonly max?: number;
  readonly above?: number;
  readonly below?: number;
  readonly whole?: boolean;
}

/** Refuses an option that is no number of the range; `undefined` passes, for a default follows. */
export function checkNumberOption(op: string, name: string, value: unknown, range: Range): void {
  if (value === undefined) return;
  const { min = -Infinity, max = Infinity, above = -Infinity, below = Infinity, whole = false } = range;
  const fits =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    value >= min &&
    value <= max &&
    value > above &&
    value < below &&
    (!whole || Number.isInteger(value));
  if (!fits) throw refused(op, `${name} does not fit`, value, wording(range));
}

/** Refuses an option that cannot be called; `undefined` passes. */
export function checkFunctionOption(op: string, name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function')
    throw refused(op, `${name} does not fit`, value, 'a function');
}

/** A tokenizer of the user's own, whose words are looked at. */
export function checkedTokenizer(
  op: string,
  tokenize: (text: string) => readonly string[],
): (text: string) => readonly string[] {
  return (text) => {
    const words: unknown = tokenize(text);
    if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words as readonly string[];
    throw refused(op, 'tokenize gives no list of words', words, "texts in a list, such as ['a', 'cat']");
  };
}

function wording({ min, max, above, below, whole = false }: Range): string {
  const bounds = [
    min === undefined ? '' : `of at least ${min}`,
    above === undefined ? '' : `above ${above}`,
    max === undefined ? '' : `at most ${max}`,
    below === undefined ? '' : `below ${below}`,
  ].filter((bound) => bound !== '');
  return [`a ${whole ? 'whole' : 'finite'} number`, ...bounds]
    .join(' ')
    .replace(/(of at least|above) (\S+) /, '$1 $2, ');
}
