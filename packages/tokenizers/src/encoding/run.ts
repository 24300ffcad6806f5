/** What the model made of one text: lists side by side, one entry per token. */
export interface Run {
  readonly ids: readonly number[];
  /** Where each token begins and ends in the text, in UTF-16 units. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** The word each token is part of. */
  readonly words: readonly number[];
  /** The text of added tokens as it stood there, by place. */
  readonly surfaces: ReadonlyMap<number, string>;
}

/** A stretch of a run, from a token to another (exclusive). */
export type Range = readonly [from: number, to: number];

/** A stretch of a run that becomes an encoding, or part of one. */
export interface Piece {
  readonly run: Run;
  readonly range: Range;
}

/** A text, and the pieces it was cut into: the first is kept, the others were cut off. */
export interface Encoded {
  readonly text: string;
  readonly pieces: readonly [Piece, ...Piece[]];
}
