import type { Tensor } from '@gai/core';
import { Dropout } from '@gai/nn';
import type { Linear } from '@gai/nn';
import { linear } from '../../layers/initial.ts';
import type { HeadConfig, HeadSizes } from './for-token-classification.ts';
import { ModelWithHead } from './model-with-head.ts';
import type { Body, EncoderInputs } from './model-with-head.ts';

/** An encoder that sorts whole texts into classes by a linear map of the pooled first token. */
export abstract class ForPooledClassification<Config extends HeadConfig> extends ModelWithHead<Config> {
  readonly dropout: Dropout;
  readonly classifier: Linear;

  constructor(parts: Readonly<Record<string, Body<Config>>>, { features, dropout }: HeadSizes) {
    super(parts);
    this.dropout = new Dropout({ p: dropout });
    this.classifier = linear(features, this.config.numLabels, { std: this.config.initializerRange });
  }

  /** `[batch, time]`, int32 → logits `[batch, numLabels]`. */
  forward(inputIds: Tensor, inputs: EncoderInputs = {}): Tensor {
    return this.classifier.forward(this.dropout.forward(this.run(inputIds, inputs).poolerOutput!));
  }
}
