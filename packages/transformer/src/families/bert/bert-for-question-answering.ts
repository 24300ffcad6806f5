import { ForQuestionAnswering } from '../../models/heads/for-question-answering.ts';
import { BertModel } from './bert-model.ts';
import { bertFormat } from './config.ts';
import type { BertConfig } from './config.ts';
import { bertNames } from './names.ts';

/**
 * BERT that finds the answer to a question in a text: at which tokens it starts and ends.
 *
 * Train it with `crossEntropy` of both logits over the places, and take the mean.
 * @example
 * const model = new BertForQuestionAnswering({ vocabSize: 50, hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).startLogits.shape; // => [1, 3]
 * @see Devlin et al. 2018, section 4.2, https://arxiv.org/abs/1810.04805
 * @category BERT
 */
export class BertForQuestionAnswering extends ForQuestionAnswering<BertConfig> {
  static readonly architecture = 'BertForQuestionAnswering';
  static readonly format = bertFormat;
  static readonly names = bertNames;
  declare readonly bert: BertModel;

  constructor(config: Partial<BertConfig> = {}) {
    const bert = new BertModel(config, { addPoolingLayer: false });
    super({ bert }, { features: bert.config.hiddenSize });
  }
}
