import { ArgumentError } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import { foresee } from './foresee.ts';

/**
 * A model that scores the token behind each: what {@link perplexity} reads with.
 * @category Scoring
 */
export interface ScoringModel extends PretrainedModel {
  /** `[batch, time]`, int32 → logits `[batch, time, vocabulary]`. */
  forward(inputIds: Tensor): Tensor;
}

/**
 * How {@link perplexity} reads a text.
 * @category Scoring
 */
export interface PerplexityOptions {
  /** Tokens that the model sees at once. Default: as many as it has positions, 1024 at most. */
  readonly window?: number | undefined;
  /**
   * Tokens from one window to the next: each is foreseen from at least `window − stride` before it. Fewer take longer, and foresee better.
   * Default: half a window.
   */
  readonly stride?: number | undefined;
  /** Ends the work between two windows; the call then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Is told how much of the text was read, from 0 to 1. */
  readonly onProgress?: ((part: number) => void) | undefined;
}

/**
 * How well a model foresaw a text.
 * @category Scoring
 */
export interface PerplexityScore {
  /** −log of the probability of all tokens but the first, in nats. */
  readonly nats: number;
  /** How many tokens were foreseen: all but the first, which nothing comes before. */
  readonly tokens: number;
  /** `nats / tokens`. */
  readonly natsPerToken: number;
  /** `exp(nats / tokens)`. */
  readonly perplexity: number;
}

/**
 * How well a language model foresees a text of any length, through a window that slides over it: `exp(−1/n Σ log p(xᵢ | x before))`.
 *
 * Every token but the first counts once, in the first window it is in. Models of different tokenizers compare by nats per character, not
 * by this: divide `nats` by the characters of the text.
 * @param model - A causal language model; it is evaluated without dropout.
 * @param ids - The tokens of the text, at least two.
 * @throws {@link ArgumentError} if there are too few tokens, one that the model lacks, or windows that do not fit.
 * @example
 * const model = new GPT2LMHeadModel({ vocabSize: 50, nPositions: 8, nEmbd: 16, nLayer: 1, nHead: 2 });
 * const { tokens, perplexity: score } = await perplexity(model, [2, 7, 3, 5, 2, 7, 3, 5, 2, 7], { stride: 4 });
 * tokens; // => 9
 * Math.abs(score - 50) < 5; // => true
 * @see https://huggingface.co/docs/transformers/perplexity
 * @category Scoring
 */
export async function perplexity(
  model: ScoringModel,
  ids: readonly number[],
  options: PerplexityOptions = {},
): Promise<PerplexityScore> {
  checkOptionNames('perplexity', options, ['window', 'stride', 'signal', 'onProgress']);
  checkIds(model, ids);
  const { window, stride } = sizesOf(model, options);
  // Of a window the last token is foreseen only; a short text takes no longer one than it is.
  const length = Math.min(window, ids.length) - 1;
  const tokens = ids.length - 1;
  let [nats, read] = [0, 0];
  options.signal?.throwIfAborted();
  for await (const found of foresee(model, [ids], { length, stride: Math.min(stride, length), batchSize: 1 })) {
    nats += found.nats;
    read += found.tokens;
    options.onProgress?.(read / tokens);
    if (read < tokens) options.signal?.throwIfAborted();
  }
  return { nats, tokens, natsPerToken: nats / tokens, perplexity: Math.exp(nats / tokens) };
}

/** Logits of longer windows take gigabytes where the vocabulary is large. */
const LONGEST = 1024;

function sizesOf(
  { config }: PretrainedModel,
  { window: wanted, stride: step }: PerplexityOptions,
): { readonly window: number; readonly stride: number } {
  const { nPositions, maxPositionEmbeddings } = config as {
    readonly nPositions?: number;
    readonly maxPositionEmbeddings?: number;
  };
  const positions = nPositions ?? maxPositionEmbeddings ?? LONGEST;
  const window = wanted ?? Math.min(positions, LONGEST);
  if (!Number.isSafeInteger(window) || window < 2 || window > positions) {
    throw refused('window is out of range', String(window), `a whole number from 2 to ${positions}`);
  }
  const stride = step ?? Math.max(1, Math.floor(window / 2));
  if (!Number.isSafeInteger(stride) || stride < 1 || stride >= window) {
    // Of windows that do not overlap, the first token would be foreseen from nothing.
    throw refused('stride is out of range', String(stride), `a whole number from 1 to ${window - 1}, below the window`);
  }
  return { window, stride };
}

function checkIds({ config }: PretrainedModel, ids: readonly number[]): void {
  const { vocabSize } = config as { readonly vocabSize: number };
  if (!Array.isArray(ids) || ids.length < 2) {
    const got = Array.isArray(ids) ? `${ids.length} tokens` : typeof ids;
    throw refused('there is nothing to foresee', got, 'a list of two tokens or more');
  }
  const strange = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabSize);
  if (strange !== undefined)
    throw refused('there is no such token', String(strange), `whole numbers from 0 to ${vocabSize - 1}`);
}

const refused = (what: string, got: string, expected: string): ArgumentError =>
  new ArgumentError(`perplexity: ${what}. Got ${got}; expected ${expected}. Change it.`, { op: 'perplexity' });
