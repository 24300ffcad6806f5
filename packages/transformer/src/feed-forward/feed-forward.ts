import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Dropout, Module } from '@gai/nn';
import type { Linear } from '@gai/nn';
import { linear } from '../layers/initial.ts';
import { activation } from './activation.ts';
import type { ActivationName } from './activation.ts';

/** Options of {@link FeedForward} and {@link GatedFeedForward}. */
export interface FeedForwardOptions {
  /** Features of inputs and outputs. */
  readonly dim: number;
  /** Features in between. */
  readonly hiddenDim: number;
  /** Default `relu` for {@link FeedForward}, `silu` for {@link GatedFeedForward}. */
  readonly activation?: ActivationName | undefined;
  /** Whether the maps have a bias. Default true for {@link FeedForward}, false for {@link GatedFeedForward}. */
  readonly bias?: boolean | undefined;
  /** Probability of a hidden feature to be dropped in training. Default 0. */
  readonly dropout?: number | undefined;
  /** Standard deviation of the first weights. Default 0.02. */
  readonly std?: number | undefined;
}

/**
 * The two maps between attentions: `act(x W₁ᵀ + b₁) W₂ᵀ + b₂`.
 *
 * State, under PyTorch's names: `linear1.weight`, `linear1.bias`, `linear2.weight`, `linear2.bias`.
 * @example
 * new FeedForward({ dim: 4, hiddenDim: 8, activation: 'gelu' }).forward(tensor([[1, 2, 3, 4]])).shape; // => [1, 4]
 * @see Vaswani et al. 2017, eq. 2, https://arxiv.org/abs/1706.03762
 * @category Feed-forward
 */
export class FeedForward extends Module {
  readonly linear1: Linear;
  readonly dropout: Dropout;
  readonly linear2: Linear;
  readonly activation: ActivationName;

  constructor(options: FeedForwardOptions) {
    checkOptionNames('FeedForward', options, ['dim', 'hiddenDim', 'activation', 'bias', 'dropout', 'std']);
    super();
    const { dim, hiddenDim, bias = true, std = 0.02, dropout = 0 } = options;
    this.activation = options.activation ?? 'relu';
    this.linear1 = linear(dim, hiddenDim, { std, bias });
    this.dropout = new Dropout({ p: dropout });
    this.linear2 = linear(hiddenDim, dim, { std, bias });
  }

  /** `[..., dim]` → `[..., dim]`. */
  forward(x: Tensor): Tensor {
    return this.linear2.forward(this.dropout.forward(activation(this.activation)(this.linear1.forward(x))));
  }
}
