import { relu } from '@gai/core';
import type { Tensor } from '@gai/core';
import { Dropout } from '@gai/nn';
import type { Linear } from '@gai/nn';
import { linear } from '../../layers/initial.ts';
import { firstToken } from '../../models/first-token.ts';
import { ModelWithHead } from '../../models/heads/model-with-head.ts';
import { distilbertFormat } from './config.ts';
import type { DistilBertConfig } from './config.ts';
import { DistilBertModel } from './distilbert-model.ts';
import type { DistilBertInputs } from './distilbert-model.ts';
import { distilbertNames } from './names.ts';

/**
 * DistilBERT that sorts whole texts into classes (or, with one label, predicts a number): two maps of the first token, with a ReLU in
 * between.
 *
 * Train it with `crossEntropy`, `bceWithLogits` (several labels at once) or `mse` of `@gai/nn`.
 * @example
 * const model = new DistilBertForSequenceClassification({ vocabSize: 50, dim: 16, hiddenDim: 32, nLayers: 1, nHeads: 2, numLabels: 3 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).shape; // => [1, 3]
 * @see Sanh et al. 2019, https://arxiv.org/abs/1910.01108
 * @category DistilBERT
 */
export class DistilBertForSequenceClassification extends ModelWithHead<DistilBertConfig> {
  static readonly architecture = 'DistilBertForSequenceClassification';
  static readonly format = distilbertFormat;
  static readonly names = distilbertNames;
  declare readonly distilbert: DistilBertModel;
  readonly pre_classifier: Linear;
  readonly classifier: Linear;
  readonly dropout: Dropout;

  constructor(config: Partial<DistilBertConfig> = {}) {
    super({ distilbert: new DistilBertModel(config) });
    const { dim, numLabels, initializerRange: std, seqClassifDropout: p } = this.config;
    this.pre_classifier = linear(dim, dim, { std });
    this.classifier = linear(dim, numLabels, { std });
    this.dropout = new Dropout({ p });
  }

  /** `[batch, time]`, int32 → logits `[batch, numLabels]`. */
  forward(inputIds: Tensor, inputs: DistilBertInputs = {}): Tensor {
    const first = firstToken(this.run(inputIds, inputs).lastHiddenState);
    return this.classifier.forward(this.dropout.forward(relu(this.pre_classifier.forward(first))));
  }
}
