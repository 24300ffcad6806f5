import type { ScoreProcessor } from './processor.ts';

/** Divides positive and multiplies negative scores of tokens, once each. */
function penalise(scores: Float32Array, tokens: Iterable<number>, penalty: number): void {
  for (const token of new Set(tokens)) {
    const score = scores[token];
    if (score !== undefined) scores[token] = score < 0 ? score * penalty : score / penalty;
  }
}

/** @see Keskar et al. 2019, CTRL, https://arxiv.org/abs/1909.05858 */
export const repetitionPenalty = (penalty: number): ScoreProcessor => {
  const factor = Math.fround(penalty);
  return (scores, { ids }) => penalise(scores, ids, factor);
};

/** The other way round for what the encoder has read. */
export const encoderRepetitionPenalty = (penalty: number): ScoreProcessor => {
  const factor = Math.fround(1 / penalty);
  return (scores, { source = [] }) => penalise(scores, source, factor);
};

/** `score − frequency · times written − presence` for tokens that were written. */
export const countPenalties = (frequency: number, presence: number): ScoreProcessor => {
  return (scores, { ids, promptLength }) => {
    const counts = new Map<number, number>();
    for (const token of ids.slice(promptLength)) counts.set(token, (counts.get(token) ?? 0) + 1);
    for (const [token, count] of counts) scores[token] = scores[token]! - frequency * count - presence;
  };
};
