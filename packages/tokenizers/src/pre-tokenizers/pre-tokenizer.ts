import type { AlignedText } from '../text/aligned-text.ts';

/** Cuts a piece of text into words, none of them empty. */
export type Splitter = (piece: AlignedText) => AlignedText[];

/** How a text is cut before the model sees it. */
export interface PreTokenizer {
  readonly split: Splitter;
  /** The words go to the model as GPT-2's names of their bytes. */
  readonly byteLevel: boolean;
}

/** Applies one splitter after the other. */
export function chain(splitters: readonly Splitter[]): Splitter {
  const [first, ...rest] = splitters;
  if (first === undefined) return (piece) => [piece];
  return (piece) => rest.reduce((pieces, split) => pieces.flatMap((part) => split(part)), first(piece));
}
