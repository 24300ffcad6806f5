import type { TokenList } from './model.ts';
import type { PairTable } from './pair-table.ts';
import { NumberHeap } from './number-heap.ts';

/** Symbols of a word up to which scanning for the best pair is faster than keeping pairs in order. */
const SHORT = 96;
/** Symbols for which room is kept. */
const MOST_KEPT = 1 << 20;
/** The rank of what cannot be merged. */
const NEVER = 0x7fffffff;

/** Merges the symbols of one word after the other. */
export class Merger {
  readonly #pairs: PairTable;
  /** For each symbol: the one after it (−1: none) and before it, the rank of the pair the two are, its place in the table. */
  #next = new Int32Array(0);
  #before = new Int32Array(0);
  #ranks = new Int32Array(0);
  #places = new Int32Array(0);

  constructor(pairs: PairTable) {
    this.#pairs = pairs;
  }

  /** Merges the tokens from `from` on, in place: always the pair of lowest rank, the leftmost of equals, until none is left. */
  merge(tokens: TokenList, from: number): void {
    const count = tokens.length - from;
    if (count < 2) return;
    this.#reserve(count);
    const ids = tokens.ids.values;
    for (let index = 0; index < count; index++) {
      this.#next[index] = index + 1 < count ? index + 1 : -1;
      this.#before[index] = index - 1;
    }
    for (let index = 0; index < count; index++) this.#look(ids, from, index);
    if (count <= SHORT) this.#mergeByScan(tokens, from);
    else this.#mergeByHeap(tokens, from, count);
    this.#close(tokens, from);
  }

  #mergeByScan(tokens: TokenList, from: number): void {
    const next = this.#next;
    const ranks = this.#ranks;
    for (;;) {
      let best = -1;
      let lowest = NEVER;
      for (let index = 0; index >= 0; index = next[index]!) {
        if (ranks[index]! < lowest) {
          lowest = ranks[index]!;
          best = index;
        }
      }
      if (best < 0) return;
      this.#join(tokens, from, best);
    }
  }

  /** For long words: a heap of candidate pairs, n log n. A key is a rank and a symbol. */
  #mergeByHeap(tokens: TokenList, from: number, count: number): void {
    const ranks = this.#ranks;
    const heap = new NumberHeap(count);
    const offer = (index: number): void => {
      if (index >= 0 && ranks[index] !== NEVER) heap.push(ranks[index]! * count + index);
    };
    for (let index = 0; index < count; index++) offer(index);
    while (heap.size > 0) {
      const key = heap.pop();
      const index = key % count;
      // The pair may have gone into another one since it was offered.
      if (ranks[index] !== (key - index) / count) continue;
      this.#join(tokens, from, index);
      offer(this.#before[index]!);
      offer(index);
    }
  }

  /** Makes one of a symbol and the one after it. */
  #join(tokens: TokenList, from: number, index: number): void {
    const ids = tokens.ids.values;
    const ends = tokens.ends.values;
    const right = this.#next[index]!;
    const after = this.#next[right]!;
    ids[from + index] = this.#pairs.mergedAt(this.#places[index]!);
    ends[from + index] = ends[from + right]!;
    this.#ranks[right] = NEVER;
    this.#next[index] = after;
    if (after >= 0) this.#before[after] = index;
    this.#look(ids, from, index);
    if (this.#before[index]! >= 0) this.#look(ids, from, this.#before[index]!);
  }

  /** Looks up the pair that a symbol and the one after it are. */
  #look(ids: Int32Array, from: number, index: number): void {
    const right = this.#next[index]!;
    const place = right < 0 ? -1 : this.#pairs.find(ids[from + index]!, ids[from + right]!);
    this.#places[index] = place;
    this.#ranks[index] = place < 0 ? NEVER : this.#pairs.rankAt(place);
  }

  /** Moves what is left together. */
  #close(tokens: TokenList, from: number): void {
    const [ids, starts, ends] = [tokens.ids.values, tokens.starts.values, tokens.ends.values];
    let to = from;
    for (let index = 0; index >= 0; index = this.#next[index]!) {
      ids[to] = ids[from + index]!;
      starts[to] = starts[from + index]!;
      ends[to] = ends[from + index]!;
      to += 1;
    }
    tokens.truncate(to);
  }

  #reserve(count: number): void {
    if (count <= this.#next.length && this.#next.length <= Math.max(count, MOST_KEPT)) return;
    const size = Math.max(SHORT, count);
    this.#next = new Int32Array(size);
    this.#before = new Int32Array(size);
    this.#ranks = new Int32Array(size);
    this.#places = new Int32Array(size);
  }
}
