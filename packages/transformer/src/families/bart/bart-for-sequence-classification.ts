import type { Tensor } from '@gai/core';
import { ClassificationHead } from '../../models/heads/classification-head.ts';
import { checkLengths, classifyEnded } from '../../models/heads/ended-state.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { shiftRight } from '../t5/shift-right.ts';
import type { T5Inputs } from '../t5/t5-model.ts';
import { BartModel } from './bart-model.ts';
import { bartFormat } from './config.ts';
import type { BartConfig } from './config.ts';
import { bartNames, bartTablesBelow } from './names.ts';

const OP = 'BartForSequenceClassification';

/**
 * BART that sorts whole texts into classes: a head on what the decoder makes of the last `eosTokenId` of each text, the decoder having been
 * given the text itself, shifted by one.
 *
 * The decoder has no mask of its own unless you pass one, so padding counts there, as in the reference. A row without an end has NaN for its
 * logits. Train it with `crossEntropy`, `bceWithLogits` (several labels at once) or `mse` of `@gai/nn`.
 * @throws {@link ArgumentError} if the configuration has no `eosTokenId`.
 * @throws {@link ShapeError} if the decoder is given another number of tokens than the encoder.
 * @example
 * const model = new BartForSequenceClassification({ vocabSize: 50, dModel: 16, encoderLayers: 1, decoderLayers: 1, encoderFfnDim: 32, decoderFfnDim: 32 });
 * model.eval().forward(tensor([[0, 7, 3, 2]], { dtype: 'int32' })).shape; // => [1, 3]
 * @see Lewis et al. 2019, section 3.1, https://arxiv.org/abs/1910.13461
 * @category BART
 */
export class BartForSequenceClassification extends PretrainedModel<BartConfig> {
  static readonly architecture = OP;
  static readonly format = bartFormat;
  static readonly names = bartNames;
  static readonly tied = bartTablesBelow;
  readonly model: BartModel;
  readonly classification_head: ClassificationHead;

  constructor(config: Partial<BartConfig> = {}) {
    const model = new BartModel(config);
    super(model.config);
    const { dModel: features, numLabels: classes, classifierDropout: dropout, initStd: std } = model.config;
    this.model = model;
    this.classification_head = new ClassificationHead({ features, classes, dropout, std });
  }

  /** `[batch, time]`, int32 → logits `[batch, numLabels]`. */
  forward(inputIds: Tensor, inputs: T5Inputs = {}): Tensor {
    const decoderInputIds = inputs.decoderInputIds ?? shiftRight(inputIds, this.config);
    checkLengths(OP, inputIds, decoderInputIds);
    const { lastHiddenState } = this.model.forward(inputIds, { ...inputs, decoderInputIds });
    const { eosTokenId } = this.config;
    return classifyEnded(OP, lastHiddenState, { inputIds, eosTokenId }, (x) => this.classification_head.forward(x));
  }
}
