import { TokenizerError } from '../errors.ts';
import { IntList } from '../text/int-list.ts';
import { byteIds } from './byte-tokens.ts';
import type { Model, TokenList } from './model.ts';
import { Trie } from './trie.ts';

/** What a {@link Unigram} consists of. */
export interface UnigramOptions {
  /** Tokens with the logarithm of their probability; the id is the place. */
  readonly pieces: readonly (readonly [string, number])[];
  /** The id for what is not in the vocabulary; without it such text throws. */
  readonly unkId: number | undefined;
  /** Unknown characters become tokens of their bytes, where the vocabulary has them. */
  readonly byteFallback: boolean;
  /** Ids that are never found in a text: SentencePiece's control tokens. */
  readonly unmatched: ReadonlySet<number>;
}

/** How much less likely an unknown character is than the least likely token, in nats. */
const UNKNOWN_PENALTY = 10;
/** Places of the room that is kept for the next word. */
const MOST_KEPT = 1 << 20;

/**
 * The unigram language model: of all ways to cut a word the one whose tokens are together the most likely (Viterbi).
 * Neighbouring unknown characters are one token.
 * @see Kudo 2018, Subword Regularization, https://arxiv.org/abs/1804.10959
 */
export class Unigram implements Model {
  readonly type = 'Unigram';
  readonly vocab: ReadonlyMap<string, number>;
  readonly tokens: readonly string[];
  readonly options: UnigramOptions;
  readonly shownAsText: number | undefined;
  readonly #trie: Trie;
  readonly #unknownScore: number;
  readonly #pieceScores: Float64Array;
  /** The work of one word after the other. */
  #scores = new Float64Array(0);
  #from = new Int32Array(0);
  #ids = new Int32Array(0);
  readonly #cuts = new IntList();

  constructor(options: UnigramOptions) {
    this.options = options;
    this.shownAsText = options.unkId;
    const entries = options.pieces.map(([token], id) => [token, id] as const);
    this.vocab = new Map(entries);
    this.tokens = options.pieces.map(([token]) => token);
    const isFound = (id: number): boolean => !options.unmatched.has(id);
    this.#trie = new Trie(entries.filter(([token, id]) => token !== '' && isFound(id)));
    this.#pieceScores = Float64Array.from(options.pieces, ([, score]) => score);
    const found = options.pieces.filter((_, id) => isFound(id));
    const lowest = (found.length === 0 ? options.pieces : found).reduce(
      (least, [, score]) => Math.min(least, score),
      Infinity,
    );
    this.#unknownScore = lowest - UNKNOWN_PENALTY;
  }

  tokenize(word: string, tokens: TokenList): void {
    this.#findBestPath(word);
    const { unkId } = this.options;
    const cuts = this.#cuts;
    cuts.length = 0;
    let afterUnknown = false;
    for (let end = word.length; end > 0; end = this.#from[end]!) {
      const id = this.#ids[end]!;
      const isUnknown = id === -1 || id === unkId;
      // From right to left: neighbouring unknown characters become one by a cut that begins further left.
      if (isUnknown && afterUnknown) cuts.values[cuts.length - 3] = this.#from[end]!;
      else {
        cuts.push(this.#from[end]!);
        cuts.push(end);
        cuts.push(isUnknown ? -1 : id);
      }
      afterUnknown = isUnknown;
    }
    for (let at = cuts.length - 3; at >= 0; at -= 3) {
      const [start, end, id] = [cuts.values[at]!, cuts.values[at + 1]!, cuts.values[at + 2]!];
      if (id >= 0) tokens.add(id, start, end);
      else for (const one of this.#unknown(word.slice(start, end))) tokens.add(one, start, end);
    }
  }

  /** For each place where the best path has a cut: where its last token begins, and which it is. */
  #findBestPath(word: string): void {
    const { length } = word;
    this.#reserve(length + 1);
    const scores = this.#scores;
    const from = this.#from;
    const trie = this.#trie;
    from.fill(-1, 0, length + 1);
    scores[0] = 0;
    for (let start = 0; start < length;) {
      const before = scores[start]!;
      const next = start + (word.codePointAt(start)! > 0xffff ? 2 : 1);
      let single = false;
      for (let end = start, node = 0; end < length;) {
        node = trie.child(node, word.charCodeAt(end++));
        if (node === 0) break;
        const id = trie.value(node);
        if (id < 0) continue;
        this.#offer(end, before + this.#pieceScores[id]!, start, id);
        single ||= end === next;
      }
      if (!single) this.#offer(next, before + this.#unknownScore, start, -1);
      start = next;
    }
  }

  #offer(end: number, score: number, start: number, id: number): void {
    if (this.#from[end] !== -1 && score <= this.#scores[end]!) return;
    this.#scores[end] = score;
    this.#from[end] = start;
    this.#ids[end] = id;
  }

  #reserve(length: number): void {
    if (length <= this.#from.length && this.#from.length <= Math.max(length, MOST_KEPT)) return;
    const size = Math.max(256, length);
    this.#scores = new Float64Array(size);
    this.#from = new Int32Array(size);
    this.#ids = new Int32Array(size);
  }

  #unknown(text: string): readonly number[] {
    const { byteFallback, unkId } = this.options;
    // The text of several unknown characters in a row may be a token itself.
    const known = this.vocab.get(text);
    if (known !== undefined && !this.options.unmatched.has(known)) return [known];
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
