import type { PairTable } from './pair-table.ts';

/** Symbols of a word up to which scanning for the best pair is faster than keeping pairs in order. */
const SHORT = 32;

/** The symbols of a word, merged in place: ids and the units each covers. */
export interface Symbols {
  ids: number[];
  starts: number[];
  ends: number[];
}

/** Merges the pair of lowest rank, the leftmost of equals, until none is left. */
export function mergeAll(symbols: Symbols, pairs: PairTable): void {
  if (symbols.ids.length <= SHORT) mergeByScan(symbols, pairs);
  else mergeByHeap(symbols, pairs);
}

function mergeByScan({ ids, starts, ends }: Symbols, pairs: PairTable): void {
  for (;;) {
    let best = -1;
    let lowest = Infinity;
    for (let index = 0; index + 1 < ids.length; index++) {
      const rank = pairs.rank(ids[index]!, ids[index + 1]!);
      if (rank >= 0 && rank < lowest) {
        lowest = rank;
        best = index;
      }
    }
    if (best < 0) return;
    ids[best] = pairs.merged(ids[best]!, ids[best + 1]!);
    ends[best] = ends[best + 1]!;
    ids.splice(best + 1, 1);
    starts.splice(best + 1, 1);
    ends.splice(best + 1, 1);
  }
}

/** For long words: a linked list and a heap of candidate pairs, n log n. */
function mergeByHeap(symbols: Symbols, pairs: PairTable): void {
  const { ids, starts, ends } = symbols;
  const count = ids.length;
  const next = Int32Array.from({ length: count }, (_, index) => (index + 1 < count ? index + 1 : -1));
  const before = Int32Array.from({ length: count }, (_, index) => index - 1);
  const alive = new Uint8Array(count).fill(1);
  const heap = new PairHeap();
  const offer = (left: number): void => {
    const right = left < 0 ? -1 : next[left]!;
    if (right < 0) return;
    const rank = pairs.rank(ids[left]!, ids[right]!);
    if (rank >= 0) heap.push({ rank, left, leftId: ids[left]!, rightId: ids[right]! });
  };
  for (let index = 0; index < count; index++) offer(index);
  for (let top = heap.pop(); top !== undefined; top = heap.pop()) {
    const { left, leftId, rightId } = top;
    const right = next[left]!;
    // The pair may have gone into another one since it was offered.
    if (alive[left] === 0 || right < 0 || ids[left] !== leftId || ids[right] !== rightId) continue;
    ids[left] = pairs.merged(leftId, rightId);
    ends[left] = ends[right]!;
    alive[right] = 0;
    next[left] = next[right]!;
    if (next[right]! >= 0) before[next[right]!] = left;
    offer(before[left]!);
    offer(left);
  }
  const kept = <T>(list: readonly T[]): T[] => list.filter((_, index) => alive[index] === 1);
  symbols.ids = kept(ids);
  symbols.starts = kept(starts);
  symbols.ends = kept(ends);
}

/** Two neighbours that could be merged. */
interface Candidate {
  readonly rank: number;
  readonly left: number;
  readonly leftId: number;
  readonly rightId: number;
}

const isBefore = (a: Candidate, b: Candidate): boolean => a.rank < b.rank || (a.rank === b.rank && a.left < b.left);

/** A binary heap with the lowest rank on top, the leftmost of equals first. */
class PairHeap {
  readonly #items: Candidate[] = [];

  push(item: Candidate): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(item, items[parent]!)) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  pop(): Candidate | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return top;
    let at = 0;
    for (let child = 1; child < items.length; child = 2 * at + 1) {
      if (child + 1 < items.length && isBefore(items[child + 1]!, items[child]!)) child += 1;
      if (!isBefore(items[child]!, last)) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = last;
    return top;
  }
}
