import type { TokenList } from '../models/model.ts';
import { AlignedText } from '../text/aligned-text.ts';
import { IntList } from '../text/int-list.ts';
import type { Run } from './run.ts';

/** Writes one run after the other. */
export class RunBuilder {
  readonly #ids = new IntList(1024);
  readonly #starts = new IntList(1024);
  readonly #ends = new IntList(1024);
  readonly #words = new IntList(1024);
  #surfaces = new Map<number, string>();
  readonly #shownAsText: number | undefined;
  #word = 0;
  #piece = new AlignedText('');

  /** @param shownAsText - The id that is shown as the text it stands for. */
  constructor(shownAsText: number | undefined) {
    this.#shownAsText = shownAsText;
  }

  /** Begins a run, leaving aside one that was not finished. */
  start(): void {
    for (const list of [this.#ids, this.#starts, this.#ends, this.#words]) list.clear();
    this.#surfaces = new Map();
    this.#word = 0;
  }

  /** The run that was written. */
  finish(): Run {
    const { length } = this.#ids;
    const values = new Int32Array(length * 4);
    [this.#ids, this.#starts, this.#ends, this.#words].forEach((list, index) =>
      values.set(list.values.subarray(0, length), index * length),
    );
    return { length, values, surfaces: this.#surfaces };
  }

  /** A piece that is one token. */
  addWhole(piece: AlignedText, id: number): void {
    this.#surfaces.set(this.#ids.length, piece.text);
    this.#add(id, piece.startOf(0), piece.endOf(piece.text.length - 1));
    this.#word += 1;
  }

  /** Begins a piece: the words to come are of it. */
  begin(piece: AlignedText): void {
    this.#piece = piece;
  }

  /** The tokens of a word that begins at unit `at` of the piece: those of a list from `from` to `to` (exclusive). */
  addWord(at: number, { ids, starts, ends }: TokenList, from: number, to: number): void {
    const piece = this.#piece;
    const { alignment } = piece;
    const base = piece.base + at;
    for (let index = from; index < to; index++) {
      const id = ids.values[index]!;
      const start = starts.values[index]!;
      const end = ends.values[index]!;
      if (id === this.#shownAsText) this.#surfaces.set(this.#ids.length, piece.text.slice(at + start, at + end));
      if (alignment === undefined) this.#add(id, base + start, base + end);
      else this.#add(id, alignment.starts[at + start]!, alignment.ends[at + end - 1]!);
    }
    this.#word += 1;
  }

  #add(id: number, start: number, end: number): void {
    this.#ids.push(id);
    this.#starts.push(start);
    this.#ends.push(end);
    this.#words.push(this.#word);
  }
}
