import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { resolveConfig } from '../../config/fields.ts';
import { checkHeads } from '../../models/checks.ts';
import { encoderMask } from '../../models/encoder-inputs.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { BertEmbeddings } from '../bert/bert-embeddings.ts';
import { BertEncoder } from '../bert/bert-encoder.ts';
import { BERT_INPUTS } from '../bert/bert-model.ts';
import type { BertInputs, BertOutput } from '../bert/bert-model.ts';
import { BertPooler } from '../bert/bert-pooler.ts';
import { robertaFormat } from './config.ts';
import type { RobertaConfig } from './config.ts';
import { robertaNames } from './names.ts';

/**
 * RoBERTa without a head: BERT's layers, trained longer and without next sentences; also CodeBERT, XLM-RoBERTa and CamemBERT.
 *
 * A token's position is the number of tokens up to it that are not padding (by `padTokenId`, not by the mask), behind `padTokenId`.
 * @example
 * const model = new RobertaModel({ vocabSize: 50, hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2, intermediateSize: 32 });
 * model.eval().forward(tensor([[0, 7, 2]], { dtype: 'int32' })).lastHiddenState.shape; // => [1, 3, 16]
 * @see Liu et al. 2019, https://arxiv.org/abs/1907.11692
 * @category RoBERTa
 */
export class RobertaModel extends PretrainedModel<RobertaConfig> {
  static readonly architecture = 'RobertaModel';
  static readonly format = robertaFormat;
  static readonly names = robertaNames;
  readonly embeddings: BertEmbeddings;
  readonly encoder: BertEncoder;
  readonly pooler: BertPooler | null;

  /** @param options.addPoolingLayer - Whether there is a pooler. Default true. */
  constructor(config: Partial<RobertaConfig> = {}, options: { readonly addPoolingLayer?: boolean } = {}) {
    checkOptionNames('RobertaModel', options, ['addPoolingLayer']);
    const resolved = resolveConfig('RobertaModel', robertaFormat.fields, config);
    super(resolved);
    const { hiddenSize, numAttentionHeads, padTokenId } = resolved;
    checkHeads('RobertaModel', ['hiddenSize', hiddenSize], ['numAttentionHeads', numAttentionHeads]);
    this.embeddings = new BertEmbeddings(resolved, { features: hiddenSize, uncounted: padTokenId });
    this.encoder = new BertEncoder(resolved);
    this.pooler = (options.addPoolingLayer ?? true) ? new BertPooler(resolved) : null;
  }

  /** `[batch, time]`, int32 → hidden states `[batch, time, hiddenSize]` and the pooled first token. */
  forward(inputIds: Tensor, inputs: BertInputs = {}): BertOutput {
    const mask = encoderMask('RobertaModel', inputIds, inputs, {
      names: BERT_INPUTS,
      words: this.embeddings.word_embeddings,
      positions: this.config.maxPositionEmbeddings - this.config.padTokenId - 1,
    });
    const lastHiddenState = this.encoder.forward(this.embeddings.forward(inputIds, inputs), mask);
    return this.pooler === null
      ? { lastHiddenState }
      : { lastHiddenState, poolerOutput: this.pooler.forward(lastHiddenState) };
  }
}
