import { TokenizerError } from './errors.ts';

/**
 * Refuses options of other names than a function has: `special_tokens` or `add_generation_prompt` would do nothing, without a word.
 * @throws {@link TokenizerError} with the code `ARGUMENT` and the nearest name.
 */
export function checkOptionNames(op: string, options: unknown, names: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    const expected = `an object with ${names.join(', ')}`;
    throw refused(op, `there are no options. Got ${String(options)}; expected ${expected}.`, {});
  }
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const near = nearest(unknown, names);
  const expected = names.length === 1 ? names[0] : `one of ${names.join(', ')}`;
  const remedy = near === undefined ? 'Look at its spelling.' : `Did you mean '${near}'?`;
  throw refused(op, `no such option. Got '${unknown.slice(0, LONGEST)}'; expected ${expected}. ${remedy}`, {
    option: unknown,
  });
}

/** Longer names are cut: the work grows with the product of the lengths. */
const LONGEST = 60;

const refused = (op: string, what: string, details: Readonly<Record<string, unknown>>): TokenizerError =>
  new TokenizerError('ARGUMENT', `${op}: ${what}`, { op, details });

/** The name that was meant, if a third of its letters fit; Python's separators are none. */
function nearest(name: string, names: readonly string[]): string | undefined {
  const plain = name.slice(0, LONGEST).replaceAll(/[_-]/g, '').toLowerCase();
  const [best] = names
    .map((other) => ({ other, far: distance(plain, other.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  return best !== undefined && best.far <= Math.max(2, plain.length / 3) ? best.other : undefined;
}

/** Letters to insert, remove or replace to get from one word to the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
