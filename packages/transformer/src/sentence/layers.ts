import { add } from '@gai/core';
import type { Tensor } from '@gai/core';
import { LayerNorm, Module } from '@gai/nn';
import type { Linear } from '@gai/nn';
import { activation } from '../feed-forward/activation.ts';
import type { ActivationName } from '../feed-forward/activation.ts';
import { linear } from '../layers/initial.ts';
import { normalized } from './pooling.ts';

/** What a vector goes through after the pooling, in the order of a folder's `modules.json`. */
export interface SentenceLayer extends Module {
  forward(x: Tensor): Tensor;
}

/** Vectors of length 1. */
export class SentenceNormalize extends Module implements SentenceLayer {
  forward(x: Tensor): Tensor {
    return normalized(x);
  }
}

/** What a {@link SentenceDense} is made of. */
export interface SentenceDenseOptions {
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly bias: boolean;
  readonly activation: ActivationName;
  /** Whether the input is added to the result, through a map of its own where the sizes differ. */
  readonly residual: boolean;
}

/** `act(x Wᵀ + b)`, and perhaps the input besides: other, often fewer, features. */
export class SentenceDense extends Module implements SentenceLayer {
  readonly linear: Linear;
  readonly residual: Linear | null;
  readonly #hasResidual: boolean;
  readonly #act: (x: Tensor) => Tensor;

  constructor({ inFeatures, outFeatures, bias, activation: name, residual }: SentenceDenseOptions) {
    super();
    this.linear = linear(inFeatures, outFeatures, { bias });
    this.residual = residual && inFeatures !== outFeatures ? linear(inFeatures, outFeatures, { bias: false }) : null;
    this.#hasResidual = residual;
    this.#act = activation(name);
  }

  forward(x: Tensor): Tensor {
    const y = this.#act(this.linear.forward(x));
    return this.#hasResidual ? add(y, this.residual?.forward(x) ?? x) : y;
  }
}

/** The norm over the features of a vector. */
export class SentenceLayerNorm extends Module implements SentenceLayer {
  readonly norm: LayerNorm;

  constructor(dimension: number) {
    super();
    this.norm = new LayerNorm({ normalizedShape: dimension });
  }

  forward(x: Tensor): Tensor {
    return this.norm.forward(x);
  }
}
