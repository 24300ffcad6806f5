import { TokenizerError } from '../errors.ts';
import { byteIds } from './byte-tokens.ts';
import { TokenList } from './model.ts';
import type { Model, WordTokens } from './model.ts';
import { Trie } from './trie.ts';

/** What a {@link Unigram} consists of. */
export interface UnigramOptions {
  /** Tokens with the logarithm of their probability; the id is the place. */
  readonly pieces: readonly (readonly [string, number])[];
  /** The id for what is not in the vocabulary; without it such text throws. */
  readonly unkId: number | undefined;
  /** Unknown characters become tokens of their bytes, where the vocabulary has them. */
  readonly byteFallback: boolean;
}

/** How much less likely an unknown character is than the least likely token, in nats. */
const UNKNOWN_PENALTY = 10;

/**
 * The unigram language model: of all ways to cut a word the one whose tokens are together the most likely (Viterbi).
 * Neighbouring unknown characters are one token.
 * @see Kudo 2018, Subword Regularization, https://arxiv.org/abs/1804.10959
 */
export class Unigram implements Model {
  readonly type = 'Unigram';
  readonly vocab: ReadonlyMap<string, number>;
  readonly options: UnigramOptions;
  readonly shownAsText: number | undefined;
  readonly #trie: Trie;
  readonly #unknownScore: number;

  constructor(options: UnigramOptions) {
    this.options = options;
    this.shownAsText = options.unkId;
    const entries = options.pieces.map(([token], id) => [token, id] as const);
    this.vocab = new Map(entries);
    this.#trie = new Trie(entries);
    const lowest = options.pieces.reduce((least, [, score]) => Math.min(least, score), Infinity);
    this.#unknownScore = lowest - UNKNOWN_PENALTY;
  }

  tokenize(word: string): WordTokens {
    const { from, ids } = this.#bestPath(word);
    const cuts: [start: number, end: number, id: number][] = [];
    const { unkId } = this.options;
    for (let end = word.length; end > 0; end = from[end]!) {
      const last = cuts.at(-1);
      const isUnknown = ids[end] === -1 || ids[end] === unkId;
      if (isUnknown && last?.[2] === -1) last[0] = from[end]!;
      else cuts.push([from[end]!, end, isUnknown ? -1 : ids[end]!]);
    }
    const tokens = new TokenList();
    for (const [start, end, id] of cuts.reverse()) {
      const all = id === -1 ? this.#unknown(word.slice(start, end)) : [id];
      for (const one of all) tokens.add(one, start, end);
    }
    return tokens;
  }

  /** For each place where the best path has a cut: where its last token begins, and which it is. */
  #bestPath(word: string): { from: Int32Array; ids: Int32Array } {
    const { length } = word;
    const scores = new Float64Array(length + 1);
    const from = new Int32Array(length + 1).fill(-1);
    const ids = new Int32Array(length + 1);
    const offer = (end: number, score: number, start: number, id: number): void => {
      if (from[end] !== -1 && score <= scores[end]!) return;
      scores[end] = score;
      from[end] = start;
      ids[end] = id;
    };
    for (let start = 0; start < length;) {
      const next = start + (word.codePointAt(start)! > 0xffff ? 2 : 1);
      let single = false;
      for (let end = start, node = 0; end < length;) {
        node = this.#trie.child(node, word.charCodeAt(end++));
        if (node === 0) break;
        const id = this.#trie.value(node);
        if (id < 0) continue;
        offer(end, scores[start]! + this.options.pieces[id]![1], start, id);
        single ||= end === next;
      }
      if (!single) offer(next, scores[start]! + this.#unknownScore, start, -1);
      start = next;
    }
    return { from, ids };
  }

  #unknown(text: string): readonly number[] {
    const { byteFallback, unkId } = this.options;
    // The text of several unknown characters in a row may be a token itself.
    const known = this.vocab.get(text);
    if (known !== undefined) return [known];
    const bytes = byteFallback ? byteIds(text, this.vocab) : undefined;
    if (bytes !== undefined) return bytes;
    if (unkId !== undefined) return [unkId];
    throw new TokenizerError(
      'ARGUMENT',
      `encode: the vocabulary lacks a character and has no unknown token. Got ${JSON.stringify(text)}; expected text of its ` +
        'characters. Use a tokenizer with unk_id or byte_fallback.',
      { op: 'encode', details: { text } },
    );
  }
}
