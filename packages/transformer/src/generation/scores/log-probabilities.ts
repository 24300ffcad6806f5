import type { ScoredToken } from '../generate-options.ts';
import { largestOf } from './candidates.ts';
import { largestFirst } from './largest-first.ts';

/** The log-probability of a token, and of the `count` best. */
export function logProbabilities(scores: Float32Array, token: number, count: number): ScoredToken {
  const largest = largestOf(scores);
  let total = 0;
  for (const score of scores) total += Math.exp(score - largest);
  const normaliser = largest + Math.log(total);
  const top: { token: number; logProb: number }[] = [];
  if (count > 0) {
    for (const best of largestFirst(scores)) {
      top.push({ token: best, logProb: scores[best]! - normaliser });
      if (top.length === count) break;
    }
  }
  return { token, logProb: scores[token]! - normaliser, top };
}
