import { ArgumentError } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { quoted } from '@gai/core/io';
import { hasEncoder, isLanguageModel } from '../models/generative.ts';
import type { CausalLanguageModel } from '../models/generative.ts';
import { isToken, noSuchToken } from '../models/no-such-token.ts';
import { foresee } from './foresee.ts';

/**
 * A model that scores the token behind each from those before it: what {@link perplexity} reads with.
 * @category Scoring
 */
export interface ScoringModel extends CausalLanguageModel {
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
 * @throws {@link ArgumentError} if the model is none that foresees, there are too few tokens, one that it lacks, or windows that do not fit.
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
  if (!isLanguageModel(model) || hasEncoder(model)) throw bothWays(model);
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
  { decoding: { context } }: ScoringModel,
  { window: wanted, stride: step }: PerplexityOptions,
): { readonly window: number; readonly stride: number } {
  const window = wanted ?? Math.min(context, LONGEST);
  if (!Number.isSafeInteger(window) || window < 2 || window > context) {
    throw refused('window is out of range', String(window), `a whole number from 2 to ${context}`);
  }
  const stride = step ?? Math.max(1, Math.floor(window / 2));
  if (!Number.isSafeInteger(stride) || stride < 1 || stride >= window) {
    // Of windows that do not overlap, the first token would be foreseen from nothing.
    throw refused('stride is out of range', String(stride), `a whole number from 1 to ${window - 1}, below the window`);
  }
  return { window, stride };
}

function checkIds({ decoding: { vocabulary } }: ScoringModel, ids: readonly number[]): void {
  if (!Array.isArray(ids) || ids.length < 2) {
    const got = Array.isArray(ids) ? `${ids.length} tokens` : typeof ids;
    throw refused('there is nothing to foresee', got, 'a list of two tokens or more');
  }
  const strange = ids.find((id) => !isToken(id, vocabulary));
  if (strange !== undefined) throw noSuchToken('perplexity', quoted(strange), vocabulary);
}

/** A model that sees what it is to foresee would foresee it all. */
function bothWays(model: unknown): ArgumentError {
  const got = typeof model === 'object' && model !== null ? model.constructor.name : quoted(model);
  return new ArgumentError(
    `perplexity: this model does not foresee a text. Got ${got}; expected a causal language model such as GPT2LMHeadModel or ` +
      `LlamaForCausalLM, in which no token sees those behind it. Read it with AutoModelForCausalLM.`,
    { op: 'perplexity' },
  );
}

const refused = (what: string, got: string, expected: string): ArgumentError =>
  new ArgumentError(`perplexity: ${what}. Got ${got}; expected ${expected}. Change it.`, { op: 'perplexity' });
