import { add, maximum, minimum, sub, unsqueeze } from '@gai/core';
import type { Dim, Tensor } from '@gai/core';
import type { CacheView, KeyValueCacheOptions, KeysValues } from '@gai/nn';
import { stateAt } from './last-token.ts';
import type { PretrainedModel } from './pretrained-model.ts';

/**
 * What a model that writes needs of a cache, and how far it reaches.
 * @category Generation
 */
export interface DecodingSizes extends Pick<KeyValueCacheOptions, 'layers' | 'heads' | 'depth'> {
  /** Tokens that it scores. */
  readonly vocabulary: number;
  /** Most tokens of a row, the prompt's among them: Infinity where positions have no end. */
  readonly positions: number;
  /**
   * Tokens up to which what the cache holds of a row stays right as the row grows; a longer prompt is computed at once, and nothing of it is
   * kept for other calls. Default: without end.
   */
  readonly steadyLength?: number | undefined;
}

/**
 * The tokens before, and how many of the new tokens count in each row: the first ones.
 * @category Generation
 */
export interface NextInputs {
  readonly cache: CacheView;
  /** `[batch]`, int32. */
  readonly counts: Tensor;
}

/**
 * A language model that {@link generate} can write with: each token looks back at those before it.
 * @category Generation
 */
export interface CausalLanguageModel extends PretrainedModel {
  readonly decoding: DecodingSizes;
  /** `[batch, time]`, int32, new tokens → scores of the token behind the last one that counts, `[batch, vocabulary]`. */
  nextScores(inputIds: Tensor, inputs: NextInputs): Tensor;
}

/**
 * A language model that {@link inspect} can look into: a stack of layers between the words and the scores, and nothing beside it.
 * @category Inspecting
 */
export interface DecoderLanguageModel extends CausalLanguageModel {
  /** Heads of the queries in each layer. */
  readonly queryHeads: number;
  /** `[batch, time]`, int32 → logits `[batch, time, vocabulary]`. */
  forward(inputIds: Tensor): Tensor;
  /** What the end of the model makes of hidden states, its last norm included: `[…, features]` → logits `[…, vocabulary]`. */
  readOut(hidden: Tensor): Tensor;
}

/**
 * The same with an encoder, whose text every token looks at.
 * @category Generation
 */
export interface Seq2SeqLanguageModel extends CausalLanguageModel {
  /** The encoder's keys and values for every layer of the decoder, for `KeyValueCache.setCross`. */
  encode(
    inputIds: Tensor,
    inputs: { readonly attentionMask?: Tensor | undefined },
  ): { readonly cross: readonly KeysValues[] };
}

/** `[batch, time]`: positions behind the tokens before; what only fills up a batch has that of the last token that counts. */
export function newPositions({ cache, counts }: NextInputs, time: Dim): Tensor {
  const last = sub(add(cache.lengths, maximum(counts, 1)), 1);
  return minimum(cache.positions(time), unsqueeze(last, 1));
}

/** The hidden state of the last token that counts: `[batch, time, features]` → `[batch, features]`. */
export function lastCounted(hidden: Tensor, counts: Tensor): Tensor {
  const last = unsqueeze(maximum(sub(counts, 1), 0), [1, 2]); // [batch, 1, 1]
  return stateAt(hidden, last);
}
