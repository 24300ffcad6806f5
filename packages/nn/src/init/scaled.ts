import { normal, uniform } from './distributions.ts';
import { computeFans } from './fans.ts';
import { gain } from './gain.ts';
import type { Nonlinearity } from './gain.ts';
import type { Initializer } from './initializer.ts';

/** Options of {@link kaimingUniform} and {@link kaimingNormal}. */
export interface KaimingOptions {
  /** Keep the variance of activations going forward (`fanIn`) or of gradients going back (`fanOut`). Default `fanIn`. */
  readonly mode?: 'fanIn' | 'fanOut' | undefined;
  /** What follows the weight. Default `leakyRelu`. */
  readonly nonlinearity?: Nonlinearity | undefined;
  /** Slope of leakyRelu below 0. Default 0, which makes it relu. */
  readonly negativeSlope?: number | undefined;
}

/** Options of {@link xavierUniform} and {@link xavierNormal}. */
export interface XavierOptions {
  /** A factor, as from {@link gain}. Default 1. */
  readonly gain?: number | undefined;
}

/** `gain / √fan`. */
function kaimingStd(shape: readonly number[], options: KaimingOptions): number {
  const fan = computeFans(shape)[options.mode ?? 'fanIn'];
  return gain(options.nonlinearity ?? 'leakyRelu', options.negativeSlope ?? 0) / Math.sqrt(Math.max(fan, 1));
}

/** `gain · √(2 / (fanIn + fanOut))`. */
function xavierStd(shape: readonly number[], options: XavierOptions): number {
  const { fanIn, fanOut } = computeFans(shape);
  return (options.gain ?? 1) * Math.sqrt(2 / Math.max(fanIn + fanOut, 1));
}

const symmetric = (bound: number): Initializer => uniform({ low: -bound, high: bound });

/**
 * He initialisation, uniform over ±`√3 · gain / √fan`, for weights `[out, in, ...kernel]` before relu and its kin.
 * @param options.mode - `fanIn` or `fanOut`. Default `fanIn`.
 * @param options.nonlinearity - What follows. Default `leakyRelu`.
 * @param options.negativeSlope - Of leakyRelu. Default 0.
 * @throws {@link ShapeError} for a shape with fewer than two axes.
 * @example
 * init.kaimingUniform({ nonlinearity: 'relu' })([10, 20]).shape; // => [10, 20]
 * @see He et al. 2015, https://arxiv.org/abs/1502.01852
 * @category Initialisation
 */
export function kaimingUniform(options: KaimingOptions = {}): Initializer {
  return (shape, dtype) => symmetric(Math.sqrt(3) * kaimingStd(shape, options))(shape, dtype);
}

/**
 * He initialisation, normal with standard deviation `gain / √fan`.
 * @param options.mode - `fanIn` or `fanOut`. Default `fanIn`.
 * @param options.nonlinearity - What follows. Default `leakyRelu`.
 * @param options.negativeSlope - Of leakyRelu. Default 0.
 * @throws {@link ShapeError} for a shape with fewer than two axes.
 * @example
 * init.kaimingNormal({ mode: 'fanOut' })([8, 3, 5, 5]).shape; // => [8, 3, 5, 5]
 * @see He et al. 2015, https://arxiv.org/abs/1502.01852
 * @category Initialisation
 */
export function kaimingNormal(options: KaimingOptions = {}): Initializer {
  return (shape, dtype) => normal({ std: kaimingStd(shape, options) })(shape, dtype);
}

/**
 * Glorot initialisation, uniform over ±`gain · √(6 / (fanIn + fanOut))`, for weights before tanh or sigmoid.
 * @param options.gain - Default 1.
 * @throws {@link ShapeError} for a shape with fewer than two axes.
 * @example
 * init.xavierUniform({ gain: init.gain('tanh') })([10, 20]).shape; // => [10, 20]
 * @see Glorot and Bengio 2010, https://proceedings.mlr.press/v9/glorot10a.html
 * @category Initialisation
 */
export function xavierUniform(options: XavierOptions = {}): Initializer {
  return (shape, dtype) => symmetric(Math.sqrt(3) * xavierStd(shape, options))(shape, dtype);
}

/**
 * Glorot initialisation, normal with standard deviation `gain · √(2 / (fanIn + fanOut))`.
 * @param options.gain - Default 1.
 * @throws {@link ShapeError} for a shape with fewer than two axes.
 * @example
 * init.xavierNormal()([10, 20]).shape; // => [10, 20]
 * @see Glorot and Bengio 2010, https://proceedings.mlr.press/v9/glorot10a.html
 * @category Initialisation
 */
export function xavierNormal(options: XavierOptions = {}): Initializer {
  return (shape, dtype) => normal({ std: xavierStd(shape, options) })(shape, dtype);
}
