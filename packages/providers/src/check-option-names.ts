import { ProviderError } from './errors.ts';

/**
 * Refuses options of other names than a function has: one that is misspelt would do nothing, without a word.
 * @throws {@link ProviderError} with the code `ARGUMENT` and the nearest name.
 */
export function checkOptionNames(op: string, options: unknown, names: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    const text = `${op}: there are no options. Got ${String(options)}; expected an object.`;
    throw new ProviderError('ARGUMENT', text, { op });
  }
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const [nearest] = names
    .map((other) => ({ other, distance: editDistance(unknown.toLowerCase(), other.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const hint = nearest !== undefined && nearest.distance <= 4 ? `Did you mean '${nearest.other}'?` : 'Leave it out.';
  const expected = names.length === 1 ? names[0] : `one of ${names.join(', ')}`;
  throw new ProviderError('ARGUMENT', `${op}: no such option. Got '${unknown}'; expected ${expected}. ${hint}`, {
    op,
    details: { option: unknown },
  });
}

/** Letters to insert, remove or replace to get from one word to the other. */
function editDistance(a: string, b: string): number {
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
