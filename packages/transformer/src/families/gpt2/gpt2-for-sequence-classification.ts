import type { Tensor } from '@gai/core';
import type { Linear } from '@gai/nn';
import { linear } from '../../layers/initial.ts';
import { lastToken } from '../../models/last-token.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { gpt2Format } from './config.ts';
import type { GPT2Config } from './config.ts';
import { GPT2Model } from './gpt2-model.ts';
import type { GPT2Inputs } from './gpt2-model.ts';
import { gpt2Names } from './names.ts';

/**
 * GPT-2 that sorts whole texts into classes: a linear map of the last token that is not padding.
 *
 * Which token that is follows from `padTokenId`, not from the attention mask, as in the reference.
 * @throws {@link ArgumentError} for several rows if the configuration has no `padTokenId`.
 * @example
 * const model = new GPT2ForSequenceClassification({ vocabSize: 50, nPositions: 8, nEmbd: 16, nLayer: 1, nHead: 2, numLabels: 3 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).shape; // => [1, 3]
 * @category GPT-2
 */
export class GPT2ForSequenceClassification extends PretrainedModel<GPT2Config> {
  static readonly architecture = 'GPT2ForSequenceClassification';
  static readonly format = gpt2Format;
  static readonly names = gpt2Names;
  readonly transformer: GPT2Model;
  readonly score: Linear;

  constructor(config: Partial<GPT2Config> = {}) {
    const transformer = new GPT2Model(config);
    super(transformer.config);
    const { nEmbd, numLabels, initializerRange: std } = transformer.config;
    this.transformer = transformer;
    this.score = linear(nEmbd, numLabels, { std, bias: false });
  }

  /** `[batch, time]`, int32 → logits `[batch, numLabels]`. */
  forward(inputIds: Tensor, inputs: GPT2Inputs = {}): Tensor {
    const { lastHiddenState } = this.transformer.forward(inputIds, inputs);
    const { padTokenId } = this.config;
    return this.score.forward(lastToken('GPT2ForSequenceClassification', lastHiddenState, inputIds, padTokenId));
  }
}
