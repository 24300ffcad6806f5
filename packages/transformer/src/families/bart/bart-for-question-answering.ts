import type { Tensor } from '@gai/core';
import type { Linear } from '@gai/nn';
import { linear } from '../../layers/initial.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { spanLogits } from '../../models/span-logits.ts';
import type { SpanLogits } from '../../models/span-logits.ts';
import { shiftRight } from '../t5/shift-right.ts';
import type { T5Inputs } from '../t5/t5-model.ts';
import { BartModel } from './bart-model.ts';
import { bartFormat } from './config.ts';
import type { BartConfig } from './config.ts';
import { bartNames, bartTablesBelow } from './names.ts';

/**
 * BART that finds the answer to a question in a text: at which tokens it starts and ends. The decoder is given the text itself, shifted by
 * one.
 *
 * Train it with `crossEntropy` of both logits over the places, and take the mean.
 * @example
 * const model = new BartForQuestionAnswering({ vocabSize: 50, dModel: 16, encoderLayers: 1, decoderLayers: 1, encoderFfnDim: 32, decoderFfnDim: 32 });
 * model.eval().forward(tensor([[0, 7, 3, 2]], { dtype: 'int32' })).startLogits.shape; // => [1, 4]
 * @category BART
 */
export class BartForQuestionAnswering extends PretrainedModel<BartConfig> {
  static readonly architecture = 'BartForQuestionAnswering';
  static readonly format = bartFormat;
  static readonly names = bartNames;
  static readonly tied = bartTablesBelow;
  readonly model: BartModel;
  readonly qa_outputs: Linear;

  constructor(config: Partial<BartConfig> = {}) {
    const model = new BartModel(config);
    super(model.config);
    this.model = model;
    this.qa_outputs = linear(model.config.dModel, 2, { std: model.config.initStd });
  }

  /** `[batch, time]`, int32 → logits `[batch, time]` of the first and of the last token of the answer. */
  forward(inputIds: Tensor, inputs: T5Inputs = {}): SpanLogits {
    const decoderInputIds = inputs.decoderInputIds ?? shiftRight(inputIds, this.config);
    const { lastHiddenState } = this.model.forward(inputIds, { ...inputs, decoderInputIds });
    return spanLogits(this.qa_outputs.forward(lastHiddenState));
  }
}
