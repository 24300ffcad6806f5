import type { Tensor } from '@gai/core';
import { Dropout } from '@gai/nn';
import type { Linear } from '@gai/nn';
import type { LabelConfig } from '../../config/labels.ts';
import { linear } from '../../layers/initial.ts';
import { ModelWithHead } from './model-with-head.ts';
import type { Body, EncoderInputs } from './model-with-head.ts';

/** What a head is made of besides the number of classes. */
export interface HeadSizes {
  /** Features of a hidden state. */
  readonly features: number;
  /** Probability of a feature to be dropped in training. */
  readonly dropout: number;
}

/** What every configuration says of a head. */
export type HeadConfig = LabelConfig & { readonly initializerRange: number };

/** An encoder that sorts every token into classes by a linear map. */
export abstract class ForTokenClassification<Config extends HeadConfig> extends ModelWithHead<Config> {
  readonly dropout: Dropout;
  readonly classifier: Linear;

  constructor(parts: Readonly<Record<string, Body<Config>>>, { features, dropout }: HeadSizes) {
    super(parts);
    this.dropout = new Dropout({ p: dropout });
    this.classifier = linear(features, this.config.numLabels, { std: this.config.initializerRange });
  }

  /** `[batch, time]`, int32 → logits `[batch, time, numLabels]`. */
  forward(inputIds: Tensor, inputs: EncoderInputs = {}): Tensor {
    return this.classifier.forward(this.dropout.forward(this.run(inputIds, inputs).lastHiddenState));
  }
}
