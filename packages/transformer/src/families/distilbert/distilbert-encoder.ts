import { add } from '@gai/core';
import type { Tensor } from '@gai/core';
import { Dropout, LayerNorm, Module } from '@gai/nn';
import type { Linear } from '@gai/nn';
import { DotProductAttention } from '../../attention/dot-product-attention.ts';
import { joinHeads, splitHeads } from '../../attention/heads.ts';
import { activation } from '../../feed-forward/activation.ts';
import { linear } from '../../layers/initial.ts';
import type { Stack } from '../../models/stack.ts';
import type { DistilBertConfig } from './config.ts';

/** Added to variances; no configuration says it. */
export const EPS = 1e-12;

/** Every token attends to every other. */
class DistilBertSelfAttention extends Module {
  readonly q_lin: Linear;
  readonly k_lin: Linear;
  readonly v_lin: Linear;
  readonly out_lin: Linear;
  readonly core: DotProductAttention;
  readonly headDim: number;

  constructor({ dim, nHeads, attentionDropout: dropout, initializerRange: std }: DistilBertConfig) {
    super();
    this.headDim = dim / nHeads;
    this.q_lin = linear(dim, dim, { std });
    this.k_lin = linear(dim, dim, { std });
    this.v_lin = linear(dim, dim, { std });
    this.out_lin = linear(dim, dim, { std });
    this.core = new DotProductAttention({ dropout });
  }

  forward(x: Tensor, mask: Tensor | undefined): Tensor {
    const heads = (map: Linear): Tensor => splitHeads(map.forward(x), this.headDim);
    const attended = this.core.forward(heads(this.q_lin), heads(this.k_lin), heads(this.v_lin), { mask });
    return this.out_lin.forward(joinHeads(attended));
  }
}

/** `act(x W₁ᵀ + b₁) W₂ᵀ + b₂`. */
class DistilBertFFN extends Module {
  readonly lin1: Linear;
  readonly lin2: Linear;
  readonly dropout: Dropout;
  readonly #act: (x: Tensor) => Tensor;

  constructor({ dim, hiddenDim, dropout: p, activation: act, initializerRange: std }: DistilBertConfig) {
    super();
    this.lin1 = linear(dim, hiddenDim, { std });
    this.lin2 = linear(hiddenDim, dim, { std });
    this.dropout = new Dropout({ p });
    this.#act = activation(act);
  }

  forward(x: Tensor): Tensor {
    return this.dropout.forward(this.lin2.forward(this.#act(this.lin1.forward(x))));
  }
}

/** Attention, then the feed-forward part; both post-norm. Nothing is dropped behind attention, as in the reference. */
class DistilBertBlock extends Module {
  readonly attention: DistilBertSelfAttention;
  readonly sa_layer_norm: LayerNorm;
  readonly ffn: DistilBertFFN;
  readonly output_layer_norm: LayerNorm;

  constructor(config: DistilBertConfig) {
    super();
    this.attention = new DistilBertSelfAttention(config);
    this.sa_layer_norm = new LayerNorm({ normalizedShape: config.dim, eps: EPS });
    this.ffn = new DistilBertFFN(config);
    this.output_layer_norm = new LayerNorm({ normalizedShape: config.dim, eps: EPS });
  }

  forward(x: Tensor, mask: Tensor | undefined): Tensor {
    const attended = this.sa_layer_norm.forward(add(this.attention.forward(x, mask), x));
    return this.output_layer_norm.forward(add(this.ffn.forward(attended), attended));
  }
}

/** DistilBERT's layers: `[batch, time, dim]` → the same shape. */
export class DistilBertTransformer extends Module implements Stack {
  readonly layer: readonly DistilBertBlock[];

  constructor(config: DistilBertConfig) {
    super();
    this.layer = Array.from({ length: config.nLayers }, () => new DistilBertBlock(config));
  }

  blocks(): readonly DistilBertBlock[] {
    return this.layer;
  }

  forward(x: Tensor, mask: Tensor | undefined): Tensor {
    return this.layer.reduce((hidden, layer) => layer.forward(hidden, mask), x);
  }
}
