import type { Tensor } from '@gai/core';
import type { Linear } from '@gai/nn';
import { linear } from '../../layers/initial.ts';
import { lastToken } from '../../models/last-token.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { llamaFormat } from './config.ts';
import type { LlamaConfig } from './config.ts';
import { LlamaModel } from './llama-model.ts';
import type { LlamaInputs } from './llama-model.ts';
import { llamaNames } from './names.ts';

/**
 * A Llama-style model that sorts whole texts into classes (or gives a reward): a linear map of the last token that is not padding.
 *
 * Which token that is follows from `padTokenId`, not from the attention mask, as in the reference.
 * @throws {@link ArgumentError} for several rows if the configuration has no `padTokenId`.
 * @example
 * const model = new LlamaForSequenceClassification({ vocabSize: 50, hiddenSize: 16, intermediateSize: 32, numHiddenLayers: 1, numAttentionHeads: 2, numLabels: 3 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).shape; // => [1, 3]
 * @category Llama
 */
export class LlamaForSequenceClassification extends PretrainedModel<LlamaConfig> {
  static readonly architecture = 'LlamaForSequenceClassification';
  static readonly format = llamaFormat;
  static readonly names = llamaNames;
  readonly model: LlamaModel;
  readonly score: Linear;

  constructor(config: Partial<LlamaConfig> = {}) {
    const model = new LlamaModel(config);
    super(model.config);
    const { hiddenSize, numLabels, initializerRange: std } = model.config;
    this.model = model;
    this.score = linear(hiddenSize, numLabels, { std, bias: false });
  }

  /** `[batch, time]`, int32 → logits `[batch, numLabels]`. */
  forward(inputIds: Tensor, inputs: LlamaInputs = {}): Tensor {
    const { lastHiddenState } = this.model.forward(inputIds, inputs);
    const { padTokenId } = this.config;
    return this.score.forward(lastToken('LlamaForSequenceClassification', lastHiddenState, inputIds, padTokenId));
  }
}
