import type { Tensor } from '@gai/core';
import { Dropout } from '@gai/nn';
import type { Linear } from '@gai/nn';
import { linear } from '../../layers/initial.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { BertModel } from './bert-model.ts';
import type { BertInputs } from './bert-model.ts';
import { bertFormat } from './config.ts';
import type { BertConfig } from './config.ts';
import { bertNames } from './names.ts';

/**
 * BERT that sorts every token into classes, as for names of persons and places.
 *
 * Train it with {@link tokenLoss}, labels −100 for tokens that do not count.
 * @example
 * const model = new BertForTokenClassification({ vocabSize: 50, hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2, numLabels: 5 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).shape; // => [1, 3, 5]
 * @see Devlin et al. 2018, section 5.3, https://arxiv.org/abs/1810.04805
 * @category BERT
 */
export class BertForTokenClassification extends PretrainedModel<BertConfig> {
  static readonly architecture = 'BertForTokenClassification';
  static readonly format = bertFormat;
  static readonly names = bertNames;
  readonly bert: BertModel;
  readonly dropout: Dropout;
  readonly classifier: Linear;

  constructor(config: Partial<BertConfig> = {}) {
    const bert = new BertModel(config, { addPoolingLayer: false });
    super(bert.config);
    const { hiddenSize, numLabels, initializerRange: std, classifierDropout, hiddenDropoutProb } = bert.config;
    this.bert = bert;
    this.dropout = new Dropout({ p: classifierDropout ?? hiddenDropoutProb });
    this.classifier = linear(hiddenSize, numLabels, { std });
  }

  /** `[batch, time]`, int32 → logits `[batch, time, numLabels]`. */
  forward(inputIds: Tensor, inputs: BertInputs = {}): Tensor {
    return this.classifier.forward(this.dropout.forward(this.bert.forward(inputIds, inputs).lastHiddenState));
  }
}
