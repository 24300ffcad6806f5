import { ForPooledClassification } from '../../models/heads/for-pooled-classification.ts';
import { BertModel } from './bert-model.ts';
import { bertFormat } from './config.ts';
import type { BertConfig } from './config.ts';
import { bertNames } from './names.ts';

/**
 * BERT that sorts whole texts into classes (or, with one label, predicts a number): a linear map of the pooled first token.
 *
 * Train it with `crossEntropy`, `bceWithLogits` (several labels at once) or `mse` of `@gai/nn`.
 * @example
 * const model = new BertForSequenceClassification({ vocabSize: 50, hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2, numLabels: 3 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).shape; // => [1, 3]
 * @see Devlin et al. 2018, section 4.1, https://arxiv.org/abs/1810.04805
 * @category BERT
 */
export class BertForSequenceClassification extends ForPooledClassification<BertConfig> {
  static readonly architecture = 'BertForSequenceClassification';
  static readonly format = bertFormat;
  static readonly names = bertNames;
  declare readonly bert: BertModel;

  constructor(config: Partial<BertConfig> = {}) {
    const bert = new BertModel(config);
    const { hiddenSize: features, classifierDropout, hiddenDropoutProb } = bert.config;
    super({ bert }, { features, dropout: classifierDropout ?? hiddenDropoutProb });
  }
}
