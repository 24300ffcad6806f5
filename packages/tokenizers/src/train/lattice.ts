import { Trie } from '../models/trie.ts';
import { widthAt } from '../text/classes.ts';
import { IntList } from '../text/int-list.ts';

/** A token of a Unigram model while it is learned, with the logarithm of its probability. */
export interface ScoredPiece {
  readonly text: string;
  readonly score: number;
}

/** All ways to cut a word into tokens, of which there are tokens for every character. */
export class Lattice {
  readonly #trie: Trie;
  readonly #scores: Float64Array;
  readonly #starts = new IntList();
  readonly #ends = new IntList();
  readonly #ids = new IntList();
  #alpha = new Float64Array(0);
  #beta = new Float64Array(0);
  #best = new Int32Array(0);

  constructor(pieces: readonly ScoredPiece[]) {
    this.#trie = new Trie(pieces.map(({ text }, id) => [text, id] as const));
    this.#scores = Float64Array.from(pieces, ({ score }) => score);
  }

  /**
   * Adds to `expected` how often each token is expected in a word that occurs `count` times.
   * @returns The logarithm of the probability of the word.
   */
  expect(word: string, count: number, expected: Float64Array): number {
    this.#cut(word);
    const [alpha, beta, length] = [this.#alpha, this.#beta, word.length];
    alpha.fill(-Infinity, 0, length + 1);
    beta.fill(-Infinity, 0, length + 1);
    alpha[0] = 0;
    beta[length] = 0;
    const [starts, ends, ids] = [this.#starts.values, this.#ends.values, this.#ids.values];
    for (let edge = 0; edge < this.#ids.length; edge++) {
      const sum = alpha[starts[edge]!]! + this.#scores[ids[edge]!]!;
      alpha[ends[edge]!] = logAddExp(alpha[ends[edge]!]!, sum);
    }
    for (let edge = this.#ids.length - 1; edge >= 0; edge--) {
      const sum = beta[ends[edge]!]! + this.#scores[ids[edge]!]!;
      beta[starts[edge]!] = logAddExp(beta[starts[edge]!]!, sum);
    }
    const whole = alpha[length]!;
    for (let edge = 0; edge < this.#ids.length; edge++) {
      const path = alpha[starts[edge]!]! + this.#scores[ids[edge]!]! + beta[ends[edge]!]!;
      expected[ids[edge]!]! += count * Math.exp(path - whole);
    }
    return whole;
  }

  /** The tokens of the most likely way to cut a word, from right to left; `without`: a token that may not be used. */
  bestPath(word: string, without = -1): number[] {
    this.#cut(word);
    const [alpha, best, length] = [this.#alpha, this.#best, word.length];
    alpha.fill(-Infinity, 0, length + 1);
    best.fill(-1, 0, length + 1);
    alpha[0] = 0;
    for (let edge = 0; edge < this.#ids.length; edge++) {
      const id = this.#ids.values[edge]!;
      if (id === without) continue;
      const [start, end] = [this.#starts.values[edge]!, this.#ends.values[edge]!];
      const score = alpha[start]! + this.#scores[id]!;
      if (score <= alpha[end]!) continue;
      alpha[end] = score;
      best[end] = edge;
    }
    const path: number[] = [];
    for (let at = length; at > 0;) {
      const edge = best[at]!;
      if (edge < 0) return [];
      path.push(this.#ids.values[edge]!);
      at = this.#starts.values[edge]!;
    }
    return path;
  }

  /** Finds the tokens at every character of a word; edges come in the order of their beginnings. */
  #cut(word: string): void {
    for (const list of [this.#starts, this.#ends, this.#ids]) list.clear();
    if (this.#alpha.length <= word.length) {
      this.#alpha = new Float64Array(word.length * 2 + 1);
      this.#beta = new Float64Array(word.length * 2 + 1);
      this.#best = new Int32Array(word.length * 2 + 1);
    }
    for (let start = 0; start < word.length; start += widthAt(word, start)) {
      for (let end = start, node = 0; end < word.length;) {
        node = this.#trie.child(node, word.charCodeAt(end++));
        if (node === 0) break;
        const id = this.#trie.value(node);
        if (id < 0) continue;
        this.#starts.push(start);
        this.#ends.push(end);
        this.#ids.push(id);
      }
    }
  }
}

function logAddExp(a: number, b: number): number {
  if (a === -Infinity) return b;
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b));
}
