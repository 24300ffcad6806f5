import { checkPairs } from './bins.ts';

/**
 * Brier score: the mean of `(probability − outcome)²`, 0 to 1. Unlike the calibration error it also falls when answers
 * become surer, so it can be trained for and compared.
 * @param probabilities - What the model said of each event, 0 to 1.
 * @param outcomes - Whether it happened.
 * @throws {@link ArgumentError} for lists of unequal length and values outside 0 to 1.
 * @example
 * import { brierScore } from '@gai/metrics';
 * brierScore([0.75, 0.5], [true, false]); // => 0.15625
 * @see Brier 1950, https://doi.org/10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2
 * @category Calibration
 */
export function brierScore(probabilities: readonly number[], outcomes: readonly boolean[]): number {
  checkPairs('brierScore', probabilities, outcomes);
  const sum = probabilities.reduce((total, value, row) => total + (value - (outcomes[row]! ? 1 : 0)) ** 2, 0);
  return sum / probabilities.length;
}
