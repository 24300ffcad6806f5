import { ForQuestionAnswering } from '../../models/heads/for-question-answering.ts';
import { albertFormat } from './config.ts';
import type { AlbertConfig } from './config.ts';
import { albertNames } from './names.ts';
import { AlbertModel } from './albert-model.ts';

/**
 * ALBERT that finds the answer to a question in a text: at which tokens it starts and ends.
 *
 * Train it with `crossEntropy` of both logits over the places, and take the mean.
 * @example
 * const model = new AlbertForQuestionAnswering({ vocabSize: 50, embeddingSize: 8, hiddenSize: 16, numHiddenLayers: 3, numAttentionHeads: 2, intermediateSize: 32 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).startLogits.shape; // => [1, 3]
 * @see Lan et al. 2020, https://arxiv.org/abs/1909.11942
 * @category ALBERT
 */
export class AlbertForQuestionAnswering extends ForQuestionAnswering<AlbertConfig> {
  static readonly architecture = 'AlbertForQuestionAnswering';
  static readonly format = albertFormat;
  static readonly names = albertNames;
  declare readonly albert: AlbertModel;

  constructor(config: Partial<AlbertConfig> = {}) {
    const albert = new AlbertModel(config, { addPoolingLayer: false });
    super({ albert }, { features: albert.config.hiddenSize });
  }
}
