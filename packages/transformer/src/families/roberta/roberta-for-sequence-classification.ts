import { ForFirstTokenClassification } from '../../models/heads/for-first-token-classification.ts';
import { robertaFormat } from './config.ts';
import type { RobertaConfig } from './config.ts';
import { robertaNames } from './names.ts';
import { RobertaModel } from './roberta-model.ts';

/**
 * RoBERTa that sorts whole texts into classes (or, with one label, predicts a number): two maps of the first token, with tanh in between.
 *
 * Train it with `crossEntropy`, `bceWithLogits` (several labels at once) or `mse` of `@gai/nn`.
 * @example
 * const model = new RobertaForSequenceClassification({ vocabSize: 50, hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2, numLabels: 3 });
 * model.eval().forward(tensor([[0, 7, 2]], { dtype: 'int32' })).shape; // => [1, 3]
 * @see Liu et al. 2019, https://arxiv.org/abs/1907.11692
 * @category RoBERTa
 */
export class RobertaForSequenceClassification extends ForFirstTokenClassification<RobertaConfig> {
  static readonly architecture = 'RobertaForSequenceClassification';
  static readonly format = robertaFormat;
  static readonly names = robertaNames;
  declare readonly roberta: RobertaModel;

  constructor(config: Partial<RobertaConfig> = {}) {
    const roberta = new RobertaModel(config, { addPoolingLayer: false });
    const { hiddenSize: features, classifierDropout, hiddenDropoutProb } = roberta.config;
    super({ roberta }, { features, dropout: classifierDropout ?? hiddenDropoutProb });
  }
}
