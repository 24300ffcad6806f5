import { add, iota, slice, squeeze, tanh, zerosLike } from '@gai/core';
import type { Dim, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Dropout, LayerNorm, Module } from '@gai/nn';
import type { Embedding, Linear } from '@gai/nn';
import { DotProductAttention } from '../../attention/dot-product-attention.ts';
import { joinHeads, splitHeads } from '../../attention/heads.ts';
import { paddingMask } from '../../attention/masks.ts';
import { resolveConfig } from '../../config/fields.ts';
import { activation } from '../../feed-forward/activation.ts';
import { embedding, linear } from '../../layers/initial.ts';
import { checkHeads, checkInputs, checkMask, checkTokens } from '../../models/checks.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import type { Stack } from '../../models/stack.ts';
import { bertFormat } from './config.ts';
import type { BertConfig } from './config.ts';
import { bertNames } from './names.ts';

/**
 * What a BERT model takes besides token ids.
 * @category BERT
 */
export interface BertInputs {
  /** `[batch, time]`: 0 or false for tokens that only fill up a batch. Default: all count. */
  readonly attentionMask?: Tensor | undefined;
  /** `[batch, time]`, int32: which segment each token belongs to. Default: 0. */
  readonly tokenTypeIds?: Tensor | undefined;
  /** `[batch, time]` or `[time]`, int32. Default: 0, 1, 2, … whatever is masked. */
  readonly positionIds?: Tensor | undefined;
}

const INPUTS: readonly (keyof BertInputs)[] = ['attentionMask', 'tokenTypeIds', 'positionIds'];

/**
 * What {@link BertModel} gives.
 * @category BERT
 */
export interface BertOutput {
  /** `[batch, time, hiddenSize]`. */
  readonly lastHiddenState: Tensor;
  /** `[batch, hiddenSize]`: `tanh` of a linear map of the first token; not there if the model was made without pooler. */
  readonly poolerOutput?: Tensor;
}

/** Word, segment and position embeddings, added up and normalised: `[batch, time]` → `[batch, time, hiddenSize]`. */
class BertEmbeddings extends Module {
  readonly word_embeddings: Embedding;
  readonly position_embeddings: Embedding;
  readonly token_type_embeddings: Embedding;
  readonly LayerNorm: LayerNorm;
  readonly dropout: Dropout;

  constructor(config: BertConfig) {
    super();
    const { hiddenSize, initializerRange: std, padTokenId } = config;
    this.word_embeddings = embedding(config.vocabSize, hiddenSize, { std, padding: padTokenId });
    this.position_embeddings = embedding(config.maxPositionEmbeddings, hiddenSize, { std });
    this.token_type_embeddings = embedding(config.typeVocabSize, hiddenSize, { std });
    this.LayerNorm = new LayerNorm({ normalizedShape: hiddenSize, eps: config.layerNormEps });
    this.dropout = new Dropout({ p: config.hiddenDropoutProb });
  }

  forward(inputIds: Tensor, { tokenTypeIds = zerosLike(inputIds), positionIds }: BertInputs): Tensor {
    const words = add(this.word_embeddings.forward(inputIds), this.token_type_embeddings.forward(tokenTypeIds));
    const positions = this.position_embeddings.forward(positionIds ?? iota(inputIds.shape[1] as Dim));
    return this.dropout.forward(this.LayerNorm.forward(add(words, positions)));
  }
}

/** Every token attends to every other: `[batch, time, hiddenSize]` → the heads' results side by side. */
class BertSelfAttention extends Module {
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly core: DotProductAttention;
  readonly headDim: number;

  constructor({ hiddenSize, numAttentionHeads, initializerRange: std, attentionProbsDropoutProb }: BertConfig) {
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

  constructor(inFeatures: number, { hiddenSize, initializerRange: std, layerNormEps, hiddenDropoutProb }: BertConfig) {
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

  constructor({ hiddenSize, intermediateSize, initializerRange: std, hiddenAct }: BertConfig) {
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

  constructor(config: BertConfig) {
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

  constructor(config: BertConfig) {
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

class BertEncoder extends Module implements Stack {
  readonly layer: readonly BertLayer[];

  constructor(config: BertConfig) {
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

/** `tanh(h₀ Wᵀ + b)` of the first token's hidden state: `[batch, time, hiddenSize]` → `[batch, hiddenSize]`. */
class BertPooler extends Module {
  readonly dense: Linear;

  constructor({ hiddenSize, initializerRange: std }: BertConfig) {
    super();
    this.dense = linear(hiddenSize, hiddenSize, { std });
  }

  forward(hidden: Tensor): Tensor {
    return tanh(this.dense.forward(squeeze(slice(hidden, [null, [0, 1]]), 1)));
  }
}

/**
 * BERT without a head: token ids to hidden states, in both directions.
 *
 * Embeddings of words, segments and positions; layers of attention and a feed-forward part, each added to its input and then
 * normalised; a pooler for the first token. The state dict has the names of Hugging Face's files (`encoder.layer.0.attention.self.query.weight`).
 * @example
 * const model = new BertModel({ vocabSize: 50, hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2, intermediateSize: 32 });
 * const { lastHiddenState, poolerOutput } = model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' }));
 * lastHiddenState.shape; // => [1, 3, 16]
 * poolerOutput!.shape; // => [1, 16]
 * @see Devlin et al. 2018, https://arxiv.org/abs/1810.04805
 * @category BERT
 */
export class BertModel extends PretrainedModel<BertConfig> {
  static readonly architecture = 'BertModel';
  static readonly format = bertFormat;
  static readonly names = bertNames;
  readonly embeddings: BertEmbeddings;
  readonly encoder: BertEncoder;
  readonly pooler: BertPooler | null;

  /** @param options.addPoolingLayer - Whether there is a pooler. Default true. */
  constructor(config: Partial<BertConfig> = {}, options: { readonly addPoolingLayer?: boolean } = {}) {
    checkOptionNames('BertModel', options, ['addPoolingLayer']);
    const resolved = resolveConfig('BertModel', bertFormat.fields, config);
    super(resolved);
    const { hiddenSize, numAttentionHeads } = resolved;
    checkHeads('BertModel', ['hiddenSize', hiddenSize], ['numAttentionHeads', numAttentionHeads]);
    this.embeddings = new BertEmbeddings(resolved);
    this.encoder = new BertEncoder(resolved);
    this.pooler = (options.addPoolingLayer ?? true) ? new BertPooler(resolved) : null;
  }

  /** `[batch, time]`, int32 → hidden states `[batch, time, hiddenSize]` and the pooled first token. */
  forward(inputIds: Tensor, inputs: BertInputs = {}): BertOutput {
    checkInputs('BertModel', inputs, INPUTS);
    checkTokens(
      'BertModel',
      inputIds,
      this.embeddings.word_embeddings,
      inputs.positionIds === undefined ? this.config.maxPositionEmbeddings : Infinity,
    );
    const { attentionMask } = inputs;
    checkMask('BertModel', inputIds, attentionMask);
    const mask = attentionMask === undefined ? undefined : paddingMask(attentionMask);
    const lastHiddenState = this.encoder.forward(this.embeddings.forward(inputIds, inputs), mask);
    return this.pooler === null
      ? { lastHiddenState }
      : { lastHiddenState, poolerOutput: this.pooler.forward(lastHiddenState) };
  }
}
