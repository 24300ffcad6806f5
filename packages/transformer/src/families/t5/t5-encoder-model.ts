import type { Tensor } from '@gai/core';
import type { Embedding } from '@gai/nn';
import { resolveConfig } from '../../config/fields.ts';
import { embedding } from '../../layers/initial.ts';
import { checkInputs, checkMask, checkTokens } from '../../models/checks.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { t5Format } from './config.ts';
import type { T5Config } from './config.ts';
import { t5EncoderNames } from './names.ts';
import { T5Stack } from './t5-stack.ts';

/**
 * The encoder of T5 alone, for embeddings of texts. It reads folders of whole models too.
 * @example
 * const model = new T5EncoderModel({ vocabSize: 50, dModel: 16, dKv: 4, dFf: 32, numLayers: 1, numHeads: 2 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).lastHiddenState.shape; // => [1, 3, 16]
 * @see Raffel et al. 2020, https://arxiv.org/abs/1910.10683
 * @category T5
 */
export class T5EncoderModel extends PretrainedModel<T5Config> {
  static readonly architecture = 'T5EncoderModel';
  static readonly format = t5Format;
  static readonly names = t5EncoderNames;
  readonly shared: Embedding;
  readonly encoder: T5Stack;

  constructor(config: Partial<T5Config> = {}) {
    const resolved = resolveConfig('T5EncoderModel', t5Format.fields, config);
    super(resolved);
    this.shared = embedding(resolved.vocabSize, resolved.dModel, { std: resolved.initializerFactor });
    this.encoder = new T5Stack(resolved, this.shared, false);
  }

  /** `[batch, time]`, int32 → hidden states `[batch, time, dModel]`. */
  forward(
    inputIds: Tensor,
    inputs: { readonly attentionMask?: Tensor | undefined } = {},
  ): { readonly lastHiddenState: Tensor } {
    checkInputs('T5EncoderModel', inputs, ['attentionMask']);
    checkTokens('T5EncoderModel', inputIds, this.encoder.embed_tokens);
    checkMask('T5EncoderModel', inputIds, inputs.attentionMask);
    return { lastHiddenState: this.encoder.forward(inputIds, { attentionMask: inputs.attentionMask }) };
  }
}
