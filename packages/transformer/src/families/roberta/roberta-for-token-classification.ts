import { ForTokenClassification } from '../../models/heads/for-token-classification.ts';
import { robertaFormat } from './config.ts';
import type { RobertaConfig } from './config.ts';
import { robertaNames } from './names.ts';
import { RobertaModel } from './roberta-model.ts';

/**
 * RoBERTa that sorts every token into classes, as for names of persons and places.
 *
 * Train it with {@link tokenLoss}, labels −100 for tokens that do not count.
 * @example
 * const model = new RobertaForTokenClassification({ vocabSize: 50, hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2, numLabels: 5 });
 * model.eval().forward(tensor([[0, 7, 2]], { dtype: 'int32' })).shape; // => [1, 3, 5]
 * @see Liu et al. 2019, https://arxiv.org/abs/1907.11692
 * @category RoBERTa
 */
export class RobertaForTokenClassification extends ForTokenClassification<RobertaConfig> {
  static readonly architecture = 'RobertaForTokenClassification';
  static readonly format = robertaFormat;
  static readonly names = robertaNames;
  declare readonly roberta: RobertaModel;

  constructor(config: Partial<RobertaConfig> = {}) {
    const roberta = new RobertaModel(config, { addPoolingLayer: false });
    const { hiddenSize: features, classifierDropout, hiddenDropoutProb } = roberta.config;
    super({ roberta }, { features, dropout: classifierDropout ?? hiddenDropoutProb });
  }
}
