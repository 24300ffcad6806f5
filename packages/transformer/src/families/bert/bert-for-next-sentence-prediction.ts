import type { Tensor } from '@gai/core';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { BertModel } from './bert-model.ts';
import type { BertInputs } from './bert-model.ts';
import { bertFormat } from './config.ts';
import type { BertConfig } from './config.ts';
import { BertHeads } from './heads.ts';
import { bertNames } from './names.ts';

/**
 * BERT that says whether the second sentence follows the first: class 0 is "it does", class 1 is "it does not".
 *
 * Train it with `crossEntropy` of `@gai/nn`.
 * @example
 * const model = new BertForNextSentencePrediction({ vocabSize: 50, hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2 });
 * const ids = tensor([[2, 7, 3, 8, 3]], { dtype: 'int32' });
 * const tokenTypeIds = tensor([[0, 0, 0, 1, 1]], { dtype: 'int32' });
 * model.eval().forward(ids, { tokenTypeIds }).shape; // => [1, 2]
 * @see Devlin et al. 2018, section 3.1, https://arxiv.org/abs/1810.04805
 * @category BERT
 */
export class BertForNextSentencePrediction extends PretrainedModel<BertConfig> {
  static readonly architecture = 'BertForNextSentencePrediction';
  static readonly format = bertFormat;
  static readonly names = bertNames;
  readonly bert: BertModel;
  readonly cls: BertHeads;

  constructor(config: Partial<BertConfig> = {}) {
    const bert = new BertModel(config);
    super(bert.config);
    this.bert = bert;
    this.cls = new BertHeads(bert.config, { seqRelationship: true });
  }

  /** `[batch, time]`, int32 → logits `[batch, 2]`. */
  forward(inputIds: Tensor, inputs: BertInputs = {}): Tensor {
    return this.cls.seq_relationship!.forward(this.bert.forward(inputIds, inputs).poolerOutput!);
  }
}
