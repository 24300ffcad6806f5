import { ArgumentError } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { CacheView, Embedding, KeysValues } from '@gai/nn';
import { resolveConfig } from '../../config/fields.ts';
import { embedding } from '../../layers/initial.ts';
import { checkInputs, checkMask, checkTokens } from '../../models/checks.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { t5Format } from './config.ts';
import type { T5Config } from './config.ts';
import { t5Names } from './names.ts';
import { T5Stack } from './t5-stack.ts';

/**
 * What T5 takes besides the token ids of the encoder.
 * @category T5
 */
export interface T5Inputs {
  /** `[batch, time]`: 0 or false for tokens of the encoder that only fill up a batch. Default: all count. */
  readonly attentionMask?: Tensor | undefined;
  /** `[batch, targetTime]`, int32: what the decoder has so far; see {@link shiftRight} for training. Needed. */
  readonly decoderInputIds?: Tensor | undefined;
  /** `[batch, targetTime]`: 0 or false for tokens of the decoder that only fill up a batch. Default: all count. */
  readonly decoderAttentionMask?: Tensor | undefined;
  /** `[batch, time, dModel]`: what the encoder gave before, in place of running it. */
  readonly encoderLastHiddenState?: Tensor | undefined;
}

const INPUTS: readonly (keyof T5Inputs)[] = [
  'attentionMask',
  'decoderInputIds',
  'decoderAttentionMask',
  'encoderLastHiddenState',
];

/**
 * What {@link T5Model} gives.
 * @category T5
 */
export interface T5Output {
  /** `[batch, targetTime, dModel]`, of the decoder. */
  readonly lastHiddenState: Tensor;
  /** `[batch, time, dModel]`. */
  readonly encoderLastHiddenState: Tensor;
}

/**
 * What T5's encoder takes besides token ids.
 * @category T5
 */
export type T5EncodeInputs = Pick<T5Inputs, 'attentionMask'>;

/**
 * What {@link T5Model.encode} gives.
 * @category T5
 */
export interface T5Encoded {
  /** `[batch, time, dModel]`. */
  readonly lastHiddenState: Tensor;
  /** Keys and values of each layer of the decoder, with what counts in front: for `KeyValueCache.setCross`. */
  readonly cross: readonly KeysValues[];
}

/**
 * What T5 takes to go on with a text.
 * @category T5
 */
export interface T5DecodeInputs {
  /** The tokens before and the encoder's keys and values; `cache.rows()` are those of the new tokens afterwards. */
  readonly cache: CacheView;
  /** `[batch, time]`: 0 or false for new tokens that only fill up a batch: they are not kept. Default: all count. */
  readonly decoderAttentionMask?: Tensor | undefined;
}

/**
 * T5 without a head: an encoder that reads in both directions, and a decoder that attends to it.
 *
 * No position embeddings, but biases by distance, whose table the layers of a stack share; RMS norms before each part; no biases and no
 * scale in attention. T5 1.1 has a gate in its feed-forward parts. The state dict has the names of Hugging Face's files
 * (`encoder.block.0.layer.0.SelfAttention.q.weight`).
 * @example
 * const model = new T5Model({ vocabSize: 50, dModel: 16, dKv: 4, dFf: 32, numLayers: 1, numHeads: 2 });
 * const ids = tensor([[2, 7, 3]], { dtype: 'int32' });
 * model.eval().forward(ids, { decoderInputIds: tensor([[0, 9]], { dtype: 'int32' }) }).lastHiddenState.shape; // => [1, 2, 16]
 * @see Raffel et al. 2020, https://arxiv.org/abs/1910.10683
 * @category T5
 */
export class T5Model extends PretrainedModel<T5Config> {
  static readonly architecture: string = 'T5Model';
  static readonly format = t5Format;
  static readonly names = t5Names;
  readonly shared: Embedding;
  readonly encoder: T5Stack;
  readonly decoder: T5Stack;

  constructor(config: Partial<T5Config> = {}) {
    const resolved = resolveConfig('T5Model', t5Format.fields, config);
    super(resolved);
    this.shared = embedding(resolved.vocabSize, resolved.dModel, { std: resolved.initializerFactor });
    this.encoder = new T5Stack(resolved, this.shared, false);
    this.decoder = new T5Stack(resolved, this.shared, true);
  }

  /** `[batch, time]`, int32 → hidden states of the decoder and of the encoder. */
  forward(inputIds: Tensor, inputs: T5Inputs = {}): T5Output {
    return runT5(this, inputIds, inputs);
  }

  /** The encoder, once for a text: `[batch, time]`, int32 → its hidden states, and what the decoder attends to of them. */
  encode(inputIds: Tensor, inputs: T5EncodeInputs = {}): T5Encoded {
    return encodeT5(this, inputIds, inputs);
  }

  /** The decoder for new tokens alone: `[batch, time]`, int32 → its hidden states `[batch, time, dModel]`. */
  decode(decoderInputIds: Tensor, inputs: T5DecodeInputs): Tensor {
    return decodeT5(this, decoderInputIds, inputs);
  }
}

/** What the classes of T5 have in common. */
interface Stacks {
  readonly encoder: T5Stack;
  readonly decoder: T5Stack;
}

/** The encoder, and the keys and values that the decoder makes of it. */
export function encodeT5({ encoder, decoder }: Stacks, inputIds: Tensor, inputs: T5EncodeInputs): T5Encoded {
  checkInputs('T5.encode', inputs, ['attentionMask']);
  const { attentionMask } = inputs;
  checkTokens('T5', inputIds, encoder.embed_tokens);
  checkMask('T5', inputIds, attentionMask);
  const lastHiddenState = encoder.forward(inputIds, { attentionMask });
  return { lastHiddenState, cross: decoder.cross(lastHiddenState, attentionMask) };
}

/** The decoder for new tokens alone. */
export function decodeT5({ decoder }: Pick<Stacks, 'decoder'>, inputIds: Tensor, inputs: T5DecodeInputs): Tensor {
  checkInputs('T5.decode', inputs, ['cache', 'decoderAttentionMask']);
  checkTokens('T5', inputIds, decoder.embed_tokens);
  return decoder.forward(inputIds, { cache: inputs.cache, attentionMask: inputs.decoderAttentionMask });
}

/** The encoder, then the decoder. */
export function runT5({ encoder, decoder }: Stacks, inputIds: Tensor, inputs: T5Inputs): T5Output {
  checkInputs('T5', inputs, INPUTS);
  const { attentionMask, decoderInputIds, decoderAttentionMask, encoderLastHiddenState } = inputs;
  checkTokens('T5', inputIds, encoder.embed_tokens);
  if (decoderInputIds === undefined) throw noTarget();
  checkTokens('T5', decoderInputIds, decoder.embed_tokens);
  checkMask('T5', inputIds, attentionMask);
  checkMask('T5', decoderInputIds, decoderAttentionMask);
  const hidden = encoderLastHiddenState ?? encoder.forward(inputIds, { attentionMask });
  const lastHiddenState = decoder.forward(decoderInputIds, {
    attentionMask: decoderAttentionMask,
    encoder: { hidden, attentionMask },
  });
  return { lastHiddenState, encoderLastHiddenState: hidden };
}

const noTarget = (): ArgumentError =>
  new ArgumentError(
    `T5: the decoder has nothing to begin with. Got no decoderInputIds; expected int32 [batch,time]. Pass shiftRight(labels, model) to ` +
      `train, or a column of decoderStartTokenId to begin.`,
    { op: 'T5' },
  );
