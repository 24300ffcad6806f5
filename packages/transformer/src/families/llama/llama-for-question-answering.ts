import type { Tensor } from '@gai/core';
import type { Linear } from '@gai/nn';
import { linear } from '../../layers/initial.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { spanLogits } from '../../models/span-logits.ts';
import type { SpanLogits } from '../../models/span-logits.ts';
import { llamaFormat } from './config.ts';
import type { LlamaConfig } from './config.ts';
import { LlamaModel } from './llama-model.ts';
import type { LlamaInputs } from './llama-model.ts';
import { llamaAnsweringNames } from './names.ts';

/**
 * A Llama-style model that finds the answer to a question in a text: at which tokens it starts and ends. The files of this class say
 * `transformer` where the others say `model`; both are read.
 *
 * Train it with `crossEntropy` of both logits over the places, and take the mean.
 * @example
 * const model = new LlamaForQuestionAnswering({ vocabSize: 50, hiddenSize: 16, intermediateSize: 32, numHiddenLayers: 1, numAttentionHeads: 2 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).startLogits.shape; // => [1, 3]
 * @category Llama
 */
export class LlamaForQuestionAnswering extends PretrainedModel<LlamaConfig> {
  static readonly architecture = 'LlamaForQuestionAnswering';
  static readonly format = llamaFormat;
  static readonly names = llamaAnsweringNames;
  readonly transformer: LlamaModel;
  readonly qa_outputs: Linear;

  constructor(config: Partial<LlamaConfig> = {}) {
    const transformer = new LlamaModel(config);
    super(transformer.config);
    const { hiddenSize, initializerRange: std } = transformer.config;
    this.transformer = transformer;
    this.qa_outputs = linear(hiddenSize, 2, { std });
  }

  /** `[batch, time]`, int32 → logits `[batch, time]` of the first and of the last token of the answer. */
  forward(inputIds: Tensor, inputs: LlamaInputs = {}): SpanLogits {
    return spanLogits(this.qa_outputs.forward(this.transformer.forward(inputIds, inputs).lastHiddenState));
  }
}
