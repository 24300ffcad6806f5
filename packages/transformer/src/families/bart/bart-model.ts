import { ArgumentError } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { Embedding } from '@gai/nn';
import { resolveConfig } from '../../config/fields.ts';
import { embedding } from '../../layers/initial.ts';
import { checkHeads, checkInputs, checkMask, checkTokens } from '../../models/checks.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import type { T5DecodeInputs, T5EncodeInputs, T5Encoded, T5Inputs, T5Output } from '../t5/t5-model.ts';
import { BartStack } from './bart-stack.ts';
import { bartFormat } from './config.ts';
import type { BartConfig } from './config.ts';
import { bartNames, bartTables } from './names.ts';

const INPUTS: readonly (keyof T5Inputs)[] = [
  'attentionMask',
  'decoderInputIds',
  'decoderAttentionMask',
  'encoderLastHiddenState',
];

/**
 * BART without a head: an encoder and a decoder with positions that are learned; or Marian and PEGASUS, with sines and cosines. The state
 * dict has the names of Hugging Face's files (`encoder.layers.0.self_attn.q_proj.weight`).
 * @example
 * const model = new BartModel({ vocabSize: 50, dModel: 16, encoderLayers: 1, decoderLayers: 1, encoderFfnDim: 32, decoderFfnDim: 32 });
 * const ids = tensor([[0, 7, 3, 2]], { dtype: 'int32' });
 * model.eval().forward(ids, { decoderInputIds: tensor([[2, 0]], { dtype: 'int32' }) }).lastHiddenState.shape; // => [1, 2, 16]
 * @see Lewis et al. 2019, https://arxiv.org/abs/1910.13461
 * @category BART
 */
export class BartModel extends PretrainedModel<BartConfig> {
  static readonly architecture = 'BartModel';
  static readonly format = bartFormat;
  static readonly names = bartNames;
  static readonly tied = bartTables;
  readonly shared: Embedding | null;
  readonly encoder: BartStack;
  readonly decoder: BartStack;

  constructor(config: Partial<BartConfig> = {}) {
    const resolved = resolveConfig('BartModel', bartFormat.fields, config);
    super(resolved);
    const { dModel, vocabSize, decoderVocabSize, initStd: std, padTokenId: padding } = resolved;
    checkHeads('BartModel', ['dModel', dModel], ['encoderAttentionHeads', resolved.encoderAttentionHeads]);
    checkHeads('BartModel', ['dModel', dModel], ['decoderAttentionHeads', resolved.decoderAttentionHeads]);
    checkTables(resolved);
    const { shareEncoderDecoderEmbeddings: isShared } = resolved;
    const words = (count: number): Embedding => embedding(count, dModel, { std, padding });
    this.shared = isShared ? words(vocabSize) : null;
    this.encoder = new BartStack(resolved, words(vocabSize), false);
    this.decoder = new BartStack(resolved, words(decoderVocabSize), true);
    if (isShared) this.tie(bartTables);
  }

  /** `[batch, time]`, int32 → hidden states of the decoder and of the encoder. */
  forward(inputIds: Tensor, inputs: T5Inputs = {}): T5Output {
    checkInputs('BartModel', inputs, INPUTS);
    const { attentionMask, decoderInputIds, decoderAttentionMask, encoderLastHiddenState } = inputs;
    this.#checkSource(inputIds, attentionMask);
    if (decoderInputIds === undefined) throw noTarget();
    checkTokens('BartModel', decoderInputIds, this.decoder.embed_tokens, this.config.maxPositionEmbeddings);
    checkMask('BartModel', decoderInputIds, decoderAttentionMask);
    const hidden = encoderLastHiddenState ?? this.encoder.forward(inputIds, { attentionMask });
    const lastHiddenState = this.decoder.forward(decoderInputIds, {
      attentionMask: decoderAttentionMask,
      encoder: { hidden, attentionMask },
    });
    return { lastHiddenState, encoderLastHiddenState: hidden };
  }

  /** The encoder, once for a text: `[batch, time]`, int32 → its hidden states, and what the decoder attends to of them. */
  encode(inputIds: Tensor, inputs: T5EncodeInputs = {}): T5Encoded {
    checkInputs('BartModel.encode', inputs, ['attentionMask']);
    const { attentionMask } = inputs;
    this.#checkSource(inputIds, attentionMask);
    const lastHiddenState = this.encoder.forward(inputIds, { attentionMask });
    return { lastHiddenState, cross: this.decoder.cross(lastHiddenState, attentionMask) };
  }

  /** The decoder for new tokens alone: `[batch, time]`, int32 → its hidden states `[batch, time, dModel]`. */
  decode(decoderInputIds: Tensor, inputs: T5DecodeInputs): Tensor {
    checkInputs('BartModel.decode', inputs, ['cache', 'decoderAttentionMask']);
    checkTokens('BartModel', decoderInputIds, this.decoder.embed_tokens, this.config.maxPositionEmbeddings);
    return this.decoder.forward(decoderInputIds, { cache: inputs.cache, attentionMask: inputs.decoderAttentionMask });
  }

  #checkSource(inputIds: Tensor, attentionMask: Tensor | undefined): void {
    checkTokens('BartModel', inputIds, this.encoder.embed_tokens, this.config.maxPositionEmbeddings);
    checkMask('BartModel', inputIds, attentionMask);
  }
}

/** Only Marian's files say that the decoder has words of its own. */
function checkTables({ modelType, vocabSize, decoderVocabSize, shareEncoderDecoderEmbeddings }: BartConfig): void {
  const isOne = shareEncoderDecoderEmbeddings && decoderVocabSize === vocabSize;
  if (isOne || (modelType === 'marian' && !shareEncoderDecoderEmbeddings)) return;
  throw new ArgumentError(
    `BartModel: the tables of words do not fit. Got vocabSize ${vocabSize}, decoderVocabSize ${decoderVocabSize} and ` +
      `shareEncoderDecoderEmbeddings ${shareEncoderDecoderEmbeddings} for ${modelType}; expected one table, or two with modelType marian. ` +
      `Change one.`,
    { op: 'BartModel', details: { vocabSize, decoderVocabSize, modelType } },
  );
}

const noTarget = (): ArgumentError =>
  new ArgumentError(
    `BartModel: the decoder has nothing to begin with. Got no decoderInputIds; expected int32 [batch,time]. Pass shiftRight(labels, ` +
      `model.config) to train, or a column of decoderStartTokenId to begin.`,
    { op: 'BartModel' },
  );
