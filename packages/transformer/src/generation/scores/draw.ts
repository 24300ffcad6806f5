import { hostBits, hostKey } from '@gai/core/random';
import { probabilitiesOf } from './candidates.ts';
import type { Candidates } from './candidates.ts';

/** A number in [0, 1) that depends on a seed, a row and a step alone, of 53 random bits. */
export function uniformAt(seed: number, row: number, step: number): number {
  const [upper, lower] = hostBits(hostKey(`generate ${seed} ${row} ${step}`), 2);
  return ((upper! >>> 5) * 2 ** 26 + (lower! >>> 6)) / 2 ** 53;
}

/** Draws a token by its probability: the first at which the sum of them exceeds `uniform`. */
export function draw({ tokens, scores }: Candidates, uniform: number): number {
  const probabilities = probabilitiesOf(scores);
  let sum = 0;
  for (let place = 0; place < tokens.length; place += 1) {
    sum += probabilities[place]!;
    if (uniform < sum) return tokens[place]!;
  }
  return tokens.at(-1)!; // The sum is a little below 1 by rounding.
}
