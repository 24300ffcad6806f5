import type { WordTokens } from '../models/model.ts';
import type { AlignedText } from '../text/aligned-text.ts';
import type { Run } from './run.ts';

/** A run while it is written. */
export class RunBuilder implements Run {
  readonly ids: number[] = [];
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly words: number[] = [];
  readonly surfaces = new Map<number, string>();
  readonly #shownAsText: number | undefined;
  #word = 0;

  /** @param shownAsText - The id that is shown as the text it stands for. */
  constructor(shownAsText: number | undefined) {
    this.#shownAsText = shownAsText;
  }

  /** A piece that is one token. */
  addWhole(piece: AlignedText, id: number): void {
    this.surfaces.set(this.ids.length, piece.text);
    this.#add(id, piece.startOf(0), piece.endOf(piece.text.length - 1));
    this.#word += 1;
  }

  /** A word and its tokens. */
  addWord(word: AlignedText, { ids, starts, ends }: WordTokens): void {
    for (let index = 0; index < ids.length; index++) {
      const [start, end] = [starts[index]!, ends[index]!];
      if (ids[index] === this.#shownAsText) this.surfaces.set(this.ids.length, word.text.slice(start, end));
      this.#add(ids[index]!, word.startOf(start), end > start ? word.endOf(end - 1) : word.startOf(start));
    }
    this.#word += 1;
  }

  #add(id: number, start: number, end: number): void {
    this.ids.push(id);
    this.starts.push(start);
    this.ends.push(end);
    this.words.push(this.#word);
  }
}
