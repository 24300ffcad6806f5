/**
 * What follows a weight; it decides by how much the weight is scaled.
 * @category Initialisation
 */
export type Nonlinearity = 'linear' | 'sigmoid' | 'tanh' | 'relu' | 'leakyRelu' | 'selu';

/**
 * The factor that keeps the variance of activations through a non-linearity: linear and sigmoid 1, tanh 5/3, relu √2,
 * leakyRelu `√(2 / (1 + slope²))`, selu 3/4.
 * @param negativeSlope - Of leakyRelu. Default 0.01.
 * @example
 * init.gain('tanh'); // => 1.6666666666666667
 * @category Initialisation
 */
export function gain(nonlinearity: Nonlinearity, negativeSlope = 0.01): number {
  switch (nonlinearity) {
    case 'relu':
      return Math.SQRT2;
    case 'leakyRelu':
      return Math.sqrt(2 / (1 + negativeSlope ** 2));
    case 'tanh':
      return 5 / 3;
    case 'selu':
      return 3 / 4;
    default:
      return 1;
  }
}
