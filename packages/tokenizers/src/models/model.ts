import { IntList } from '../text/int-list.ts';

/** Cuts words into tokens. */
export interface Model {
  /** The kind of model, as a tokenizer file names it. */
  readonly type: 'BPE' | 'WordPiece' | 'Unigram' | 'WordLevel';
  /** Ids by token. */
  readonly vocab: ReadonlyMap<string, number>;
  /** Tokens by id, where several ids may have the same one. */
  readonly tokens?: readonly string[] | undefined;
  /** The id that is shown as the text it stands for, not as a token of the vocabulary. */
  readonly shownAsText?: number | undefined;
  /** Adds the tokens of a word to a list, with the units of the word that each covers. */
  tokenize(word: string, tokens: TokenList): void;
  /**
   * The same for a word in GPT-2's names of its bytes, by a shorter way; units are those of the word itself.
   * @returns Whether there is a shorter way.
   */
  tokenizeBytes?(word: string, tokens: TokenList): boolean;
}

/** Tokens one after the other: for each its id, and the units of a word it covers. */
export class TokenList {
  readonly ids = new IntList();
  readonly starts = new IntList();
  readonly ends = new IntList();

  get length(): number {
    return this.ids.length;
  }

  add(id: number, start: number, end: number): void {
    this.ids.push(id);
    this.starts.push(start);
    this.ends.push(end);
  }

  /** Adds all of another list. */
  addAll({ ids, starts, ends, length }: TokenList): void {
    for (let index = 0; index < length; index++) {
      this.add(ids.values[index]!, starts.values[index]!, ends.values[index]!);
    }
  }

  /** Leaves out what comes after the first `length` tokens. */
  truncate(length: number): void {
    this.ids.length = length;
    this.starts.length = length;
    this.ends.length = length;
  }

  clear(): void {
    this.ids.clear();
    this.starts.clear();
    this.ends.clear();
  }
}
