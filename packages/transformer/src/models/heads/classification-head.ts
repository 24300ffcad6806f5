import { tanh } from '@gai/core';
import type { Tensor } from '@gai/core';
import { Dropout, Module } from '@gai/nn';
import type { Linear } from '@gai/nn';
import { linear } from '../../layers/initial.ts';

/** What a {@link ClassificationHead} is made of. */
interface ClassificationHeadOptions {
  readonly features: number;
  readonly classes: number;
  /** Probability of a feature to be dropped, before each map. */
  readonly dropout: number;
  /** Standard deviation of the first weights. */
  readonly std: number;
  /** Between the maps. Default: tanh. */
  readonly act?: ((x: Tensor) => Tensor) | undefined;
}

/** `act(x W₁ᵀ + b₁) W₂ᵀ + b₂`: `[batch, features]` → `[batch, classes]`. */
export class ClassificationHead extends Module {
  readonly dense: Linear;
  readonly dropout: Dropout;
  readonly out_proj: Linear;
  readonly #act: (x: Tensor) => Tensor;

  constructor({ features, classes, dropout, std, act = (x) => tanh(x) }: ClassificationHeadOptions) {
    super();
    this.dense = linear(features, features, { std });
    this.dropout = new Dropout({ p: dropout });
    this.out_proj = linear(features, classes, { std });
    this.#act = act;
  }

  forward(x: Tensor): Tensor {
    const hidden = this.#act(this.dense.forward(this.dropout.forward(x)));
    return this.out_proj.forward(this.dropout.forward(hidden));
  }
}
