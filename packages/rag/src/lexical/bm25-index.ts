import { checkArgument, checkOptionNames } from '@gai/core/ops';
import { englishAnalyzer } from '../text/analyzer.ts';
import type { Analyzer } from '../text/analyzer.ts';
import { Best } from './best.ts';
import { Postings } from './postings.ts';

/**
 * Settings of {@link BM25Index}.
 * @category Lexical search
 */
export interface BM25Options {
  /** How texts become terms. Default {@link englishAnalyzer}. */
  readonly analyzer?: Analyzer | undefined;
  /** How much the tenth time that a term stands in a text still counts, at least 0. Default 1.2. */
  readonly k1?: number | undefined;
  /** How much long texts are held back, 0 to 1. Default 0.75. */
  readonly b?: number | undefined;
}

/**
 * A text that a search found.
 * @category Lexical search
 */
export interface LexicalHit {
  readonly id: string;
  /** Above 0; scores of two queries do not compare. */
  readonly score: number;
}

/**
 * Settings of a search.
 * @category Lexical search
 */
export interface LexicalSearchOptions {
  /** At most so many hits. Default 10. */
  readonly k?: number | undefined;
  /** Leaves out texts for which it is false. */
  readonly accept?: ((id: string) => boolean) | undefined;
}

/** What a text is made of: parts that count as often as their weight says. */
export type WeightedText = string | readonly { readonly text: string; readonly weight: number }[];

/**
 * An index in memory that finds texts by their words: `Σ idf(t) · f (k1 + 1) / (f + k1 (1 − b + b · length / mean length))` over the terms
 * of the query, with `idf(t) = ln(1 + (N − n + ½) / (n + ½))`.
 *
 * Finds names, codes and rare words best, needs no model, and is hard to beat on ordinary questions. A term that stands twice in the
 * query counts twice. Hits of equal score are ordered by their id. Removed texts no longer count in any figure.
 * @example
 * const index = new BM25Index();
 * index.add('a', 'Cats chase mice.');
 * index.add('b', 'Dogs chase cats, and cats run.');
 * index.search('running cats').map(({ id }) => id); // => ['b', 'a']
 * @see Robertson and Zaragoza 2009, The Probabilistic Relevance Framework, https://doi.org/10.1561/1500000019
 * @category Lexical search
 */
export class BM25Index {
  readonly #analyzer: Analyzer;
  readonly #k1: number;
  readonly #b: number;
  readonly #terms = new Map<string, Postings>();
  readonly #slots = new Map<string, number>();
  readonly #ids: (string | undefined)[] = [];
  readonly #lengths: number[] = [];
  readonly #free: number[] = [];
  readonly #gone = new Set<number>();
  #totalLength = 0;
  /** `k1 (1 − b + b · length / mean length)` of each slot; made anew after a change. */
  #norms: Float64Array | undefined;
  #scores = new Float64Array(0);

  /** @throws {@link ArgumentError} for numbers out of range. */
  constructor(options: BM25Options = {}) {
    checkOptionNames('BM25Index', options, ['analyzer', 'k1', 'b']);
    const { analyzer, k1 = 1.2, b = 0.75 } = options;
    const op = 'BM25Index';
    checkArgument(Number.isFinite(k1) && k1 >= 0, k1, { op, name: 'k1', rule: 'a number of at least 0' });
    checkArgument(Number.isFinite(b) && b >= 0 && b <= 1, b, { op, name: 'b', rule: 'a number from 0 to 1' });
    const isAnalyzer = analyzer === undefined || typeof analyzer.terms === 'function';
    checkArgument(isAnalyzer, analyzer, { op, name: 'analyzer', rule: 'an Analyzer' });
    this.#analyzer = analyzer ?? englishAnalyzer();
    this.#k1 = k1;
    this.#b = b;
  }

  /** How many texts it holds. */
  get size(): number {
    return this.#slots.size;
  }

  /** The analyzer's name. */
  get analyzer(): string {
    return this.#analyzer.name;
  }

  /**
   * Adds a text, in place of one with the same id.
   * @param text - Or parts with weights, whole numbers: the terms of a part count so many times.
   */
  add(id: string, text: WeightedText): void {
    this.remove(id);
    const counts = new Map<string, number>();
    let length = 0;
    for (const { text: part, weight } of typeof text === 'string' ? [{ text, weight: 1 }] : text) {
      checkWeight(weight);
      if (weight === 0) continue;
      for (const term of this.#analyzer.terms(part)) {
        counts.set(term, (counts.get(term) ?? 0) + weight);
        length += weight;
      }
    }
    const slot = this.#free.pop() ?? this.#ids.length;
    this.#ids[slot] = id;
    this.#lengths[slot] = length;
    this.#slots.set(id, slot);
    this.#totalLength += length;
    this.#norms = undefined;
    for (const [term, times] of counts) this.#postingsOf(term).add(slot, times);
  }

  /** Removes a text; false if there is none of that id. */
  remove(id: string): boolean {
    const slot = this.#slots.get(id);
    if (slot === undefined) return false;
    this.#slots.delete(id);
    this.#totalLength -= this.#lengths[slot]!;
    this.#ids[slot] = undefined;
    this.#gone.add(slot);
    this.#norms = undefined;
    return true;
  }

  /**
   * The best texts for a query, best first. A query of stop words alone finds nothing.
   * @throws {@link ArgumentError} for a query that is no text and settings that do not fit.
   */
  search(query: string, options: LexicalSearchOptions = {}): LexicalHit[] {
    const op = 'search';
    checkOptionNames(op, options, ['k', 'accept']);
    checkArgument(typeof query === 'string', query, { op, name: 'query', rule: 'a string' });
    const { k = 10, accept } = options;
    checkArgument(Number.isSafeInteger(k) && k >= 1, k, { op, name: 'k', rule: 'a whole number of at least 1' });
    const touched = this.#accumulate(query);
    const ids = this.#ids;
    const best = new Best(k, (a, b) => ids[a]! < ids[b]!);
    for (const slot of touched) {
      const score = this.#scores[slot]!;
      this.#scores[slot] = 0;
      if (score >= best.least && (accept === undefined || accept(ids[slot]!))) best.add(slot, score);
    }
    return best.sorted().map(({ slot, score }) => ({ id: ids[slot]!, score }));
  }

  /** `idf(t)` of a term as the analyzer gives it; the largest for a term that stands nowhere. */
  rarity(term: string): number {
    this.#prepare();
    return this.#idf(this.#terms.get(term)?.count ?? 0);
  }

  /** Adds the score of each text to its slot; returns the slots. */
  #accumulate(query: string): number[] {
    const times = new Map<string, number>();
    for (const term of this.#analyzer.terms(query)) times.set(term, (times.get(term) ?? 0) + 1);
    const norms = this.#prepare();
    const scores = this.#scores;
    const touched: number[] = [];
    for (const [term, repeated] of times) {
      const found = this.#terms.get(term);
      if (found === undefined) continue;
      const { pairs, count } = found;
      const idf = this.#idf(count) * (this.#k1 + 1) * repeated;
      for (let at = 0; at < 2 * count; at += 2) {
        const slot = pairs[at]!;
        const frequency = pairs[at + 1]!;
        if (scores[slot] === 0) touched.push(slot);
        scores[slot]! += (idf * frequency) / (frequency + norms[slot]!);
      }
    }
    return touched;
  }

  #idf(count: number): number {
    return Math.log(1 + (this.size - count + 0.5) / (count + 0.5));
  }

  /** Norms of all slots, after what was removed has been dropped everywhere. */
  #prepare(): Float64Array {
    if (this.#norms !== undefined) return this.#norms;
    this.#compact();
    const count = this.#ids.length;
    const mean = this.#totalLength / Math.max(1, this.size) || 1;
    this.#norms = new Float64Array(count);
    for (let slot = 0; slot < count; slot++) {
      this.#norms[slot] = this.#k1 * (1 - this.#b + (this.#b * this.#lengths[slot]!) / mean);
    }
    if (this.#scores.length < count) this.#scores = new Float64Array(Math.ceil(count * 1.5));
    return this.#norms;
  }

  #compact(): void {
    if (this.#gone.size === 0) return;
    const isGone = (slot: number): boolean => this.#gone.has(slot);
    for (const [term, postings] of this.#terms) if (postings.drop(isGone) === 0) this.#terms.delete(term);
    this.#free.push(...this.#gone);
    this.#gone.clear();
  }

  #postingsOf(term: string): Postings {
    const known = this.#terms.get(term);
    if (known !== undefined) return known;
    const added = new Postings();
    this.#terms.set(term, added);
    return added;
  }
}

function checkWeight(weight: number): void {
  const fits = Number.isSafeInteger(weight) && weight >= 0 && weight <= 1000;
  checkArgument(fits, weight, { op: 'add', name: 'weight', rule: 'a whole number from 0 to 1000' });
}
