import { ForTokenClassification } from '../../models/heads/for-token-classification.ts';
import { distilbertFormat } from './config.ts';
import type { DistilBertConfig } from './config.ts';
import { distilbertNames } from './names.ts';
import { DistilBertModel } from './distilbert-model.ts';

/**
 * DistilBERT that sorts every token into classes, as for names of persons and places.
 *
 * Train it with {@link tokenLoss}, labels −100 for tokens that do not count.
 * @example
 * const model = new DistilBertForTokenClassification({ vocabSize: 50, dim: 16, hiddenDim: 32, nLayers: 1, nHeads: 2, numLabels: 5 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).shape; // => [1, 3, 5]
 * @see Sanh et al. 2019, https://arxiv.org/abs/1910.01108
 * @category DistilBERT
 */
export class DistilBertForTokenClassification extends ForTokenClassification<DistilBertConfig> {
  static readonly architecture = 'DistilBertForTokenClassification';
  static readonly format = distilbertFormat;
  static readonly names = distilbertNames;
  declare readonly distilbert: DistilBertModel;

  constructor(config: Partial<DistilBertConfig> = {}) {
    const distilbert = new DistilBertModel(config);
    const { dim: features, dropout } = distilbert.config;
    super({ distilbert }, { features, dropout });
  }
}
