import { mul } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { Embedding, Linear } from '@gai/nn';
import { linear } from '../../layers/initial.ts';
import { decoderInputs } from '../../models/decoder-inputs.ts';
import type { DecodingSizes, HiddenStateInputs, Seq2SeqLanguageModel } from '../../models/generative.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { t5Format } from './config.ts';
import type { T5Config } from './config.ts';
import { t5Names, t5Tied } from './names.ts';
import { T5Model, decodeT5, encodeT5, runT5 } from './t5-model.ts';
import type { T5DecodeInputs, T5EncodeInputs, T5Encoded, T5Inputs } from './t5-model.ts';
import type { T5Stack } from './t5-stack.ts';

/**
 * T5 that turns one text into another: the scores of every token to come next in the decoder.
 *
 * Version 1.0 computes them with the word embeddings, of hidden states divided by √dModel; version 1.1 has a map of its own. Train it with
 * {@link tokenLoss}, and {@link shiftRight} of the labels as `decoderInputIds`.
 * @example
 * const model = new T5ForConditionalGeneration({ vocabSize: 50, dModel: 16, dKv: 4, dFf: 32, numLayers: 1, numHeads: 2 });
 * const labels = tensor([[9, 4, 1]], { dtype: 'int32' });
 * const decoderInputIds = shiftRight(labels, model.config);
 * model.eval().forward(tensor([[2, 7, 3, 1]], { dtype: 'int32' }), { decoderInputIds }).shape; // => [1, 3, 50]
 * @see Raffel et al. 2020, https://arxiv.org/abs/1910.10683
 * @category T5
 */
export class T5ForConditionalGeneration extends PretrainedModel<T5Config> implements Seq2SeqLanguageModel {
  static readonly architecture = 'T5ForConditionalGeneration';
  static readonly format = t5Format;
  static readonly names = t5Names;
  static readonly tied = t5Tied;
  readonly shared: Embedding;
  readonly encoder: T5Stack;
  readonly decoder: T5Stack;
  readonly lm_head: Linear;

  constructor(config: Partial<T5Config> = {}) {
    const { shared, encoder, decoder, config: resolved } = new T5Model(config);
    super(resolved);
    this.shared = shared;
    this.encoder = encoder;
    this.decoder = decoder;
    const { dModel, vocabSize, initializerFactor: std, tieWordEmbeddings } = resolved;
    this.lm_head = linear(dModel, vocabSize, { std, bias: false });
    if (tieWordEmbeddings) this.tie(t5Tied);
  }

  /** `[batch, time]`, int32 → logits `[batch, targetTime, vocabSize]`. */
  forward(inputIds: Tensor, inputs: T5Inputs = {}): Tensor {
    return this.logits(runT5(this, inputIds, inputs).lastHiddenState);
  }

  /** The encoder, once for a text: `[batch, time]`, int32 → its hidden states, and what the decoder attends to of them. */
  encode(inputIds: Tensor, inputs: T5EncodeInputs = {}): T5Encoded {
    return encodeT5(this, inputIds, inputs);
  }

  /** The decoder for new tokens alone: `[batch, time]`, int32 → logits `[batch, time, vocabSize]`. */
  decode(decoderInputIds: Tensor, inputs: T5DecodeInputs): Tensor {
    return this.logits(decodeT5(this, decoderInputIds, inputs));
  }

  /**
   * The decoder for new tokens alone: `[batch, time]`, int32 → hidden states `[batch, time, dModel]`, of which the logits are made.
   * @param inputs - Its `cache` is needed, with the encoder's keys and values; there are no positions here, but distances.
   */
  hiddenStates(decoderInputIds: Tensor, inputs: HiddenStateInputs = {}): Tensor {
    const { cache, attentionMask } = decoderInputs('T5.hiddenStates', inputs);
    return decodeT5(this, decoderInputIds, { cache, decoderAttentionMask: attentionMask });
  }

  /** Hidden states of the decoder `[…, dModel]` → logits `[…, vocabSize]`. */
  logits(hidden: Tensor): Tensor {
    const { dModel, scaleDecoderOutputs } = this.config;
    return this.lm_head.forward(scaleDecoderOutputs ? mul(hidden, dModel ** -0.5) : hidden);
  }

  /** What the decoder's cache holds: for {@link generate}. */
  get decoding(): DecodingSizes {
    const { numDecoderLayers: layers, numHeads: heads, dKv: depth, vocabSize: vocabulary } = this.config;
    return { layers, heads, depth, vocabulary, positions: Infinity, context: Infinity };
  }
}
