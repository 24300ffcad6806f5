import type { Tensor } from '@gai/core';
import type { Linear } from '@gai/nn';
import { linear } from '../../layers/initial.ts';
import { spanLogits } from '../../models/span-logits.ts';
import type { SpanLogits } from '../../models/span-logits.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { BertModel } from './bert-model.ts';
import type { BertInputs } from './bert-model.ts';
import { bertFormat } from './config.ts';
import type { BertConfig } from './config.ts';
import { bertNames } from './names.ts';

/**
 * BERT that finds the answer to a question in a text: at which tokens it starts and ends.
 *
 * Train it with `crossEntropy` of both logits over the places, and take the mean.
 * @example
 * const model = new BertForQuestionAnswering({ vocabSize: 50, hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).startLogits.shape; // => [1, 3]
 * @see Devlin et al. 2018, section 4.2, https://arxiv.org/abs/1810.04805
 * @category BERT
 */
export class BertForQuestionAnswering extends PretrainedModel<BertConfig> {
  static readonly architecture = 'BertForQuestionAnswering';
  static readonly format = bertFormat;
  static readonly names = bertNames;
  readonly bert: BertModel;
  readonly qa_outputs: Linear;

  constructor(config: Partial<BertConfig> = {}) {
    const bert = new BertModel(config, { addPoolingLayer: false });
    super(bert.config);
    this.bert = bert;
    this.qa_outputs = linear(bert.config.hiddenSize, 2, { std: bert.config.initializerRange });
  }

  /** `[batch, time]`, int32 → logits `[batch, time]` of the first and of the last token of the answer. */
  forward(inputIds: Tensor, inputs: BertInputs = {}): SpanLogits {
    return spanLogits(this.qa_outputs.forward(this.bert.forward(inputIds, inputs).lastHiddenState));
  }
}
