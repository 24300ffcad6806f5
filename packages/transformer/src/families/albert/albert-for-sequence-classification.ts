import { ForPooledClassification } from '../../models/heads/for-pooled-classification.ts';
import { albertFormat } from './config.ts';
import type { AlbertConfig } from './config.ts';
import { albertNames } from './names.ts';
import { AlbertModel } from './albert-model.ts';

/**
 * ALBERT that sorts whole texts into classes (or, with one label, predicts a number): a linear map of the pooled first token.
 *
 * Train it with `crossEntropy`, `bceWithLogits` (several labels at once) or `mse` of `@gai/nn`.
 * @example
 * const model = new AlbertForSequenceClassification({ vocabSize: 50, embeddingSize: 8, hiddenSize: 16, numHiddenLayers: 3, numAttentionHeads: 2, intermediateSize: 32, numLabels: 3 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).shape; // => [1, 3]
 * @see Lan et al. 2020, https://arxiv.org/abs/1909.11942
 * @category ALBERT
 */
export class AlbertForSequenceClassification extends ForPooledClassification<AlbertConfig> {
  static readonly architecture = 'AlbertForSequenceClassification';
  static readonly format = albertFormat;
  static readonly names = albertNames;
  declare readonly albert: AlbertModel;

  constructor(config: Partial<AlbertConfig> = {}) {
    const albert = new AlbertModel(config);
    const { hiddenSize: features, classifierDropoutProb, hiddenDropoutProb } = albert.config;
    super({ albert }, { features, dropout: classifierDropoutProb ?? hiddenDropoutProb });
  }
}
