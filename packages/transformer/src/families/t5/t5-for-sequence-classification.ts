import {
  ArgumentError,
  ShapeError,
  equal,
  iota,
  less,
  logicalOr,
  max,
  maximum,
  tanh,
  unsqueeze,
  where,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { Dropout, Module } from '@gai/nn';
import type { Linear } from '@gai/nn';
import { linear } from '../../layers/initial.ts';
import { stateAt } from '../../models/last-token.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { t5Format } from './config.ts';
import type { T5Config } from './config.ts';
import { t5Names } from './names.ts';
import { shiftRight } from './shift-right.ts';
import { T5Model } from './t5-model.ts';
import type { T5Inputs } from './t5-model.ts';

/** `tanh(x W₁ᵀ + b₁) W₂ᵀ + b₂`: `[batch, dModel]` → `[batch, numLabels]`. */
class T5ClassificationHead extends Module {
  readonly dense: Linear;
  readonly dropout: Dropout;
  readonly out_proj: Linear;

  constructor({ dModel, numLabels, initializerFactor, classifierDropout }: T5Config) {
    super();
    const std = initializerFactor * dModel ** -0.5;
    this.dense = linear(dModel, dModel, { std });
    this.dropout = new Dropout({ p: classifierDropout });
    this.out_proj = linear(dModel, numLabels, { std });
  }

  forward(x: Tensor): Tensor {
    const hidden = tanh(this.dense.forward(this.dropout.forward(x)));
    return this.out_proj.forward(this.dropout.forward(hidden));
  }
}

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
  readonly classification_head: T5ClassificationHead;

  constructor(config: Partial<T5Config> = {}) {
    const transformer = new T5Model(config);
    super(transformer.config);
    this.transformer = transformer;
    this.classification_head = new T5ClassificationHead(transformer.config);
  }

  /** `[batch, time]`, int32 → logits `[batch, numLabels]`. */
  forward(inputIds: Tensor, inputs: T5Inputs = {}): Tensor {
    const decoderInputIds = inputs.decoderInputIds ?? shiftRight(inputIds, this.config);
    checkLengths(inputIds, decoderInputIds);
    const { lastHiddenState } = this.transformer.forward(inputIds, { ...inputs, decoderInputIds });
    const places = where(isEnd(inputIds, this.config.eosTokenId), iota(inputIds.shape[1]!), -1);
    const last = max(places, { axis: -1, keepDims: true }); // [batch, 1]
    const ended = stateAt(lastHiddenState, unsqueeze(maximum(last, 0), -1));
    return where(less(last, 0), NaN, this.classification_head.forward(ended));
  }
}

function isEnd(inputIds: Tensor, eosTokenId: T5Config['eosTokenId']): Tensor {
  const [first, ...others] = [eosTokenId ?? []].flat();
  if (first !== undefined) {
    return others.reduce((found, id) => logicalOr(found, equal(inputIds, id)), equal(inputIds, first));
  }
  throw new ArgumentError(
    `T5ForSequenceClassification: it is not known where the texts end. Got no eosTokenId; expected one in the configuration. Set it to ` +
      `the token that ends each text.`,
    { op: 'T5ForSequenceClassification' },
  );
}

function checkLengths(inputIds: Tensor, decoderInputIds: Tensor): void {
  const [time, target] = [inputIds.shape[1], decoderInputIds.shape[1]];
  if (time === target || typeof time !== 'number' || typeof target !== 'number') return;
  throw new ShapeError(
    `T5ForSequenceClassification: the decoder has other places than the text. Got inputIds of ${time} tokens and decoderInputIds of ` +
      `${target}; expected as many. Leave decoderInputIds away: they are made of inputIds.`,
    { op: 'T5ForSequenceClassification', details: { time, target } },
  );
}
