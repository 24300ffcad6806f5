import { ForQuestionAnswering } from '../../models/heads/for-question-answering.ts';
import { robertaFormat } from './config.ts';
import type { RobertaConfig } from './config.ts';
import { robertaNames } from './names.ts';
import { RobertaModel } from './roberta-model.ts';

/**
 * RoBERTa that finds the answer to a question in a text: at which tokens it starts and ends.
 *
 * Train it with `crossEntropy` of both logits over the places, and take the mean.
 * @example
 * const model = new RobertaForQuestionAnswering({ vocabSize: 50, hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2 });
 * model.eval().forward(tensor([[0, 7, 2]], { dtype: 'int32' })).startLogits.shape; // => [1, 3]
 * @see Liu et al. 2019, https://arxiv.org/abs/1907.11692
 * @category RoBERTa
 */
export class RobertaForQuestionAnswering extends ForQuestionAnswering<RobertaConfig> {
  static readonly architecture = 'RobertaForQuestionAnswering';
  static readonly format = robertaFormat;
  static readonly names = robertaNames;
  declare readonly roberta: RobertaModel;

  constructor(config: Partial<RobertaConfig> = {}) {
    const roberta = new RobertaModel(config, { addPoolingLayer: false });
    super({ roberta }, { features: roberta.config.hiddenSize });
  }
}
