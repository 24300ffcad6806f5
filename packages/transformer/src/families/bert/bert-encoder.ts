import { add } from '@gai/core';
import type { Tensor } from '@gai/core';
import { Dropout, LayerNorm, Module } from '@gai/nn';
import type { Linear } from '@gai/nn';
import { DotProductAttention } from '../../attention/dot-product-attention.ts';
import { joinHeads, splitHeads } from '../../attention/heads.ts';
import { activation } from '../../feed-forward/activation.ts';
import { linear } from '../../layers/initial.ts';
import type { Stack } from '../../models/stack.ts';
import type { BertConfig } from './config.ts';

/** What the layers are made of. BERT's are those of RoBERTa and ELECTRA too. */
type BertLayerConfig = Pick<
  BertConfig,
  | 'hiddenSize'
  | 'numHiddenLayers'
  | 'numAttentionHeads'
  | 'intermediateSize'
  | 'hiddenAct'
  | 'hiddenDropoutProb'
  | 'attentionProbsDropoutProb'
  | 'initializerRange'
  | 'layerNormEps'
>;

/** Every token attends to every other: `[batch, time, hiddenSize]` → the heads' results side by side. */
class BertSelfAttention extends Module {
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly core: DotProductAttention;
  readonly headDim: number;

  constructor({ hiddenSize, numAttentionHeads, initializerRange: std, attentionProbsDropoutProb }: BertLayerConfig) {
    super();
    this.headDim = hiddenSize / numAttentionHeads;
    this.query = linear(hiddenSize, hiddenSize, { std });
    this.key = linear(hiddenSize, hiddenSize, { std });
    this.value = linear(hiddenSize, hiddenSize, { std });
    this.core = new DotProductAttention({ dropout: attentionProbsDropoutProb });
  }

  forward(x: Tensor, mask: Tensor | undefined): Tensor {
    const heads = (map: Linear): Tensor => splitHeads(map.forward(x), this.headDim);
    return joinHeads(this.core.forward(heads(this.query), heads(this.key), heads(this.value), { mask }));
  }
}

/** A linear map whose result is added to what went around it, then normalised (post-norm). */
class BertResidual extends Module {
  readonly dense: Linear;
  readonly LayerNorm: LayerNorm;
  readonly dropout: Dropout;

  constructor(
    inFeatures: number,
    { hiddenSize, initializerRange: std, layerNormEps, hiddenDropoutProb }: BertLayerConfig,
  ) {
    super();
    this.dense = linear(inFeatures, hiddenSize, { std });
    this.LayerNorm = new LayerNorm({ normalizedShape: hiddenSize, eps: layerNormEps });
    this.dropout = new Dropout({ p: hiddenDropoutProb });
  }

  forward(x: Tensor, around: Tensor): Tensor {
    return this.LayerNorm.forward(add(this.dropout.forward(this.dense.forward(x)), around));
  }
}

/** The wide half of the feed-forward part. */
class BertIntermediate extends Module {
  readonly dense: Linear;
  readonly #act: (x: Tensor) => Tensor;

  constructor({ hiddenSize, intermediateSize, initializerRange: std, hiddenAct }: BertLayerConfig) {
    super();
    this.dense = linear(hiddenSize, intermediateSize, { std });
    this.#act = activation(hiddenAct);
  }

  forward(x: Tensor): Tensor {
    return this.#act(this.dense.forward(x));
  }
}

/** Attention and what is added around it. */
class BertAttention extends Module {
  readonly self: BertSelfAttention;
  readonly output: BertResidual;

  constructor(config: BertLayerConfig) {
    super();
    this.self = new BertSelfAttention(config);
    this.output = new BertResidual(config.hiddenSize, config);
  }

  forward(x: Tensor, mask: Tensor | undefined): Tensor {
    return this.output.forward(this.self.forward(x, mask), x);
  }
}

/** Attention, then the feed-forward part; both post-norm. */
class BertLayer extends Module {
  readonly attention: BertAttention;
  readonly intermediate: BertIntermediate;
  readonly output: BertResidual;

  constructor(config: BertLayerConfig) {
    super();
    this.attention = new BertAttention(config);
    this.intermediate = new BertIntermediate(config);
    this.output = new BertResidual(config.intermediateSize, config);
  }

  forward(x: Tensor, mask: Tensor | undefined): Tensor {
    const attended = this.attention.forward(x, mask);
    return this.output.forward(this.intermediate.forward(attended), attended);
  }
}

/** BERT's layers: `[batch, time, hiddenSize]` → the same shape. */
export class BertEncoder extends Module implements Stack {
  readonly layer: readonly BertLayer[];

  constructor(config: BertLayerConfig) {
    super();
    this.layer = Array.from({ length: config.numHiddenLayers }, () => new BertLayer(config));
  }

  blocks(): readonly BertLayer[] {
    return this.layer;
  }

  forward(x: Tensor, mask: Tensor | undefined): Tensor {
    return this.layer.reduce((hidden, layer) => layer.forward(hidden, mask), x);
  }
}
