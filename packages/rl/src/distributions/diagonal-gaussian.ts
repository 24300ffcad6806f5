import { ShapeError, add, div, exp, expand, formatShape, mul, square, sub, sum } from '@gai/core';
import type { Tensor } from '@gai/core';
import { shapesEqual } from '@gai/core/ops';
import { normal } from '@gai/core/random';
import type { Distribution } from './distribution.ts';

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/**
 * Independent normal numbers, for a `Box` action space: PPO's and A2C's continuous policy.
 *
 * Samples are not bounded: clip them to the space when acting, as Stable-Baselines3 does, or use {@link SquashedGaussian}.
 *
 * @param mean - `[…, actions]`.
 * @param logStd - Natural logarithm of the standard deviation: `[actions]`, shared by all rows, or the shape of `mean`.
 * @throws {@link ShapeError} if `logStd` has neither shape.
 * @example
 * const normals = new DiagonalGaussian(tensor([[0, 1]]), tensor([0, 0]));
 * await toArray(normals.mode()); // => [[0, 1]]
 * (await item(normals.entropy())).toFixed(4); // => '2.8379'
 * @category Distributions
 * @since 0.1.0
 */
export class DiagonalGaussian implements Distribution {
  readonly mean: Tensor;
  /** The shape of `mean`. */
  readonly logStd: Tensor;

  constructor(mean: Tensor, logStd: Tensor) {
    if (!shapesEqual(logStd.shape, mean.shape) && !shapesEqual(logStd.shape, mean.shape.slice(-1))) {
      throw new ShapeError(
        `DiagonalGaussian: logStd does not fit. Got ${formatShape(logStd.shape)} for mean ${formatShape(mean.shape)}; expected ` +
          `that shape or ${formatShape(mean.shape.slice(-1))}. Reshape it.`,
        { op: 'DiagonalGaussian', details: { mean: mean.shape, logStd: logStd.shape } },
      );
    }
    this.mean = mean;
    this.logStd = expand(logStd, mean.shape);
  }

  /** `[…, actions]`, by reparameterisation: gradients flow to `mean` and `logStd`. */
  sample(key: Tensor): Tensor {
    return this.sampleFrom(normal(key, this.mean.shape, { dtype: this.mean.dtype }));
  }

  /** Standard normal numbers, `[count, …, actions]`. */
  noise(key: Tensor, count: number): Tensor {
    return normal(key, [count, ...this.mean.shape], { dtype: this.mean.dtype });
  }

  /** The sample that standard normal numbers of the shape of `mean` stand for: `mean + noise · deviation`. */
  sampleFrom(noise: Tensor): Tensor {
    return add(this.mean, mul(exp(this.logStd), noise));
  }

  /** @param action - `[…, actions]`. */
  logProb(action: Tensor): Tensor {
    const z = div(sub(action, this.mean), exp(this.logStd));
    return sum(sub(sub(mul(-0.5, square(z)), this.logStd), HALF_LOG_TWO_PI), { axis: -1 });
  }

  entropy(): Tensor {
    return sum(add(this.logStd, 0.5 + HALF_LOG_TWO_PI), { axis: -1 });
  }

  mode(): Tensor {
    return this.mean;
  }

  /** `[…]`: KL(this ‖ other), in nats. */
  kl(other: DiagonalGaussian): Tensor {
    const ratio = exp(mul(2, sub(this.logStd, other.logStd)));
    const shift = square(div(sub(this.mean, other.mean), exp(other.logStd)));
    const inner = mul(0.5, sub(add(ratio, shift), 1));
    return sum(add(sub(other.logStd, this.logStd), inner), { axis: -1 });
  }
}
