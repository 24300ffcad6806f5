import { ForTokenClassification } from '../../models/heads/for-token-classification.ts';
import { electraFormat } from './config.ts';
import type { ElectraConfig } from './config.ts';
import { electraNames } from './names.ts';
import { ElectraModel } from './electra-model.ts';

/**
 * ELECTRA that sorts every token into classes, as for names of persons and places.
 *
 * Train it with {@link tokenLoss}, labels −100 for tokens that do not count.
 * @example
 * const model = new ElectraForTokenClassification({ vocabSize: 50, embeddingSize: 8, hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2, numLabels: 5 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).shape; // => [1, 3, 5]
 * @see Clark et al. 2020, https://arxiv.org/abs/2003.10555
 * @category ELECTRA
 */
export class ElectraForTokenClassification extends ForTokenClassification<ElectraConfig> {
  static readonly architecture = 'ElectraForTokenClassification';
  static readonly format = electraFormat;
  static readonly names = electraNames;
  declare readonly electra: ElectraModel;

  constructor(config: Partial<ElectraConfig> = {}) {
    const electra = new ElectraModel(config);
    const { hiddenSize: features, classifierDropout, hiddenDropoutProb } = electra.config;
    super({ electra }, { features, dropout: classifierDropout ?? hiddenDropoutProb });
  }
}
