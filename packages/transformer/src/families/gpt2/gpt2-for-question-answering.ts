import type { Tensor } from '@gai/core';
import type { Linear } from '@gai/nn';
import { linear } from '../../layers/initial.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { spanLogits } from '../../models/span-logits.ts';
import type { SpanLogits } from '../../models/span-logits.ts';
import { gpt2Format } from './config.ts';
import type { GPT2Config } from './config.ts';
import { GPT2Model } from './gpt2-model.ts';
import type { GPT2Inputs } from './gpt2-model.ts';
import { gpt2Names } from './names.ts';

/**
 * GPT-2 that finds the answer to a question in a text: at which tokens it starts and ends. A token sees only those before it: BERT does
 * better where both sides are known.
 *
 * Train it with `crossEntropy` of both logits over the places, and take the mean.
 * @example
 * const model = new GPT2ForQuestionAnswering({ vocabSize: 50, nPositions: 8, nEmbd: 16, nLayer: 1, nHead: 2 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).startLogits.shape; // => [1, 3]
 * @category GPT-2
 */
export class GPT2ForQuestionAnswering extends PretrainedModel<GPT2Config> {
  static readonly architecture = 'GPT2ForQuestionAnswering';
  static readonly format = gpt2Format;
  static readonly names = gpt2Names;
  readonly transformer: GPT2Model;
  readonly qa_outputs: Linear;

  constructor(config: Partial<GPT2Config> = {}) {
    const transformer = new GPT2Model(config);
    super(transformer.config);
    const { nEmbd, initializerRange: std } = transformer.config;
    this.transformer = transformer;
    this.qa_outputs = linear(nEmbd, 2, { std });
  }

  /** `[batch, time]`, int32 → logits `[batch, time]` of the first and of the last token of the answer. */
  forward(inputIds: Tensor, inputs: GPT2Inputs = {}): SpanLogits {
    return spanLogits(this.qa_outputs.forward(this.transformer.forward(inputIds, inputs).lastHiddenState));
  }
}
