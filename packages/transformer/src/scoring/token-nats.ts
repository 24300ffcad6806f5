import { ArgumentError } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkArgument, checkOptionNames } from '@gai/core/ops';
import type { Module } from '@gai/nn';
import { foresee } from './foresee.ts';

/** Settings of {@link tokenNats}. */
export interface TokenNatsOptions {
  /** Tokens that the model sees at once. */
  readonly length: number;
  /**
   * Places between two windows of a long text, 1 … length. Of a window those tokens count that the one before has not seen, so that each has at
   * least `length − stride` before it: less is more exact and takes longer. Default `length / 2`, rounded up.
   */
  readonly stride?: number | undefined;
  /** Windows that run together. Default 16. */
  readonly batchSize?: number | undefined;
}

/**
 * How well texts were foreseen.
 * @category Scoring
 */
export interface TokenNats {
  /** −log of the probability of all tokens but the first of each text, in nats. */
  readonly nats: number;
  /** How many tokens were foreseen. */
  readonly tokens: number;
  /** `exp(nats / tokens)`. */
  readonly perplexity: number;
}

/**
 * How well a causal language model foresees token ids: each token of a text from those before it. Divided by the number of characters it
 * compares models of different tokenizers. Many windows run together; for one text and a model of many positions there is {@link perplexity}.
 * @param model - From ids `[batch, time]` to logits `[batch, time, vocabulary]`. It is measured in evaluation mode.
 * @param texts - The ids of each text; the first of them is given, not foreseen: begin with the token that begins texts.
 * @param options.length - Tokens that the model sees at once.
 * @param options.stride - Places between two windows of a long text. Default half the length.
 * @param options.batchSize - Windows that run together. Default 16.
 * @throws {@link ArgumentError} if an option is out of range, or no text has two tokens.
 * @example
 * const model = new LlamaForCausalLM({ vocabSize: 4, hiddenSize: 8, intermediateSize: 8, numHiddenLayers: 1, numAttentionHeads: 2 });
 * const { tokens, perplexity } = await tokenNats(model, [[0, 1, 2, 3, 1]], { length: 2, stride: 1 });
 * tokens; // => 4
 * Math.round(perplexity); // => 4
 * @category Scoring
 */
export async function tokenNats(
  model: { forward(inputIds: Tensor): Tensor } & Module,
  texts: Iterable<ArrayLike<number>> | AsyncIterable<ArrayLike<number>>,
  options: TokenNatsOptions,
): Promise<TokenNats> {
  const op = 'tokenNats';
  checkOptionNames(op, options, ['length', 'stride', 'batchSize']);
  const { length, stride = Math.ceil(length / 2), batchSize = 16 } = options;
  const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 1;
  checkArgument(isCount(length), length, { op, name: 'length', rule: 'a whole number of 1 or more' });
  checkArgument(isCount(stride) && stride <= length, stride, { op, name: 'stride', rule: `1 to the length ${length}` });
  checkArgument(isCount(batchSize), batchSize, { op, name: 'batchSize', rule: 'a whole number of 1 or more' });
  let [nats, tokens] = [0, 0];
  for await (const found of foresee(model, texts, { length, stride, batchSize })) {
    nats += found.nats;
    tokens += found.tokens;
  }
  if (tokens > 0) return { nats, tokens, perplexity: Math.exp(nats / tokens) };
  throw new ArgumentError(
    `${op}: there is nothing to foresee. Got no text of two tokens or more; expected at least one. Begin each with the token that ` +
      `begins texts.`,
    { op, details: { tokens } },
  );
}
