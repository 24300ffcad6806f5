import { add } from '@gai/core';
import type { Tensor } from '@gai/core';
import { Dropout, LayerNorm, Module } from '@gai/nn';
import type { Linear } from '@gai/nn';
import { DotProductAttention } from '../../attention/dot-product-attention.ts';
import { joinHeads, splitHeads } from '../../attention/heads.ts';
import { activation } from '../../feed-forward/activation.ts';
import { linear } from '../../layers/initial.ts';
import type { Stack } from '../../models/stack.ts';
import type { AlbertConfig } from './config.ts';

/** Attention, added to its input and normalised. */
class AlbertAttention extends Module {
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly dense: Linear;
  readonly LayerNorm: LayerNorm;
  readonly dropout: Dropout;
  readonly core: DotProductAttention;
  readonly headDim: number;

  constructor(config: AlbertConfig) {
    super();
    const { hiddenSize: size, numAttentionHeads, initializerRange: std } = config;
    this.headDim = size / numAttentionHeads;
    this.query = linear(size, size, { std });
    this.key = linear(size, size, { std });
    this.value = linear(size, size, { std });
    this.dense = linear(size, size, { std });
    this.LayerNorm = new LayerNorm({ normalizedShape: size, eps: config.layerNormEps });
    this.dropout = new Dropout({ p: config.hiddenDropoutProb });
    this.core = new DotProductAttention({ dropout: config.attentionProbsDropoutProb });
  }

  forward(x: Tensor, mask: Tensor | undefined): Tensor {
    const heads = (map: Linear): Tensor => splitHeads(map.forward(x), this.headDim);
    const attended = joinHeads(this.core.forward(heads(this.query), heads(this.key), heads(this.value), { mask }));
    return this.LayerNorm.forward(add(x, this.dropout.forward(this.dense.forward(attended))));
  }
}

/** Attention, then the feed-forward part; both post-norm. Nothing is dropped behind the feed-forward part, as in the reference. */
class AlbertLayer extends Module {
  readonly full_layer_layer_norm: LayerNorm;
  readonly attention: AlbertAttention;
  readonly ffn: Linear;
  readonly ffn_output: Linear;
  readonly #act: (x: Tensor) => Tensor;

  constructor(config: AlbertConfig) {
    super();
    const { hiddenSize, intermediateSize, initializerRange: std, layerNormEps: eps } = config;
    this.full_layer_layer_norm = new LayerNorm({ normalizedShape: hiddenSize, eps });
    this.attention = new AlbertAttention(config);
    this.ffn = linear(hiddenSize, intermediateSize, { std });
    this.ffn_output = linear(intermediateSize, hiddenSize, { std });
    this.#act = activation(config.hiddenAct);
  }

  forward(x: Tensor, mask: Tensor | undefined): Tensor {
    const attended = this.attention.forward(x, mask);
    const fed = this.ffn_output.forward(this.#act(this.ffn.forward(attended)));
    return this.full_layer_layer_norm.forward(add(fed, attended));
  }
}

/** Layers that are gone through together. */
class AlbertLayerGroup extends Module {
  readonly albert_layers: readonly AlbertLayer[];

  constructor(config: AlbertConfig) {
    super();
    this.albert_layers = Array.from({ length: config.innerGroupNum }, () => new AlbertLayer(config));
  }

  forward(x: Tensor, mask: Tensor | undefined): Tensor {
    return this.albert_layers.reduce((hidden, layer) => layer.forward(hidden, mask), x);
  }
}

/** A map from embeddings to hidden states, then groups of layers, each several times in a row. */
export class AlbertTransformer extends Module implements Stack {
  readonly embedding_hidden_mapping_in: Linear;
  readonly albert_layer_groups: readonly AlbertLayerGroup[];
  readonly #times: number;

  constructor(config: AlbertConfig) {
    super();
    const { embeddingSize, hiddenSize, initializerRange: std, numHiddenGroups: length } = config;
    this.embedding_hidden_mapping_in = linear(embeddingSize, hiddenSize, { std });
    this.albert_layer_groups = Array.from({ length }, () => new AlbertLayerGroup(config));
    this.#times = config.numHiddenLayers;
  }

  /** The same layer as often as it is gone through. */
  blocks(): readonly AlbertLayer[] {
    return this.#groups().flatMap((group) => group.albert_layers);
  }

  forward(embedded: Tensor, mask: Tensor | undefined): Tensor {
    const mapped = this.embedding_hidden_mapping_in.forward(embedded);
    return this.#groups().reduce((hidden, group) => group.forward(hidden, mask), mapped);
  }

  /** Which group's turn it is, by the reference's rule, in floating point as there. */
  #groups(): readonly AlbertLayerGroup[] {
    const each = this.#times / this.albert_layer_groups.length;
    return Array.from({ length: this.#times }, (_, index) => this.albert_layer_groups[Math.floor(index / each)]!);
  }
}
