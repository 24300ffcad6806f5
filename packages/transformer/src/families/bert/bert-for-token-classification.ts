import { ForTokenClassification } from '../../models/heads/for-token-classification.ts';
import { BertModel } from './bert-model.ts';
import { bertFormat } from './config.ts';
import type { BertConfig } from './config.ts';
import { bertNames } from './names.ts';

/**
 * BERT that sorts every token into classes, as for names of persons and places.
 *
 * Train it with {@link tokenLoss}, labels −100 for tokens that do not count.
 * @example
 * const model = new BertForTokenClassification({ vocabSize: 50, hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2, numLabels: 5 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).shape; // => [1, 3, 5]
 * @see Devlin et al. 2018, section 5.3, https://arxiv.org/abs/1810.04805
 * @category BERT
 */
export class BertForTokenClassification extends ForTokenClassification<BertConfig> {
  static readonly architecture = 'BertForTokenClassification';
  static readonly format = bertFormat;
  static readonly names = bertNames;
  declare readonly bert: BertModel;

  constructor(config: Partial<BertConfig> = {}) {
    const bert = new BertModel(config, { addPoolingLayer: false });
    const { hiddenSize: features, classifierDropout, hiddenDropoutProb } = bert.config;
    super({ bert }, { features, dropout: classifierDropout ?? hiddenDropoutProb });
  }
}
