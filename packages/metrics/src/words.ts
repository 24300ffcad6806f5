/** White space as Python's `str.split` and the reference implementations see it: JavaScript's `\s` differs in six signs. */
const SIGNS = String.raw`[\t-\r\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
const SPACES = new RegExp(`${SIGNS}+`, 'u');
const SPACE = new RegExp(SIGNS, 'u');

/** The text without white space at its end, in linear time. */
export function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && SPACE.test(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** The text without white space at its ends. */
export function trim(text: string): string {
  let start = 0;
  while (start < text.length && SPACE.test(text[start]!)) start++;
  return trimEnd(text.slice(start));
}

/** The words between white space. */
export const words = (text: string): string[] => text.split(SPACES).filter((word) => word !== '');

/** Counts of the runs of `order` items, each joined by a space. */
export function countNgrams(items: readonly string[], order: number, separator = ' '): Map<string, number> {
  const counts = new Map<string, number>();
  for (let start = 0; start + order <= items.length; start++) {
    const ngram = items.slice(start, start + order).join(separator);
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}

/** How many n-grams two texts share: the sum of the smaller counts. */
export function overlap(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let shared = 0;
  for (const [ngram, count] of a) shared += Math.min(count, b.get(ngram) ?? 0);
  return shared;
}

/** The sum of all counts. */
export function totalOf(counts: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
}
