import { tanh } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import type { Linear } from '@gai/nn';
import { resolveConfig } from '../../config/fields.ts';
import { linear } from '../../layers/initial.ts';
import { checkHeads } from '../../models/checks.ts';
import { encoderMask } from '../../models/encoder-inputs.ts';
import { firstToken } from '../../models/first-token.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { BertEmbeddings } from '../bert/bert-embeddings.ts';
import { BERT_INPUTS } from '../bert/bert-model.ts';
import type { BertInputs, BertOutput } from '../bert/bert-model.ts';
import { AlbertTransformer } from './albert-encoder.ts';
import { albertFormat } from './config.ts';
import type { AlbertConfig } from './config.ts';
import { albertNames } from './names.ts';

/**
 * ALBERT without a head: one layer that is gone through again and again, behind embeddings that are smaller than hidden states. So it has
 * a small part of BERT's parameters, and takes as long.
 * @example
 * const model = new AlbertModel({ vocabSize: 50, embeddingSize: 8, hiddenSize: 16, numHiddenLayers: 3, numAttentionHeads: 2, intermediateSize: 32 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).lastHiddenState.shape; // => [1, 3, 16]
 * @see Lan et al. 2020, https://arxiv.org/abs/1909.11942
 * @category ALBERT
 */
export class AlbertModel extends PretrainedModel<AlbertConfig> {
  static readonly architecture = 'AlbertModel';
  static readonly format = albertFormat;
  static readonly names = albertNames;
  readonly embeddings: BertEmbeddings;
  readonly encoder: AlbertTransformer;
  readonly pooler: Linear | null;

  /** @param options.addPoolingLayer - Whether there is a pooler. Default true. */
  constructor(config: Partial<AlbertConfig> = {}, options: { readonly addPoolingLayer?: boolean } = {}) {
    checkOptionNames('AlbertModel', options, ['addPoolingLayer']);
    const resolved = resolveConfig('AlbertModel', albertFormat.fields, config);
    super(resolved);
    const { embeddingSize, hiddenSize, numAttentionHeads, initializerRange: std } = resolved;
    checkHeads('AlbertModel', ['hiddenSize', hiddenSize], ['numAttentionHeads', numAttentionHeads]);
    this.embeddings = new BertEmbeddings(resolved, { features: embeddingSize });
    this.encoder = new AlbertTransformer(resolved);
    this.pooler = (options.addPoolingLayer ?? true) ? linear(hiddenSize, hiddenSize, { std }) : null;
  }

  /** `[batch, time]`, int32 → hidden states `[batch, time, hiddenSize]` and the pooled first token. */
  forward(inputIds: Tensor, inputs: BertInputs = {}): BertOutput {
    const mask = encoderMask('AlbertModel', inputIds, inputs, {
      names: BERT_INPUTS,
      words: this.embeddings.word_embeddings,
      positions: this.config.maxPositionEmbeddings,
    });
    const lastHiddenState = this.encoder.forward(this.embeddings.forward(inputIds, inputs), mask);
    if (this.pooler === null) return { lastHiddenState };
    return { lastHiddenState, poolerOutput: tanh(this.pooler.forward(firstToken(lastHiddenState))) };
  }
}
