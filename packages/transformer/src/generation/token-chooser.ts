import { ArgumentError } from '@gai/core';
import type { NextTokens } from './decoder.ts';
import type { GenerateOptions, ScoredToken } from './generate-options.ts';
import type { Row } from './row.ts';
import { candidatesOf, noScore } from './scores/candidates.ts';
import type { CandidateFilter } from './scores/candidates.ts';
import { draw, uniformAt } from './scores/draw.ts';
import { logProbabilities } from './scores/log-probabilities.ts';
import { filtersOf, processorsOf } from './scores/pipeline.ts';
import type { ScoreProcessor } from './scores/processor.ts';
import { seedsOf } from './scores/seeds-of.ts';

/** Chooses the next token of a row by the settings. */
export class TokenChooser {
  readonly #processors: readonly ScoreProcessor[];
  /** Undefined: the best token is taken. */
  readonly #filters: readonly CandidateFilter[] | undefined;
  readonly #logProbs: number | undefined;
  /** The seed of each row; undefined where nothing is drawn. */
  readonly seeds: readonly number[] | undefined;

  constructor(options: GenerateOptions, rows: number) {
    this.#processors = processorsOf(options);
    this.#filters = options.doSample === true ? filtersOf(options) : undefined;
    this.#logProbs = options.logProbs;
    this.seeds = this.#filters && seedsOf(options.seed, rows);
  }

  /** Whether the scores are looked at, or the best token is enough. */
  get wantsScores(): boolean {
    return this.#processors.length > 0 || this.#filters !== undefined || this.#logProbs !== undefined;
  }

  choose(row: Row, next: NextTokens): { readonly token: number; readonly scored: ScoredToken | undefined } {
    const raw = next.scores?.[row.index];
    if (raw === undefined) return { token: next.best[row.index]!, scored: undefined };
    const token = this.#choose(row, raw);
    return { token, scored: this.#logProbs === undefined ? undefined : logProbabilities(raw, token, this.#logProbs) };
  }

  #choose(row: Row, raw: Float32Array): number {
    const scores = this.#processors.length === 0 ? raw : raw.slice();
    for (const process of this.#processors) process(scores, row);
    if (this.#filters === undefined) return bestOf(scores);
    let candidates = candidatesOf(scores);
    if (candidates.tokens.length === 0) throw nothingAllowed();
    for (const filter of this.#filters) candidates = filter(candidates);
    return draw(candidates, uniformAt(this.seeds![row.index]!, row.written.length));
  }
}

/** The first of the largest. */
function bestOf(scores: Float32Array): number {
  let best = -1;
  for (let token = 0; token < scores.length; token += 1) {
    const score = scores[token]!;
    if (!(score < Infinity)) throw noScore(score, token);
    if (score > (best < 0 ? -Infinity : scores[best]!)) best = token;
  }
  if (best < 0) throw nothingAllowed();
  return best;
}

const nothingAllowed = (): ArgumentError =>
  new ArgumentError(
    `generate: no token is left. Got settings that forbid every one; expected at least one that may be written. Loosen ` +
      `noRepeatNgramSize, badWordsIds, suppressTokens or minNewTokens.`,
    { op: 'generate' },
  );
