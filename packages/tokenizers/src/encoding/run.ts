/** What the model made of one text: lists side by side, one entry per token. */
export interface Run {
  /** Number of tokens. */
  readonly length: number;
  /** The lists one after the other: ids, starts, ends (in UTF-16 units of the text), and the word each token is part of. */
  readonly values: Int32Array;
  /** The text of added tokens as it stood there, by place. */
  readonly surfaces: ReadonlyMap<number, string>;
}

/** Where each list of a run begins, in lengths of it. */
export const LISTS = { ids: 0, starts: 1, ends: 2, words: 3 } as const;

/** A copy of the tokens from one to another (exclusive). */
export function partOf(run: Run, from: number, to: number): Run {
  const length = to - from;
  const values = new Int32Array(length * 4);
  for (let list = 0; list < 4; list++) {
    values.set(run.values.subarray(list * run.length + from, list * run.length + to), list * length);
  }
  const surfaces = new Map<number, string>();
  if (run.surfaces.size < length) {
    for (const [at, text] of run.surfaces) if (at >= from && at < to) surfaces.set(at - from, text);
  } else {
    for (let at = from; at < to; at++) if (run.surfaces.has(at)) surfaces.set(at - from, run.surfaces.get(at)!);
  }
  return { length, values, surfaces };
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
