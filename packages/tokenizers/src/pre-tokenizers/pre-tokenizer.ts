import type { AlignedText } from '../text/aligned-text.ts';
import { IntList } from '../text/int-list.ts';
import type { Cuts, Cutter } from './split.ts';

/** A step on the way from a text to its words: changes the text, then cuts it. */
export interface Step {
  /** Changes a piece; its places in the original stay known. */
  readonly change?: ((piece: AlignedText) => AlignedText) | undefined;
  readonly cut?: Cutter | undefined;
  /** The words go on as GPT-2's names of their bytes. */
  readonly byteLevel?: boolean;
}

/** Takes the words of a piece: where they begin and end in it. The list is only lent. */
export type TakeWords = (piece: AlignedText, cuts: Cuts) => void;

/** How a text is cut before the model sees it. */
export interface PreTokenizer {
  /** Cuts a piece into words, none of them empty. */
  readonly split: (piece: AlignedText, take: TakeWords) => void;
  /** The words go to the model as GPT-2's names of their bytes. */
  readonly byteLevel: boolean;
}

/** Applies one step after the other. */
export function chain(steps: readonly Step[]): PreTokenizer['split'] {
  const stages: Stage[] = [];
  for (const { change, cut } of steps) {
    if (stages.length === 0 || change !== undefined) stages.push(new Stage(change));
    if (cut !== undefined) stages.at(-1)!.cutters.push(cut);
  }
  if (stages.length === 0) stages.push(new Stage(undefined));
  const run = (piece: AlignedText, index: number, take: TakeWords): void => {
    const [changed, cuts] = stages[index]!.cut(piece);
    if (index === stages.length - 1) return take(changed, cuts);
    for (let at = 0; at < cuts.length; at += 2)
      run(changed.slice(cuts.values[at]!, cuts.values[at + 1]!), index + 1, take);
  };
  return (piece, take) => run(piece, 0, take);
}

/** A change of the text, and the cuts up to the next one: these need no texts of their own. */
class Stage {
  readonly cutters: Cutter[] = [];
  readonly #change: Step['change'];
  #cuts = new IntList();
  #next = new IntList();

  constructor(change: Step['change']) {
    this.#change = change;
  }

  cut(piece: AlignedText): readonly [AlignedText, Cuts] {
    const changed = this.#change?.(piece) ?? piece;
    this.#cuts.clear();
    if (changed.text === '') return [changed, this.#cuts];
    this.#cuts.push(0);
    this.#cuts.push(changed.text.length);
    for (const cutter of this.cutters) this.#apply(cutter, changed.text);
    return [changed, this.#cuts];
  }

  #apply(cutter: Cutter, text: string): void {
    const [cuts, next] = [this.#cuts, this.#next];
    next.clear();
    for (let at = 0; at < cuts.length; at += 2) cutter(text, cuts.values[at]!, cuts.values[at + 1]!, next);
    this.#cuts = next;
    this.#next = cuts;
  }
}
