import {
  ShapeError,
  add,
  exp,
  expand,
  formatShape,
  log,
  log1p,
  matmul,
  mul,
  reshape,
  square,
  squeeze,
  stopGradient,
  where,
  greater,
  maximum,
  minimum,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames, shapesEqual } from '@gai/core/ops';
import { normal } from '@gai/core/random';
import { DiagonalGaussian } from './diagonal-gaussian.ts';
import type { Distribution } from './distribution.ts';

/** Keeps deviations above 0, as Stable-Baselines3 does. */
const EPSILON = 1e-6;

/** Settings of {@link StateDependentGaussian}. */
export interface StateDependentGaussianOptions {
  /** Deviations grow as a logarithm above 1 instead of exponentially, so that they do not run away. Default false. */
  readonly useExpln?: boolean | undefined;
  /** Gradients of the noise reach the features. Default false, as for PPO and A2C; SAC's do. */
  readonly learnFeatures?: boolean | undefined;
}

/**
 * Generalised state-dependent exploration (gSDE): `a = mean + features · E` with a matrix E of independent normal numbers, drawn once and
 * kept for many steps.
 *
 * Noise is then a function of what is seen, equal for equal observations: a robot moves smoothly instead of shaking. Over all E an action
 * is normal with variance `features² · deviations²`, which is what `logProb` and `entropy` say.
 *
 * @param mean - `[batch, actions]`.
 * @param logStd - Logarithms of the deviations of E, `[features, actions]` or `[features, 1]`.
 * @param features - `[batch, features]`: the last hidden layer.
 * @throws {@link ShapeError} if they do not fit together.
 * @example
 * const explored = new StateDependentGaussian(tensor([[0.5]]), tensor([[0], [0]]), tensor([[3, 4]]));
 * (await item(explored.entropy())).toFixed(3); // => '3.028'
 * await toArray(explored.mode()); // => [[0.5]]
 * @see Raffin et al. 2020, https://arxiv.org/abs/2005.05719
 * @category Distributions
 * @since 0.1.0
 */
export class StateDependentGaussian implements Distribution {
  readonly mean: Tensor;
  /** Over all E. */
  readonly marginal: DiagonalGaussian;
  readonly #features: Tensor;
  /** Of E, `[features, actions]`. */
  readonly #deviations: Tensor;

  constructor(mean: Tensor, logStd: Tensor, features: Tensor, options: StateDependentGaussianOptions = {}) {
    checkOptionNames('StateDependentGaussian', options, ['useExpln', 'learnFeatures']);
    const { useExpln = false, learnFeatures = false } = options;
    const sizes = [features.shape[1]!, mean.shape[1]!];
    if (!shapesEqual(logStd.shape, sizes) && !shapesEqual(logStd.shape, [sizes[0]!, 1])) {
      throw new ShapeError(
        `StateDependentGaussian: logStd does not fit. Got ${formatShape(logStd.shape)} for mean ${formatShape(mean.shape)} and ` +
          `features ${formatShape(features.shape)}; expected ${formatShape(sizes)}. Reshape it.`,
        { op: 'StateDependentGaussian', details: { mean: mean.shape, logStd: logStd.shape, features: features.shape } },
      );
    }
    this.mean = mean;
    this.#features = learnFeatures ? features : stopGradient(features);
    this.#deviations = expand(useExpln ? expln(logStd) : exp(logStd), sizes);
    const variance = matmul(square(this.#features), square(this.#deviations));
    this.marginal = new DiagonalGaussian(mean, mul(0.5, log(add(variance, EPSILON))));
  }

  /** `[batch, actions]`, with a matrix for each row: equal keys, equal matrices. */
  sample(key: Tensor): Tensor {
    const [batch, features] = this.#features.shape;
    return this.fromNoise(normal(key, [batch!, features!, this.mean.shape[1]!], { dtype: this.mean.dtype }));
  }

  /**
   * The actions that matrices of standard normal numbers stand for: one for all rows, `[features, actions]`, or one each,
   * `[batch, features, actions]`.
   */
  fromNoise(noise: Tensor): Tensor {
    const explored = mul(this.#deviations, noise);
    if (noise.shape.length === 2) return add(this.mean, matmul(this.#features, explored));
    const [batch, features] = this.#features.shape;
    return add(this.mean, squeeze(matmul(reshape(this.#features, [batch!, 1, features!]), explored), 1));
  }

  /** @param action - `[batch, actions]`. */
  logProb(action: Tensor): Tensor {
    return this.marginal.logProb(action);
  }

  entropy(): Tensor {
    return this.marginal.entropy();
  }

  mode(): Tensor {
    return this.mean;
  }
}

/** `exp(x)` below 0 and `log(1 + x) + 1` above: the paper's, whose slope never grows. */
function expln(x: Tensor): Tensor {
  return where(greater(x, 0), add(log1p(add(maximum(x, 0), EPSILON)), 1), exp(minimum(x, 0)));
}
