import { ForQuestionAnswering } from '../../models/heads/for-question-answering.ts';
import { distilbertFormat } from './config.ts';
import type { DistilBertConfig } from './config.ts';
import { distilbertNames } from './names.ts';
import { DistilBertModel } from './distilbert-model.ts';

/**
 * DistilBERT that finds the answer to a question in a text: at which tokens it starts and ends.
 *
 * Train it with `crossEntropy` of both logits over the places, and take the mean.
 * @example
 * const model = new DistilBertForQuestionAnswering({ vocabSize: 50, dim: 16, hiddenDim: 32, nLayers: 1, nHeads: 2 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).startLogits.shape; // => [1, 3]
 * @see Sanh et al. 2019, https://arxiv.org/abs/1910.01108
 * @category DistilBERT
 */
export class DistilBertForQuestionAnswering extends ForQuestionAnswering<DistilBertConfig> {
  static readonly architecture = 'DistilBertForQuestionAnswering';
  static readonly format = distilbertFormat;
  static readonly names = distilbertNames;
  declare readonly distilbert: DistilBertModel;

  constructor(config: Partial<DistilBertConfig> = {}) {
    const distilbert = new DistilBertModel(config);
    const { dim: features, qaDropout: dropout } = distilbert.config;
    super({ distilbert }, { features, dropout });
  }
}
