import type { GenerationEnd, ScoredToken } from '../generate-options.ts';
import type { RowState } from '../scores/processor.ts';

/** How a search goes on with a beam. */
export interface Continuation {
  readonly beam: Beam;
  readonly token: number;
  /** Of the beam and the token. */
  readonly score: number;
}

/** One of the continuations that a search keeps. */
export class Beam implements RowState {
  readonly ids: readonly number[];
  readonly promptLength: number;
  readonly maxLength: number;
  readonly source: readonly number[] | undefined;
  /** Sum of the log-probabilities of its tokens, as settings changed them. */
  readonly score: number;
  /** How likely the model held each token, where that is asked for. */
  readonly scored: readonly ScoredToken[];
  /** The row in which the model says what follows on it. */
  row: number;

  // oxlint-disable-next-line max-params -- what a beam is.
  constructor(of: RowState, ids: readonly number[], row: number, score = 0, scored: readonly ScoredToken[] = []) {
    this.ids = ids;
    this.promptLength = of.promptLength;
    this.maxLength = of.maxLength;
    this.source = of.source;
    this.row = row;
    this.score = score;
    this.scored = scored;
  }

  /** The new tokens. */
  get written(): readonly number[] {
    return this.ids.slice(this.promptLength);
  }

  /** This one with a token more, whose scores were in the same row. */
  with({ token, score }: Continuation, scored: ScoredToken | undefined): Beam {
    const all = scored === undefined ? this.scored : [...this.scored, scored];
    return new Beam(this, [...this.ids, token], this.row, score, all);
  }
}

/** A beam that has ended. */
export interface FinishedBeam {
  readonly beam: Beam;
  readonly end: GenerationEnd;
  /** What it is ranked by: its score by its length. */
  readonly rank: number;
}
