import type { Tensor } from '@gai/core';
import { firstToken } from '../first-token.ts';
import { ClassificationHead } from './classification-head.ts';
import type { HeadConfig, HeadSizes } from './for-token-classification.ts';
import { ModelWithHead } from './model-with-head.ts';
import type { Body, EncoderInputs } from './model-with-head.ts';

/** An encoder that sorts whole texts into classes by two maps of the first token, without a pooler. */
export abstract class ForFirstTokenClassification<Config extends HeadConfig> extends ModelWithHead<Config> {
  readonly classifier: ClassificationHead;

  constructor(
    parts: Readonly<Record<string, Body<Config>>>,
    { act, ...sizes }: HeadSizes & { readonly act?: (x: Tensor) => Tensor },
  ) {
    super(parts);
    const { numLabels: classes, initializerRange: std } = this.config;
    this.classifier = new ClassificationHead({ ...sizes, classes, std, act });
  }

  /** `[batch, time]`, int32 → logits `[batch, numLabels]`. */
  forward(inputIds: Tensor, inputs: EncoderInputs = {}): Tensor {
    return this.classifier.forward(firstToken(this.run(inputIds, inputs).lastHiddenState));
  }
}
