import type { RandomSource } from './images.ts';

/** A number of the beta distribution with both parameters `alpha` > 0: between 0 and 1, 0.5 in the mean. */
export function symmetricBeta(random: RandomSource, alpha: number): number {
  const [a, b] = [logGamma(random, alpha), logGamma(random, alpha)];
  return 1 / (1 + Math.exp(b - a));
}

/**
 * The logarithm of a number of the gamma distribution, by Marsaglia and Tsang 2000. For shapes below 1 that of
 * `Gamma(shape + 1) · u^(1 / shape)`, as a logarithm because the number itself may be below the smallest float.
 */
function logGamma(random: RandomSource, shape: number): number {
  const boost = shape < 1 ? Math.log(1 - random.float()) / shape : 0;
  const d = (shape < 1 ? shape + 1 : shape) - 1 / 3;
  for (;;) {
    const x = normal(random);
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - random.float()) < 0.5 * x * x + d - d * v + d * Math.log(v)) {
      return Math.log(d * v) + boost;
    }
  }
}

function normal(random: RandomSource): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.float()));
  return radius * Math.cos(2 * Math.PI * random.float());
}
