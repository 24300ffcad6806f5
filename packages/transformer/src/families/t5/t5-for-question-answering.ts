import type { Tensor } from '@gai/core';
import type { Embedding, Linear } from '@gai/nn';
import { linear } from '../../layers/initial.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { spanLogits } from '../../models/span-logits.ts';
import type { SpanLogits } from '../../models/span-logits.ts';
import { t5Format } from './config.ts';
import type { T5Config } from './config.ts';
import { t5Names } from './names.ts';
import { shiftRight } from './shift-right.ts';
import { T5Model, runT5 } from './t5-model.ts';
import type { T5Inputs } from './t5-model.ts';
import type { T5Stack } from './t5-stack.ts';

/**
 * T5 that finds the answer to a question in a text: at which tokens it starts and ends. The decoder is given the text itself, shifted by
 * one.
 *
 * Train it with `crossEntropy` of both logits over the places, and take the mean.
 * @example
 * const model = new T5ForQuestionAnswering({ vocabSize: 50, dModel: 16, dKv: 4, dFf: 32, numLayers: 1, numHeads: 2 });
 * model.eval().forward(tensor([[2, 7, 3, 1]], { dtype: 'int32' })).startLogits.shape; // => [1, 4]
 * @category T5
 */
export class T5ForQuestionAnswering extends PretrainedModel<T5Config> {
  static readonly architecture = 'T5ForQuestionAnswering';
  static readonly format = t5Format;
  static readonly names = t5Names;
  readonly shared: Embedding;
  readonly encoder: T5Stack;
  readonly decoder: T5Stack;
  readonly qa_outputs: Linear;

  constructor(config: Partial<T5Config> = {}) {
    const { shared, encoder, decoder, config: resolved } = new T5Model(config);
    super(resolved);
    this.shared = shared;
    this.encoder = encoder;
    this.decoder = decoder;
    this.qa_outputs = linear(resolved.dModel, 2, { std: resolved.initializerFactor * resolved.dModel ** -0.5 });
  }

  /** `[batch, time]`, int32 → logits `[batch, time]` of the first and of the last token of the answer. */
  forward(inputIds: Tensor, inputs: T5Inputs = {}): SpanLogits {
    const decoderInputIds = inputs.decoderInputIds ?? shiftRight(inputIds, this.config);
    return spanLogits(this.qa_outputs.forward(runT5(this, inputIds, { ...inputs, decoderInputIds }).lastHiddenState));
  }
}
