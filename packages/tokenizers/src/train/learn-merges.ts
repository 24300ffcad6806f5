import { PairQueue } from './pair-queue.ts';
import type { ReportTraining } from './options.ts';

/** A word as the ids of its symbols, and how often it occurs. */
export interface CountedWord {
  readonly symbols: Int32Array;
  readonly count: number;
}

/** What {@link learnMerges} starts from. */
export interface MergeOptions {
  readonly vocabSize: number;
  /** Pairs that are rarer are not merged. */
  readonly minFrequency: number;
  /** The text of the token two tokens become. */
  readonly join: (left: string, right: string) => string;
  readonly report: ReportTraining | undefined;
}

/** Tokens between two reports. */
const REPORT_EVERY = 100;
/** Larger than any id. */
const BASE = 2 ** 25;

/**
 * Learns byte-pair merges: the most frequent pair of neighbours becomes a token, again and again, until the vocabulary is
 * full. Of pairs that are equally frequent the one with the smaller ids comes first, as in Hugging Face's trainer.
 * @param tokens - The tokens there are; new ones are added.
 */
export function learnMerges(
  words: readonly CountedWord[],
  tokens: string[],
  options: MergeOptions,
): [string, string][] {
  const { vocabSize, minFrequency, join, report } = options;
  const pairs = new Pairs(words);
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const merges: [string, string][] = [];
  while (ids.size < vocabSize) {
    const best = pairs.takeBest();
    if (best === undefined || best.count < Math.max(1, minFrequency)) break;
    const [left, right] = [tokens[best.left]!, tokens[best.right]!];
    const text = join(left, right);
    const id = ids.get(text) ?? tokens.push(text) - 1;
    ids.set(text, id);
    merges.push([left, right]);
    pairs.merge(best, id);
    if (merges.length % REPORT_EVERY === 0) report?.({ phase: 'learning', done: ids.size, total: vocabSize });
  }
  report?.({ phase: 'learning', done: ids.size, total: vocabSize });
  return merges;
}

/** Two neighbouring tokens, and where they occur. */
interface Pair {
  readonly left: number;
  readonly right: number;
  count: number;
  /** Words it occurs in, or occurred in once. */
  readonly words: number[];
}

/** Every pair of neighbours in all words, with its count kept up to date. */
class Pairs {
  readonly #symbols: Int32Array[];
  readonly #lengths: Int32Array;
  readonly #counts: readonly number[];
  readonly #pairs: Pair[] = [];
  readonly #byIds = new Map<number, number>();
  readonly #queue = new PairQueue((a, b) => this.#keyOf(a) - this.#keyOf(b));

  constructor(words: readonly CountedWord[]) {
    this.#symbols = words.map(({ symbols }) => symbols.slice());
    this.#lengths = Int32Array.from(words, ({ symbols }) => symbols.length);
    this.#counts = words.map(({ count }) => count);
    for (const [word, symbols] of this.#symbols.entries()) {
      for (let at = 1; at < symbols.length; at++) this.#change(symbols[at - 1]!, symbols[at]!, word, 1);
    }
    for (const [index, { count }] of this.#pairs.entries()) this.#queue.push(index, count);
  }

  /** The most frequent pair. */
  takeBest(): Pair | undefined {
    for (let top = this.#queue.pop(); top !== undefined; top = this.#queue.pop()) {
      const pair = this.#pairs[top[0]]!;
      if (pair.count === top[1]) return pair;
      // It has become rarer since it was offered.
      if (pair.count > 0) this.#queue.push(top[0], pair.count);
    }
    return undefined;
  }

  /** Makes one token of a pair wherever it occurs. */
  merge(pair: Pair, id: number): void {
    const before = this.#pairs.length;
    const { words } = pair;
    let last = -1;
    for (const word of words) {
      if (word !== last) this.#mergeIn(word, pair, id);
      last = word;
    }
    for (let index = before; index < this.#pairs.length; index++) this.#queue.push(index, this.#pairs[index]!.count);
  }

  #mergeIn(word: number, { left, right }: Pair, id: number): void {
    const symbols = this.#symbols[word]!;
    const length = this.#lengths[word]!;
    let to = 0;
    for (let from = 0; from < length; from++, to++) {
      if (symbols[from] !== left || from + 1 >= length || symbols[from + 1] !== right) {
        symbols[to] = symbols[from]!;
        continue;
      }
      if (to > 0) {
        this.#change(symbols[to - 1]!, left, word, -1);
        this.#change(symbols[to - 1]!, id, word, 1);
      }
      from += 1;
      if (from + 1 < length) {
        this.#change(right, symbols[from + 1]!, word, -1);
        this.#change(id, symbols[from + 1]!, word, 1);
      }
      this.#change(left, right, word, -1);
      symbols[to] = id;
    }
    this.#lengths[word] = to;
  }

  /** There is one more of a pair in a word, or one less. */
  #change(left: number, right: number, word: number, by: 1 | -1): void {
    const key = left * BASE + right;
    const known = this.#byIds.get(key);
    const count = this.#counts[word]! * by;
    if (known !== undefined) {
      const pair = this.#pairs[known]!;
      pair.count += count;
      if (by > 0 && pair.words.at(-1) !== word) pair.words.push(word);
      return;
    }
    this.#byIds.set(key, this.#pairs.length);
    this.#pairs.push({ left, right, count, words: [word] });
  }

  #keyOf(index: number): number {
    const { left, right } = this.#pairs[index]!;
    return left * BASE + right;
  }
}
