import type { Tensor } from '@gai/core';
import { Dropout } from '@gai/nn';
import type { Linear } from '@gai/nn';
import { linear } from '../../layers/initial.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { t5Format } from './config.ts';
import type { T5Config } from './config.ts';
import { t5EncoderNames } from './names.ts';
import { T5EncoderModel } from './t5-encoder-model.ts';

/**
 * The encoder of T5 that sorts every token into classes. It reads folders of whole models too, with `{ numLabels }` for a new head.
 *
 * Train it with {@link tokenLoss}, labels −100 for tokens that do not count.
 * @example
 * const model = new T5ForTokenClassification({ vocabSize: 50, dModel: 16, dKv: 4, dFf: 32, numLayers: 1, numHeads: 2, numLabels: 5 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).shape; // => [1, 3, 5]
 * @category T5
 */
export class T5ForTokenClassification extends PretrainedModel<T5Config> {
  static readonly architecture = 'T5ForTokenClassification';
  static readonly format = t5Format;
  static readonly names = t5EncoderNames;
  readonly transformer: T5EncoderModel;
  readonly dropout: Dropout;
  readonly classifier: Linear;

  constructor(config: Partial<T5Config> = {}) {
    const transformer = new T5EncoderModel(config);
    super(transformer.config);
    const { dModel, numLabels, initializerFactor: std, classifierDropout } = transformer.config;
    this.transformer = transformer;
    this.dropout = new Dropout({ p: classifierDropout });
    this.classifier = linear(dModel, numLabels, { std });
  }

  /** `[batch, time]`, int32 → logits `[batch, time, numLabels]`. */
  forward(inputIds: Tensor, inputs: { readonly attentionMask?: Tensor | undefined } = {}): Tensor {
    const { lastHiddenState } = this.transformer.forward(inputIds, inputs);
    return this.classifier.forward(this.dropout.forward(lastHiddenState));
  }
}
