import { ForQuestionAnswering } from '../../models/heads/for-question-answering.ts';
import { electraFormat } from './config.ts';
import type { ElectraConfig } from './config.ts';
import { electraNames } from './names.ts';
import { ElectraModel } from './electra-model.ts';

/**
 * ELECTRA that finds the answer to a question in a text: at which tokens it starts and ends.
 *
 * Train it with `crossEntropy` of both logits over the places, and take the mean.
 * @example
 * const model = new ElectraForQuestionAnswering({ vocabSize: 50, embeddingSize: 8, hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).startLogits.shape; // => [1, 3]
 * @see Clark et al. 2020, https://arxiv.org/abs/2003.10555
 * @category ELECTRA
 */
export class ElectraForQuestionAnswering extends ForQuestionAnswering<ElectraConfig> {
  static readonly architecture = 'ElectraForQuestionAnswering';
  static readonly format = electraFormat;
  static readonly names = electraNames;
  declare readonly electra: ElectraModel;

  constructor(config: Partial<ElectraConfig> = {}) {
    const electra = new ElectraModel(config);
    super({ electra }, { features: electra.config.hiddenSize });
  }
}
