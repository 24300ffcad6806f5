import { ForTokenClassification } from '../../models/heads/for-token-classification.ts';
import { albertFormat } from './config.ts';
import type { AlbertConfig } from './config.ts';
import { albertNames } from './names.ts';
import { AlbertModel } from './albert-model.ts';

/**
 * ALBERT that sorts every token into classes, as for names of persons and places.
 *
 * Train it with {@link tokenLoss}, labels −100 for tokens that do not count.
 * @example
 * const model = new AlbertForTokenClassification({ vocabSize: 50, embeddingSize: 8, hiddenSize: 16, numHiddenLayers: 3, numAttentionHeads: 2, intermediateSize: 32, numLabels: 5 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).shape; // => [1, 3, 5]
 * @see Lan et al. 2020, https://arxiv.org/abs/1909.11942
 * @category ALBERT
 */
export class AlbertForTokenClassification extends ForTokenClassification<AlbertConfig> {
  static readonly architecture = 'AlbertForTokenClassification';
  static readonly format = albertFormat;
  static readonly names = albertNames;
  declare readonly albert: AlbertModel;

  constructor(config: Partial<AlbertConfig> = {}) {
    const albert = new AlbertModel(config, { addPoolingLayer: false });
    const { hiddenSize: features, classifierDropoutProb, hiddenDropoutProb } = albert.config;
    super({ albert }, { features, dropout: classifierDropoutProb ?? hiddenDropoutProb });
  }
}
