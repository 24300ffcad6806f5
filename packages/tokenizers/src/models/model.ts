/** The tokens of a word: for each its id, and the units of the word it covers. */
export interface WordTokens {
  readonly ids: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Cuts words into tokens. */
export interface Model {
  /** The kind of model, as a tokenizer file names it. */
  readonly type: 'BPE' | 'WordPiece' | 'Unigram' | 'WordLevel';
  /** Ids by token. */
  readonly vocab: ReadonlyMap<string, number>;
  /** The id that is shown as the text it stands for, not as a token of the vocabulary. */
  readonly shownAsText?: number | undefined;
  tokenize(word: string): WordTokens;
}

/** A list of tokens that is written one by one. */
export class TokenList implements WordTokens {
  readonly ids: number[] = [];
  readonly starts: number[] = [];
  readonly ends: number[] = [];

  add(id: number, start: number, end: number): void {
    this.ids.push(id);
    this.starts.push(start);
    this.ends.push(end);
  }
}
