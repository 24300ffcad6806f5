import type { Tensor } from '@gai/core';
import { Dropout } from '@gai/nn';
import type { Linear } from '@gai/nn';
import { linear } from '../../layers/initial.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { llamaFormat } from './config.ts';
import type { LlamaConfig } from './config.ts';
import { LlamaModel } from './llama-model.ts';
import type { LlamaInputs } from './llama-model.ts';
import { llamaNames } from './names.ts';

/**
 * A Llama-style model that sorts every token into classes. A token sees only those before it: BERT does better where both sides are
 * known.
 *
 * Train it with {@link tokenLoss}, labels −100 for tokens that do not count.
 * @example
 * const model = new LlamaForTokenClassification({ vocabSize: 50, hiddenSize: 16, intermediateSize: 32, numHiddenLayers: 1, numAttentionHeads: 2, numLabels: 5 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).shape; // => [1, 3, 5]
 * @category Llama
 */
export class LlamaForTokenClassification extends PretrainedModel<LlamaConfig> {
  static readonly architecture = 'LlamaForTokenClassification';
  static readonly format = llamaFormat;
  static readonly names = llamaNames;
  readonly model: LlamaModel;
  readonly dropout: Dropout;
  readonly score: Linear;

  constructor(config: Partial<LlamaConfig> = {}) {
    const model = new LlamaModel(config);
    super(model.config);
    const { hiddenSize, numLabels, initializerRange: std, classifierDropout } = model.config;
    this.model = model;
    this.dropout = new Dropout({ p: classifierDropout });
    this.score = linear(hiddenSize, numLabels, { std });
  }

  /** `[batch, time]`, int32 → logits `[batch, time, numLabels]`. */
  forward(inputIds: Tensor, inputs: LlamaInputs = {}): Tensor {
    return this.score.forward(this.dropout.forward(this.model.forward(inputIds, inputs).lastHiddenState));
  }
}
