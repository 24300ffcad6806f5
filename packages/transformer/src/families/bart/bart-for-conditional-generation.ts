import { add, zeros } from '@gai/core';
import type { Tensor } from '@gai/core';
import { ModuleBuffer } from '@gai/nn';
import type { Linear } from '@gai/nn';
import { linear } from '../../layers/initial.ts';
import { decoderInputs } from '../../models/decoder-inputs.ts';
import type { DecodingSizes, HiddenStateInputs, Seq2SeqLanguageModel } from '../../models/generative.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import type { T5DecodeInputs, T5EncodeInputs, T5Encoded, T5Inputs } from '../t5/t5-model.ts';
import { BartModel } from './bart-model.ts';
import { bartFormat } from './config.ts';
import type { BartConfig } from './config.ts';
import { bartNames, bartTablesBelow, bartTied, bartTiedApart } from './names.ts';

/**
 * BART that turns one text into another: the scores of every token to come next in the decoder. Marian, which translates, and PEGASUS, which
 * summarises, are kinds of it: `modelType` of the configuration, or of the file, says which.
 *
 * Train it with {@link tokenLoss}, and {@link shiftRight} of the labels as `decoderInputIds`.
 * @example
 * const model = new BartForConditionalGeneration({ vocabSize: 50, dModel: 16, encoderLayers: 1, decoderLayers: 1, encoderFfnDim: 32, decoderFfnDim: 32 });
 * const labels = tensor([[9, 4, 2]], { dtype: 'int32' });
 * const decoderInputIds = shiftRight(labels, model.config);
 * model.eval().forward(tensor([[0, 7, 3, 2]], { dtype: 'int32' }), { decoderInputIds }).shape; // => [1, 3, 50]
 * @see Lewis et al. 2019, https://arxiv.org/abs/1910.13461
 * @category BART
 */
export class BartForConditionalGeneration extends PretrainedModel<BartConfig> implements Seq2SeqLanguageModel {
  static readonly architecture = 'BartForConditionalGeneration';
  static readonly format = bartFormat;
  static readonly names = bartNames;
  static readonly tied = [...bartTablesBelow, ...bartTied, ...bartTiedApart];
  readonly model: BartModel;
  readonly lm_head: Linear;
  /** Added to the scores, and not trained: zeros, but in some of Marian's files. */
  readonly final_logits_bias: ModuleBuffer;

  constructor(config: Partial<BartConfig> = {}) {
    const model = new BartModel(config);
    super(model.config);
    const { dModel, decoderVocabSize, initStd: std, tieWordEmbeddings } = model.config;
    this.model = model;
    this.lm_head = linear(dModel, decoderVocabSize, { std, bias: false });
    this.final_logits_bias = new ModuleBuffer(zeros([1, decoderVocabSize]));
    if (tieWordEmbeddings) this.tie(model.shared === null ? bartTiedApart : bartTied);
  }

  /** `[batch, time]`, int32 → logits `[batch, targetTime, vocabSize]`. */
  forward(inputIds: Tensor, inputs: T5Inputs = {}): Tensor {
    return this.logits(this.model.forward(inputIds, inputs).lastHiddenState);
  }

  /** The encoder, once for a text: `[batch, time]`, int32 → its hidden states, and what the decoder attends to of them. */
  encode(inputIds: Tensor, inputs: T5EncodeInputs = {}): T5Encoded {
    return this.model.encode(inputIds, inputs);
  }

  /** The decoder for new tokens alone: `[batch, time]`, int32 → logits `[batch, time, vocabSize]`. */
  decode(decoderInputIds: Tensor, inputs: T5DecodeInputs): Tensor {
    return this.logits(this.model.decode(decoderInputIds, inputs));
  }

  /** What the decoder's cache holds, and how far it reaches: for {@link generate}. */
  get decoding(): DecodingSizes {
    const { decoderLayers: layers, decoderAttentionHeads: heads, dModel, decoderVocabSize } = this.config;
    const positions = this.config.maxPositionEmbeddings;
    return { layers, heads, depth: dModel / heads, vocabulary: decoderVocabSize, positions, context: positions };
  }

  /**
   * The decoder for new tokens alone: `[batch, time]`, int32 → hidden states `[batch, time, dModel]`, of which the logits are made.
   * @param inputs - Its `cache` is needed, with the encoder's keys and values.
   */
  hiddenStates(decoderInputIds: Tensor, inputs: HiddenStateInputs = {}): Tensor {
    return this.model.decoder.forward(
      decoderInputIds,
      decoderInputs('BartForConditionalGeneration.hiddenStates', inputs),
    );
  }

  /** Hidden states of the decoder `[…, dModel]` → logits `[…, vocabSize]`. */
  logits(hidden: Tensor): Tensor {
    return add(this.lm_head.forward(hidden), this.final_logits_bias);
  }
}
