import { TabularError } from '../errors.ts';

/** Makes the error of a file that is not what was expected at `where`. */
export function jsonError(where: string, got: unknown, expected: string): TabularError {
  return new TabularError('INVALID_MDP', {
    op: 'mdpFromJSON',
    problem: `${where} cannot be read`,
    got: describe(got),
    expected,
    fix: 'See the JSON section of the README for the three accepted forms.',
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
  throw new TabularError('TOO_LARGE', {
    op: 'mdpFromJSON',
    problem: `too many ${what}`,
    got: `${value} ${what}`,
    expected: `at most ${limit}`,
    fix: 'Raise the limit in the second argument if the file is trusted.',
  });
}
