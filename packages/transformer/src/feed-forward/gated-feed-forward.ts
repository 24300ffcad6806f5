import { mul } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Dropout, Module } from '@gai/nn';
import type { Linear } from '@gai/nn';
import { linear } from '../layers/initial.ts';
import { activation } from './activation.ts';
import type { ActivationName } from './activation.ts';
import type { FeedForwardOptions } from './feed-forward.ts';

/**
 * Three maps, one of which opens and closes another: `(act(x Wgᵀ) · (x Wuᵀ)) Wdᵀ`. With `silu` it is SwiGLU, with `gelu` GeGLU.
 *
 * State, under Llama's names: `gate_proj.weight`, `up_proj.weight`, `down_proj.weight`, and biases if there are any.
 * @example
 * new GatedFeedForward({ dim: 4, hiddenDim: 8 }).forward(tensor([[1, 2, 3, 4]])).shape; // => [1, 4]
 * @see Shazeer 2020, https://arxiv.org/abs/2002.05202
 * @category Feed-forward
 */
export class GatedFeedForward extends Module {
  readonly gate_proj: Linear;
  readonly up_proj: Linear;
  readonly dropout: Dropout;
  readonly down_proj: Linear;
  readonly activation: ActivationName;

  constructor(options: FeedForwardOptions) {
    checkOptionNames('GatedFeedForward', options, ['dim', 'hiddenDim', 'activation', 'bias', 'dropout', 'std']);
    super();
    const { dim, hiddenDim, bias = false, std = 0.02, dropout = 0 } = options;
    this.activation = options.activation ?? 'silu';
    this.gate_proj = linear(dim, hiddenDim, { std, bias });
    this.up_proj = linear(dim, hiddenDim, { std, bias });
    this.dropout = new Dropout({ p: dropout });
    this.down_proj = linear(hiddenDim, dim, { std, bias });
  }

  /** `[..., dim]` → `[..., dim]`. */
  forward(x: Tensor): Tensor {
    const opened = mul(activation(this.activation)(this.gate_proj.forward(x)), this.up_proj.forward(x));
    return this.down_proj.forward(this.dropout.forward(opened));
  }
}
