import type { Tensor } from '@gai/core';
import { Dropout } from '@gai/nn';
import type { Linear } from '@gai/nn';
import { linear } from '../../layers/initial.ts';
import { spanLogits } from '../span-logits.ts';
import type { SpanLogits } from '../span-logits.ts';
import { ModelWithHead } from './model-with-head.ts';
import type { Body, EncoderInputs } from './model-with-head.ts';

/** An encoder that finds the answer to a question in a text: at which tokens it starts and ends. */
export abstract class ForQuestionAnswering<
  Config extends { readonly initializerRange: number },
> extends ModelWithHead<Config> {
  readonly dropout: Dropout | null;
  readonly qa_outputs: Linear;

  constructor(
    parts: Readonly<Record<string, Body<Config>>>,
    { features, dropout }: { readonly features: number; readonly dropout?: number },
  ) {
    super(parts);
    this.dropout = dropout === undefined ? null : new Dropout({ p: dropout });
    this.qa_outputs = linear(features, 2, { std: this.config.initializerRange });
  }

  /** `[batch, time]`, int32 → logits `[batch, time]` of the first and of the last token of the answer. */
  forward(inputIds: Tensor, inputs: EncoderInputs = {}): SpanLogits {
    const { lastHiddenState } = this.run(inputIds, inputs);
    return spanLogits(this.qa_outputs.forward(this.dropout?.forward(lastHiddenState) ?? lastHiddenState));
  }
}
