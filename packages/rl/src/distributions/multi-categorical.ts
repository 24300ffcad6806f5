import { ShapeError, add, concat, formatShape, split, squeeze, stack } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { split as splitKey } from '@gai/core/random';
import { Categorical } from './categorical.ts';
import type { Distribution } from './distribution.ts';

/**
 * Several independent choices at once, for a `MultiDiscrete` action space.
 *
 * @param logits - `[…, Σ nvec]`: the logits of the first choice, then those of the second, …
 * @param nvec - How many options each choice has, such as `space.nvec`.
 * @param options.mask - The shape of `logits`, as for {@link Categorical}. Default all allowed.
 * @throws {@link ShapeError} if the logits are not as many as the options.
 * @example
 * const both = new MultiCategorical(tensor([[0, 0, 0, 0, 9]]), [2, 3]);
 * await toArray(both.mode()); // => [[0, 2]]
 * both.logProb(both.mode()).shape; // => [1]
 * @category Distributions
 * @since 0.1.0
 */
export class MultiCategorical implements Distribution {
  /** The choices. */
  readonly parts: readonly Categorical[];

  constructor(logits: Tensor, nvec: readonly number[], options: { readonly mask?: Tensor | undefined } = {}) {
    checkOptionNames('MultiCategorical', options, ['mask']);
    const { mask } = options;
    const total = nvec.reduce((sum, n) => sum + n, 0);
    if (logits.shape.at(-1) !== total || nvec.length === 0) {
      throw new ShapeError(
        `MultiCategorical: the logits do not fit. Got ${formatShape(logits.shape)} for nvec [${nvec.join()}]; expected ${total} ` +
          'on the last axis. Give the layer before as many outputs.',
        { op: 'MultiCategorical', details: { logits: logits.shape, nvec } },
      );
    }
    const pieces = cut(logits, nvec);
    const masks = mask === undefined ? [] : cut(mask, nvec);
    this.parts = pieces.map((piece, index) => new Categorical(piece, { mask: masks[index] }));
  }

  /** `[…, choices]`, int32. */
  sample(key: Tensor): Tensor {
    const keys = splitKey(key, this.parts.length);
    return stack(
      this.parts.map((part, index) => part.sample(keys[index]!)),
      { axis: -1 },
    );
  }

  /** Gumbel noise of all choices, `[count, …, Σ nvec]`. */
  noise(key: Tensor, count: number): Tensor {
    const keys = splitKey(key, this.parts.length);
    return concat(
      this.parts.map((part, index) => part.noise(keys[index]!, count)),
      { axis: -1 },
    );
  }

  /** The sample that Gumbel noise of all choices stands for. */
  sampleFrom(noise: Tensor): Tensor {
    const own = cut(
      noise,
      this.parts.map(({ logits }) => Number(logits.shape.at(-1))),
    );
    return stack(
      this.parts.map((part, index) => part.sampleFrom(own[index]!)),
      { axis: -1 },
    );
  }

  /** @param action - `[…, choices]`, int32. */
  logProb(action: Tensor): Tensor {
    const taken = split(action, this.parts.length, { axis: -1 });
    return this.#sum((part, index) => part.logProb(squeeze(taken[index]!, -1)));
  }

  entropy(): Tensor {
    return this.#sum((part) => part.entropy());
  }

  /** `[…, choices]`, int32. */
  mode(): Tensor {
    return stack(
      this.parts.map((part) => part.mode()),
      { axis: -1 },
    );
  }

  /** `[…]`: KL(this ‖ other), in nats. */
  kl(other: MultiCategorical): Tensor {
    return this.#sum((part, index) => part.kl(other.parts[index]!));
  }

  #sum(value: (part: Categorical, index: number) => Tensor): Tensor {
    return this.parts.map(value).reduce((total, one) => add(total, one));
  }
}

/** The logits of each choice. */
function cut(x: Tensor, nvec: readonly number[]): Tensor[] {
  return split(x, nvec, { axis: -1 });
}
