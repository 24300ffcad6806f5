import type { Model, TokenList } from './model.ts';

/** What a {@link WordLevel} consists of. */
export interface WordLevelOptions {
  readonly vocab: ReadonlyMap<string, number>;
  /** Stands for words that are not in the vocabulary; if it is not there either they are left out. */
  readonly unkToken: string;
}

/** A token for every word. */
export class WordLevel implements Model {
  readonly type = 'WordLevel';
  readonly vocab: ReadonlyMap<string, number>;
  readonly options: WordLevelOptions;

  constructor(options: WordLevelOptions) {
    this.options = options;
    this.vocab = options.vocab;
  }

  tokenize(word: string, tokens: TokenList): void {
    const id = this.vocab.get(word) ?? this.vocab.get(this.options.unkToken);
    if (id !== undefined) tokens.add(id, 0, word.length);
  }
}
