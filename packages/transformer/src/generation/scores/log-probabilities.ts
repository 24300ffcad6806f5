import type { ScoredToken, TokenScore } from '../generate-options.ts';
import { largestOf } from './candidates.ts';
import { topPlaces } from './top-places.ts';

/** The log-probability of a token, and of the `count` best. */
export function logProbabilities(scores: Float32Array, token: number, count: number): ScoredToken {
  const normaliser = normaliserOf(scores);
  const scored = (best: number): TokenScore => ({ token: best, logProb: scores[best]! - normaliser });
  const top = count === 0 ? [] : topPlaces(scores, count);
  return { ...scored(token), top: top.map(scored) };
}

/** The log-probability of every token. */
export function logSoftmax(scores: Float32Array): Float32Array {
  const normaliser = normaliserOf(scores);
  return scores.map((score) => score - normaliser);
}

/** `log Σ exp(score)`. */
function normaliserOf(scores: Float32Array): number {
  const largest = largestOf(scores);
  let total = 0;
  for (const score of scores) total += Math.exp(score - largest);
  return largest + Math.log(total);
}
