import { nearestName } from '@gai/core/errors';
import type { GaiError } from '@gai/core/errors';
import { refusal } from '../errors.ts';

/** Makes the error of a file that is not what was expected at `where`. */
export function jsonError(where: string, got: unknown, expected: string): GaiError {
  return refusal('DATA', {
    op: 'mdpFromJSON',
    problem: `${where} cannot be read`,
    got: describe(got),
    expected,
    fix: 'See the JSON section of the README for the three accepted forms.',
  });
}

/** Refuses keys that would be passed over without a word: a misspelt `gamma` would solve another problem. */
export function checkKeys(where: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const nearest = nearestName(unknown, known);
  throw refusal('DATA', {
    op: 'mdpFromJSON',
    problem: `${where} has no such key`,
    got: JSON.stringify(unknown.slice(0, 60)),
    expected: `one of ${known.join(', ')}`,
    fix: nearest === undefined ? 'Remove it.' : `Did you mean ${nearest}?`,
  });
}

/** Refuses two spellings of one setting: only one of them would be looked at. */
export function checkOneOf(where: string, given: object, names: readonly [string, string]): void {
  if (!names.every((name) => name in given)) return;
  throw refusal('DATA', {
    op: 'mdpFromJSON',
    problem: `${where} says the same twice`,
    got: names.join(' and '),
    expected: 'one of the two',
    fix: `Remove ${names[1]}.`,
  });
}

/** Never the text of an array or object: a deeply nested one would exhaust the stack. */
function describe(got: unknown): string {
  if (Array.isArray(got)) return `an array of ${got.length}`;
  if (typeof got === 'object' && got !== null) return 'an object';
  return typeof got === 'string' ? JSON.stringify(got.slice(0, 60)) : String(got).slice(0, 60);
}

/** Throws `TOO_LARGE` if `value` exceeds a limit of the reader. */
export function checkLimit(what: string, value: number, limit: number): void {
  if (value <= limit) return;
  throw refusal('TOO_LARGE', {
    op: 'mdpFromJSON',
    problem: `too many ${what}`,
    got: `${value} ${what}`,
    expected: `at most ${limit}`,
    fix: 'Raise the limit in the second argument if the file is trusted.',
  });
}
