import type { Tensor } from '@gai/core';
import { Dropout } from '@gai/nn';
import type { Linear } from '@gai/nn';
import { linear } from '../../layers/initial.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { gpt2Format } from './config.ts';
import type { GPT2Config } from './config.ts';
import { GPT2Model } from './gpt2-model.ts';
import type { GPT2Inputs } from './gpt2-model.ts';
import { gpt2Names } from './names.ts';

/**
 * GPT-2 that sorts every token into classes. A token sees only those before it: BERT does better where both sides are known.
 *
 * Train it with {@link tokenLoss}, labels −100 for tokens that do not count.
 * @example
 * const model = new GPT2ForTokenClassification({ vocabSize: 50, nPositions: 8, nEmbd: 16, nLayer: 1, nHead: 2, numLabels: 5 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).shape; // => [1, 3, 5]
 * @category GPT-2
 */
export class GPT2ForTokenClassification extends PretrainedModel<GPT2Config> {
  static readonly architecture = 'GPT2ForTokenClassification';
  static readonly format = gpt2Format;
  static readonly names = gpt2Names;
  readonly transformer: GPT2Model;
  readonly dropout: Dropout;
  readonly classifier: Linear;

  constructor(config: Partial<GPT2Config> = {}) {
    const transformer = new GPT2Model(config);
    super(transformer.config);
    const { nEmbd, numLabels, initializerRange: std, classifierDropout } = transformer.config;
    this.transformer = transformer;
    this.dropout = new Dropout({ p: classifierDropout });
    this.classifier = linear(nEmbd, numLabels, { std });
  }

  /** `[batch, time]`, int32 → logits `[batch, time, numLabels]`. */
  forward(inputIds: Tensor, inputs: GPT2Inputs = {}): Tensor {
    return this.classifier.forward(this.dropout.forward(this.transformer.forward(inputIds, inputs).lastHiddenState));
  }
}
