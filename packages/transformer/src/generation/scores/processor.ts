/** A row as what changes its scores sees it. */
export interface RowState {
  /** The prompt (of a decoder behind an encoder: its start) and the new tokens. */
  readonly ids: readonly number[];
  /** How many of them are the prompt's. */
  readonly promptLength: number;
  /** Most tokens that the row may have. */
  readonly maxLength: number;
  /** The encoder's text; undefined where there is no encoder. */
  readonly source?: readonly number[] | undefined;
}

/** Changes the scores of a row's next token in place. −∞ forbids a token. */
export type ScoreProcessor = (scores: Float32Array, row: RowState) => void;
