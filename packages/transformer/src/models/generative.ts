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
  /** Tokens of the longest text that it was made for, at most `positions`: Infinity where nobody says. */
  readonly context: number;
}

/** The tokens before, and how many of the new tokens count in each row: the first ones. */
interface NextInputs {
  readonly cache: CacheView;
  /** `[batch]`, int32. */
  readonly counts: Tensor;
}

/**
 * What the hidden states of a language model depend on besides its tokens.
 * @category Generation
 */
export interface HiddenStateInputs {
  /** `[batch, time]`: 0 or false for tokens that only fill up a batch. Default: all count. */
  readonly attentionMask?: Tensor | undefined;
  /** `[batch, time]` or `[time]`, int32. Default: counted from 0, with `cache` behind the tokens before. */
  readonly positionIds?: Tensor | undefined;
  /** What the tokens before have left; `cache.rows()` are the new tokens' own afterwards. Default: there are none before. */
  readonly cache?: CacheView | undefined;
}

/**
 * A language model that {@link generate} can write with: each token looks back at those before it. Its forward run in two parts, so that
 * nobody computes scores of places that are not asked for: `logits(hiddenStates(ids))`.
 * @category Generation
 */
export interface CausalLanguageModel extends PretrainedModel {
  readonly decoding: DecodingSizes;
  /** `[batch, time]`, int32 → what the scores are made of, the last norm included, `[batch, time, features]`. */
  hiddenStates(inputIds: Tensor, inputs?: HiddenStateInputs): Tensor;
  /** Hidden states `[…, features]` → scores of the token behind each, `[…, vocabulary]`. */
  logits(hidden: Tensor): Tensor;
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
  /** What the end of the model makes of the states between layers, its last norm included: `[…, features]` → logits `[…, vocabulary]`. */
  readOut(hidden: Tensor): Tensor;
}

/**
 * The same with an encoder, whose text every token looks at: the decoder's hidden states take a `cache` that has its keys and values.
 * @category Generation
 */
export interface Seq2SeqLanguageModel extends CausalLanguageModel {
  /** The encoder's keys and values for every layer of the decoder, for `KeyValueCache.setCross`. */
  encode(
    inputIds: Tensor,
    inputs: { readonly attentionMask?: Tensor | undefined },
  ): { readonly cross: readonly KeysValues[] };
}

/** Whether a value is a model of which the next token can be asked. */
export const isLanguageModel = (model: unknown): model is CausalLanguageModel =>
  typeof model === 'object' && model !== null && 'hiddenStates' in model && 'decoding' in model;

export const hasEncoder = (model: CausalLanguageModel | Seq2SeqLanguageModel): model is Seq2SeqLanguageModel =>
  'encode' in model;

/** New tokens `[batch, time]`, int32 → scores of the token behind the last one that counts, `[batch, vocabulary]`. */
export function nextScores(model: CausalLanguageModel, inputIds: Tensor, inputs: NextInputs): Tensor {
  const positionIds = newPositions(inputs, inputIds.shape[1]!);
  const hidden = model.hiddenStates(inputIds, { cache: inputs.cache, positionIds });
  return model.logits(lastCounted(hidden, inputs.counts));
}

/** `[batch, time]`: positions behind the tokens before; what only fills up a batch has that of the last token that counts. */
function newPositions({ cache, counts }: NextInputs, time: Dim): Tensor {
  const last = sub(add(cache.lengths, maximum(counts, 1)), 1);
  return minimum(cache.positions(time), unsqueeze(last, 1));
}

/** The hidden state of the last token that counts: `[batch, time, features]` → `[batch, features]`. */
function lastCounted(hidden: Tensor, counts: Tensor): Tensor {
  const last = unsqueeze(maximum(sub(counts, 1), 0), [1, 2]); // [batch, 1, 1]
  return stateAt(hidden, last);
}
