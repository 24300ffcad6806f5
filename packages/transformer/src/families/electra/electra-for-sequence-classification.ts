import { gelu } from '@gai/core';
import { ForFirstTokenClassification } from '../../models/heads/for-first-token-classification.ts';
import { electraFormat } from './config.ts';
import type { ElectraConfig } from './config.ts';
import { electraNames } from './names.ts';
import { ElectraModel } from './electra-model.ts';

/**
 * ELECTRA that sorts whole texts into classes (or, with one label, predicts a number): two maps of the first token, with the exact GELU in between.
 *
 * Train it with `crossEntropy`, `bceWithLogits` (several labels at once) or `mse` of `@gai/nn`.
 * @example
 * const model = new ElectraForSequenceClassification({ vocabSize: 50, embeddingSize: 8, hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2, numLabels: 3 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).shape; // => [1, 3]
 * @see Clark et al. 2020, https://arxiv.org/abs/2003.10555
 * @category ELECTRA
 */
export class ElectraForSequenceClassification extends ForFirstTokenClassification<ElectraConfig> {
  static readonly architecture = 'ElectraForSequenceClassification';
  static readonly format = electraFormat;
  static readonly names = electraNames;
  declare readonly electra: ElectraModel;

  constructor(config: Partial<ElectraConfig> = {}) {
    const electra = new ElectraModel(config);
    const { hiddenSize: features, classifierDropout, hiddenDropoutProb } = electra.config;
    super({ electra }, { features, dropout: classifierDropout ?? hiddenDropoutProb, act: (x) => gelu(x) });
  }
}
