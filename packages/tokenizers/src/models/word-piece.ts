import { malformed } from '../read/fields.ts';
import type { Model, TokenList } from './model.ts';

/** What a {@link WordPiece} consists of. */
export interface WordPieceOptions {
  readonly vocab: ReadonlyMap<string, number>;
  /** Stands for words that cannot be put together. */
  readonly unkToken: string;
  /** Before every piece of a word but the first. */
  readonly continuingSubwordPrefix: string;
  /** Characters of the longest word that is tried. */
  readonly maxInputCharsPerWord: number;
}

/**
 * WordPiece: from the left the longest piece that is in the vocabulary; a word that does not work out is unknown as a
 * whole.
 * @see Devlin et al. 2019, https://arxiv.org/abs/1810.04805
 */
export class WordPiece implements Model {
  readonly type = 'WordPiece';
  readonly vocab: ReadonlyMap<string, number>;
  readonly options: WordPieceOptions;
  readonly #unk: number;
  /** Units of the longest token: no longer piece needs a look. */
  readonly #longest: number;

  constructor(options: WordPieceOptions) {
    this.options = options;
    this.vocab = options.vocab;
    const unk = options.vocab.get(options.unkToken);
    if (unk === undefined) throw malformed('model.unk_token', options.unkToken, 'a token of the vocabulary');
    this.#unk = unk;
    this.#longest = [...options.vocab.keys()].reduce((longest, { length }) => Math.max(longest, length), 0);
  }

  tokenize(word: string, tokens: TokenList): void {
    const { maxInputCharsPerWord } = this.options;
    const before = tokens.length;
    const isLong = word.length > maxInputCharsPerWord && [...word].length > maxInputCharsPerWord;
    if (!isLong && this.#cut(word, tokens)) return;
    tokens.truncate(before);
    tokens.add(this.#unk, 0, word.length);
  }

  /** Whether the word works out. */
  #cut(word: string, tokens: TokenList): boolean {
    for (let start = 0; start < word.length;) {
      const before = start > 0 ? this.options.continuingSubwordPrefix : '';
      let end = Math.min(word.length, start + this.#longest);
      let id: number | undefined;
      for (; end > start; end--) {
        id = this.vocab.get(before + word.slice(start, end));
        if (id !== undefined) break;
      }
      if (id === undefined) return false;
      tokens.add(id, start, end);
      start = end;
    }
    return true;
  }
}
