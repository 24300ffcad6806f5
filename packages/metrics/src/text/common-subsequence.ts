import { refused } from '../refused.ts';

/** Cells of a table of lengths: more is more memory than a text is worth. */
const MOST_CELLS = 2 ** 28;

/** The length of the longest common subsequence, in the memory of one row. */
export function commonLength(a: readonly string[], b: readonly string[]): number {
  const [left, right] = asNumbers(a, b);
  const row = new Uint32Array(right.length + 1);
  for (const item of left) {
    let diagonal = 0;
    for (let j = 1; j <= right.length; j++) {
      const above = row[j]!;
      row[j] = item === right[j - 1] ? diagonal + 1 : Math.max(above, row[j - 1]!);
      diagonal = above;
    }
  }
  return row[right.length]!;
}

/** Places in `a` of one longest common subsequence: the one that ROUGE's reference implementation reads back. */
export function commonPlaces(op: string, a: readonly string[], b: readonly string[]): number[] {
  const [left, right] = asNumbers(a, b);
  const width = right.length + 1;
  if ((left.length + 1) * width > MOST_CELLS) {
    throw refused(op, 'two sentences are too long', `${left.length} and ${right.length} words`, 'shorter ones');
  }
  const table = new Uint32Array((left.length + 1) * width);
  for (let i = 1; i <= left.length; i++) {
    for (let j = 1; j < width; j++) {
      const at = i * width + j;
      table[at] =
        left[i - 1] === right[j - 1] ? table[at - width - 1]! + 1 : Math.max(table[at - width]!, table[at - 1]!);
    }
  }
  const places: number[] = [];
  for (let [i, j] = [left.length, right.length]; i > 0 && j > 0;) {
    const at = i * width + j;
    if (left[i - 1] === right[j - 1]) {
      places.push(--i);
      j--;
    } else if (table[at - 1]! > table[at - width]!) j--;
    else i--;
  }
  return places.reverse();
}

/** Words as numbers, which compare faster. */
function asNumbers(...texts: [readonly string[], readonly string[]]): [Uint32Array, Uint32Array] {
  const known = new Map<string, number>();
  const numbers = (text: readonly string[]): Uint32Array =>
    Uint32Array.from(text, (word) => {
      const number = known.get(word) ?? known.size;
      known.set(word, number);
      return number;
    });
  return [numbers(texts[0]), numbers(texts[1])];
}
