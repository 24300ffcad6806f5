import type { Tensor } from '@gai/core';
import { ClassificationHead } from '../../models/heads/classification-head.ts';
import { checkLengths, classifyEnded } from '../../models/heads/ended-state.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { t5Format } from './config.ts';
import type { T5Config } from './config.ts';
import { t5Names } from './names.ts';
import { shiftRight } from './shift-right.ts';
import { T5Model } from './t5-model.ts';
import type { T5Inputs } from './t5-model.ts';

const OP = 'T5ForSequenceClassification';

/**
 * T5 that sorts whole texts into classes: a head on what the decoder makes of the last `eosTokenId` of each text, the decoder having been
 * given the text itself, shifted by one.
 *
 * A row without that token has NaN for its logits: the reference refuses such a batch. Train it with `crossEntropy`, `bceWithLogits`
 * (several labels at once) or `mse` of `@gai/nn`.
 * @throws {@link ArgumentError} if the configuration has no `eosTokenId`.
 * @throws {@link ShapeError} if the decoder is given another number of tokens than the encoder.
 * @example
 * const model = new T5ForSequenceClassification({ vocabSize: 50, dModel: 16, dKv: 4, dFf: 32, numLayers: 1, numHeads: 2, numLabels: 3 });
 * model.eval().forward(tensor([[2, 7, 3, 1]], { dtype: 'int32' })).shape; // => [1, 3]
 * @category T5
 */
export class T5ForSequenceClassification extends PretrainedModel<T5Config> {
  static readonly architecture = 'T5ForSequenceClassification';
  static readonly format = t5Format;
  static readonly names = t5Names;
  readonly transformer: T5Model;
  readonly classification_head: ClassificationHead;

  constructor(config: Partial<T5Config> = {}) {
    const transformer = new T5Model(config);
    super(transformer.config);
    this.transformer = transformer;
    const { dModel, numLabels, initializerFactor, classifierDropout } = transformer.config;
    this.classification_head = new ClassificationHead({
      features: dModel,
      classes: numLabels,
      dropout: classifierDropout,
      std: initializerFactor * dModel ** -0.5,
    });
  }

  /** `[batch, time]`, int32 → logits `[batch, numLabels]`. */
  forward(inputIds: Tensor, inputs: T5Inputs = {}): Tensor {
    const decoderInputIds = inputs.decoderInputIds ?? shiftRight(inputIds, this.config);
    checkLengths(OP, inputIds, decoderInputIds);
    const { lastHiddenState } = this.transformer.forward(inputIds, { ...inputs, decoderInputIds });
    const { eosTokenId } = this.config;
    return classifyEnded(OP, lastHiddenState, { inputIds, eosTokenId }, (x) => this.classification_head.forward(x));
  }
}
