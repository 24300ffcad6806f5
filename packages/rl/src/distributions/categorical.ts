import {
  ShapeError,
  add,
  argmax,
  cast,
  equal,
  exp,
  formatShape,
  logSoftmax,
  mul,
  neg,
  squeeze,
  sub,
  sum,
  takeAlongAxis,
  unsqueeze,
  where,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames, shapesEqual } from '@gai/core/ops';
import { categorical, gumbel } from '@gai/core/random';
import type { Distribution } from './distribution.ts';

/** What a forbidden action's logit is put to: as good as −∞, and its gradient is 0 and not NaN. */
const FORBIDDEN = -1e8;

/**
 * One of n choices, for a `Discrete` action space: `p = softmax(logits)`.
 *
 * @param logits - `[…, n]`, in nats; need not be normalised.
 * @param options.mask - The shape of `logits`: 1 (or true) for the actions that are allowed, at least one per row. Forbidden
 * ones are never drawn and take no part in the entropy. Default all.
 * @throws {@link ShapeError} if the mask has another shape.
 * @example
 * const coin = new Categorical(tensor([[0, 0]]));
 * (await item(coin.entropy())).toFixed(4); // => '0.6931'
 * const choice = new Categorical(tensor([[1, 5, 2]]), { mask: tensor([[1, 0, 1]]) });
 * await item(choice.mode()); // => 2
 * @category Distributions
 * @since 0.1.0
 */
export class Categorical implements Distribution {
  /** `[…, n]`: normalised, `log p`. */
  readonly logits: Tensor;

  constructor(logits: Tensor, options: { readonly mask?: Tensor | undefined } = {}) {
    checkOptionNames('Categorical', options, ['mask']);
    const { mask } = options;
    if (mask !== undefined && !shapesEqual(mask.shape, logits.shape)) {
      throw new ShapeError(
        `Categorical: the mask does not fit. Got ${formatShape(mask.shape)} for logits ${formatShape(logits.shape)}; expected ` +
          'one entry per logit. Reshape it.',
        { op: 'Categorical', details: { mask: mask.shape, logits: logits.shape } },
      );
    }
    this.logits = logSoftmax(mask === undefined ? logits : where(cast(mask, 'bool'), logits, FORBIDDEN));
  }

  /** `[…]`, int32. */
  sample(key: Tensor): Tensor {
    return categorical(key, this.logits);
  }

  /** Gumbel noise, `[count, …, n]`. */
  noise(key: Tensor, count: number): Tensor {
    return gumbel(key, [count, ...this.logits.shape]);
  }

  /** The sample that Gumbel noise of the shape of the logits stands for. */
  sampleFrom(noise: Tensor): Tensor {
    return argmax(add(this.logits, noise), { axis: -1 });
  }

  /** @param action - `[…]`, int32. */
  logProb(action: Tensor): Tensor {
    const index = unsqueeze(cast(action, 'int32'), -1);
    return squeeze(takeAlongAxis(this.logits, index), -1);
  }

  entropy(): Tensor {
    return neg(sum(mul(exp(this.logits), this.logits), { axis: -1 }));
  }

  /** `[…]`, int32: the likeliest, the first among equals. */
  mode(): Tensor {
    return argmax(this.logits, { axis: -1 });
  }

  /** `[…]`: KL(this ‖ other), in nats. An action that is impossible here adds nothing. */
  kl(other: Categorical): Tensor {
    const p = exp(this.logits);
    return sum(where(equal(p, 0), 0, mul(p, sub(this.logits, other.logits))), { axis: -1 });
  }
}
