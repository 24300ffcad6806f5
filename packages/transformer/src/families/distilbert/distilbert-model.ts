import { add, iota } from '@gai/core';
import type { Dim, Tensor } from '@gai/core';
import { Dropout, Embedding, LayerNorm, Module } from '@gai/nn';
import { resolveConfig } from '../../config/fields.ts';
import { embedding } from '../../layers/initial.ts';
import { checkHeads } from '../../models/checks.ts';
import { encoderMask } from '../../models/encoder-inputs.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { sinusoidalPositions } from '../../positions/sinusoidal.ts';
import type { BertInputs } from '../bert/bert-model.ts';
import { distilbertFormat } from './config.ts';
import type { DistilBertConfig } from './config.ts';
import { DistilBertTransformer, EPS } from './distilbert-encoder.ts';
import { distilbertNames } from './names.ts';

/**
 * What a DistilBERT model takes besides token ids: BERT's inputs without segments.
 * @category DistilBERT
 */
export type DistilBertInputs = Pick<BertInputs, 'attentionMask' | 'positionIds'>;

/** Word and position embeddings, added up and normalised: `[batch, time]` → `[batch, time, dim]`. */
class DistilBertEmbeddings extends Module {
  readonly word_embeddings: Embedding;
  readonly position_embeddings: Embedding;
  readonly LayerNorm: LayerNorm;
  readonly dropout: Dropout;

  constructor(config: DistilBertConfig) {
    super();
    const { vocabSize, dim, maxPositionEmbeddings: positions, initializerRange: std, padTokenId } = config;
    this.word_embeddings = embedding(vocabSize, dim, { std, padding: padTokenId });
    this.position_embeddings = config.sinusoidalPosEmbds
      ? new Embedding({
          numEmbeddings: positions,
          embeddingDim: dim,
          weightInit: () => sinusoidalPositions(positions, dim),
        })
      : embedding(positions, dim, { std });
    this.LayerNorm = new LayerNorm({ normalizedShape: dim, eps: EPS });
    this.dropout = new Dropout({ p: config.dropout });
  }

  forward(inputIds: Tensor, positionIds: Tensor = iota(inputIds.shape[1] as Dim)): Tensor {
    const embedded = add(this.word_embeddings.forward(inputIds), this.position_embeddings.forward(positionIds));
    return this.dropout.forward(this.LayerNorm.forward(embedded));
  }
}

/**
 * DistilBERT without a head: half of BERT's layers, taught by BERT, without segments and without a pooler.
 * @example
 * const model = new DistilBertModel({ vocabSize: 50, dim: 16, hiddenDim: 32, nLayers: 1, nHeads: 2 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).lastHiddenState.shape; // => [1, 3, 16]
 * @see Sanh et al. 2019, https://arxiv.org/abs/1910.01108
 * @category DistilBERT
 */
export class DistilBertModel extends PretrainedModel<DistilBertConfig> {
  static readonly architecture = 'DistilBertModel';
  static readonly format = distilbertFormat;
  static readonly names = distilbertNames;
  readonly embeddings: DistilBertEmbeddings;
  readonly transformer: DistilBertTransformer;

  constructor(config: Partial<DistilBertConfig> = {}) {
    const resolved = resolveConfig('DistilBertModel', distilbertFormat.fields, config);
    super(resolved);
    checkHeads('DistilBertModel', ['dim', resolved.dim], ['nHeads', resolved.nHeads]);
    this.embeddings = new DistilBertEmbeddings(resolved);
    this.transformer = new DistilBertTransformer(resolved);
  }

  /** `[batch, time]`, int32 → hidden states `[batch, time, dim]`. */
  forward(inputIds: Tensor, inputs: DistilBertInputs = {}): { readonly lastHiddenState: Tensor } {
    const mask = encoderMask('DistilBertModel', inputIds, inputs, {
      names: ['attentionMask', 'positionIds'],
      words: this.embeddings.word_embeddings,
      positions: this.config.maxPositionEmbeddings,
    });
    return { lastHiddenState: this.transformer.forward(this.embeddings.forward(inputIds, inputs.positionIds), mask) };
  }
}
