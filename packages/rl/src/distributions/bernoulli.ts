import { add, cast, greater, less, mul, sigmoid, softplus, sub, sum } from '@gai/core';
import type { Tensor } from '@gai/core';
import { bernoulli, uniform } from '@gai/core/random';
import type { Distribution } from './distribution.ts';

/**
 * Independent bits, for a `MultiBinary` action space: `p(1) = sigmoid(logits)`.
 *
 * @param logits - `[…, bits]`, in nats.
 * @example
 * const bits = new Bernoulli(tensor([[3, -3]]));
 * await toArray(bits.mode()); // => [[1, 0]]
 * bits.entropy().shape; // => [1]
 * @category Distributions
 * @since 0.1.0
 */
export class Bernoulli implements Distribution {
  readonly logits: Tensor;

  constructor(logits: Tensor) {
    this.logits = logits;
  }

  /** `[…, bits]`, int32, 0 or 1. */
  sample(key: Tensor): Tensor {
    return cast(bernoulli(key, sigmoid(this.logits), this.logits.shape), 'int32');
  }

  /** Uniform numbers, `[count, …, bits]`. */
  noise(key: Tensor, count: number): Tensor {
    return uniform(key, [count, ...this.logits.shape]);
  }

  /** The sample that uniform numbers of the shape of the logits stand for. */
  sampleFrom(noise: Tensor): Tensor {
    return cast(less(noise, sigmoid(this.logits)), 'int32');
  }

  /** @param action - `[…, bits]`, 0 or 1. */
  logProb(action: Tensor): Tensor {
    return sum(sub(mul(cast(action, this.logits.dtype), this.logits), softplus(this.logits)), { axis: -1 });
  }

  entropy(): Tensor {
    return sum(sub(softplus(this.logits), mul(sigmoid(this.logits), this.logits)), { axis: -1 });
  }

  /** `[…, bits]`, int32: 1 where it is likelier than 0. */
  mode(): Tensor {
    return cast(greater(this.logits, 0), 'int32');
  }

  /** `[…]`: KL(this ‖ other), in nats. */
  kl(other: Bernoulli): Tensor {
    const ones = mul(sigmoid(this.logits), sub(this.logits, other.logits));
    return sum(add(ones, sub(softplus(other.logits), softplus(this.logits))), { axis: -1 });
  }
}
