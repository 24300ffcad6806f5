import { hostBits, hostKey } from '@gai/core/random';
import { probabilitiesOf } from './candidates.ts';
import type { Candidates } from './candidates.ts';

/** A number in [0, 1) that depends on a seed and a step alone, of 53 random bits. */
export const uniformAt = (seed: number, step: number): number => bitsOf(`generate ${seed} 0 ${step}`) / 2 ** 53;

/** Several numbers of the same kind. */
export function uniformsAt(seed: number, step: number, count: number): Float64Array {
  const bits = hostBits(hostKey(`generate ${seed} 1 ${step}`), 2 * count);
  return Float64Array.from({ length: count }, (_, at) => numberOf(bits[2 * at]!, bits[2 * at + 1]!) / 2 ** 53);
}

/** The seed of a row where one number stands for all of them; of the first row the number itself. */
export const seedOfRow = (seed: number, row: number): number =>
  row === 0 ? seed : bitsOf(`generate ${seed} row ${row}`);

/** A whole number of 53 random bits. */
function bitsOf(name: string): number {
  const [upper, lower] = hostBits(hostKey(name), 2);
  return numberOf(upper!, lower!);
}

const numberOf = (upper: number, lower: number): number => (upper >>> 5) * 2 ** 26 + (lower >>> 6);

/** Draws a token by its probability: the first at which the sum of them exceeds `uniform`. */
export function draw({ tokens, scores }: Candidates, uniform: number): number {
  const probabilities = probabilitiesOf(scores);
  let sum = 0;
  for (let place = 0; place < tokens.length; place += 1) {
    sum += probabilities[place]!;
    if (uniform < sum) return tokens[place]!;
  }
  return tokens[probabilities.findLastIndex((probability) => probability > 0)]!; // The sum is a little below 1 by rounding.
}
