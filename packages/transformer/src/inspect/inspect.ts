import { tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import type { DecoderLanguageModel } from '../models/generative.ts';
import { checkInspectIds, checkInspectable, headMaskOf, lensPositionsOf } from './check-inspect.ts';
import { inspectProgramOf } from './inspect-program.ts';

/**
 * What {@link inspect} changes, and looks at.
 * @category Inspecting
 */
export interface InspectOptions {
  /** For each layer a number for each head, by which its output is multiplied: 0 or false switches it off. Default: 1 for all. */
  readonly headMask?: readonly (readonly (number | boolean)[])[] | undefined;
  /** Positions that the logit lens looks at; each costs a product with all words for every layer. Default: all. */
  readonly lensPositions?: readonly number[] | undefined;
}

/**
 * What a model would say if it ended earlier: its last norm and its scores of words, made of the residual stream before each layer and
 * behind the last one.
 * @see nostalgebraist 2020, interpreting GPT: the logit lens
 * @category Inspecting
 */
export interface LogitLens {
  /** The places in the text, in the order of the axis `positions`. */
  readonly positions: readonly number[];
  /** The 10 best next tokens (all, of a smaller vocabulary), the best first, `[layers + 1, positions, 10]`, int32. */
  readonly tokens: Tensor;
  /** The logarithms of their probabilities, in nats. */
  readonly logProbs: Tensor;
}

/**
 * Everything a language model computes of a text; `time` counts its tokens.
 * @category Inspecting
 */
export interface Inspection {
  readonly ids: readonly number[];
  /** Scores of the next token after each one, `[time, vocabulary]`: those of the model itself. */
  readonly logits: Tensor;
  /** The residual stream, `[layers + 1, time, features]`: the embeddings, then what each layer has made of them; before the last norm. */
  readonly residuals: Tensor;
  /** What the attention of each layer adds to the stream, `[layers, time, features]`. */
  readonly attentionUpdates: Tensor;
  /** What the feed-forward part of each layer adds to it, `[layers, time, features]`. */
  readonly feedForwardUpdates: Tensor;
  /** `[layers, heads, time, headDim]`, turned by their positions where the model does that. */
  readonly queries: Tensor;
  /** `[layers, keyHeads, time, headDim]`: groups of heads may share one. */
  readonly keys: Tensor;
  /** `[layers, keyHeads, time, headDim]`. */
  readonly values: Tensor;
  /** `q · k · scale`, before the mask, `[layers, heads, time, time]`. */
  readonly scores: Tensor;
  /** Softmax of the scores of those that may be seen, `[layers, heads, time, time]`. */
  readonly weights: Tensor;
  /** What each head gives, `[layers, heads, time, headDim]`, already multiplied by `headMask`. */
  readonly headOutputs: Tensor;
  readonly lens: LogitLens;
}

/**
 * Looks into a language model: runs it once on a text and gives everything on the way, by name. Heads can be switched off, to see what
 * they are good for.
 *
 * The first call compiles; a text of another length, other heads and new weights do not compile again. {@link releaseInspection} frees it.
 * Scores and weights take `layers · heads · time²` numbers each. For models with an encoder, batches and masks there is
 * {@link inspectForward}.
 * @param model - It is run in evaluation mode.
 * @param ids - The tokens of one text.
 * @param options.headMask - For each layer a number for each head: 0 switches it off.
 * @param options.lensPositions - Positions that the logit lens looks at. Default: all.
 * @throws {@link ArgumentError} for tokens that the model does not have, too many of them, or a mask of another shape.
 * @example
 * const model = new GPT2LMHeadModel({ vocabSize: 50, nPositions: 8, nEmbd: 16, nLayer: 2, nHead: 4 });
 * const { weights, residuals, lens } = await inspect(model, [2, 7, 3]);
 * weights.shape; // => [2, 4, 3, 3]
 * residuals.shape; // => [3, 3, 16]
 * lens.tokens.shape; // => [3, 3, 10]
 * const without = await inspect(model, [2, 7, 3], { headMask: [[1, 1, 0, 1], [1, 1, 1, 1]], lensPositions: [2] });
 * without.lens.tokens.shape; // => [3, 1, 10]
 * @category Inspecting
 */
export async function inspect(
  model: DecoderLanguageModel,
  ids: ArrayLike<number>,
  options: InspectOptions = {},
): Promise<Inspection> {
  checkOptionNames('inspect', options, ['headMask', 'lensPositions']);
  checkInspectable(model);
  checkInspectIds(ids, model);
  const sizes = [model.decoding.layers, model.queryHeads] as const;
  const positions = lensPositionsOf(options.lensPositions, ids.length);
  const { lensTokens, lensLogProbs, ...steps } = await inspectProgramOf(model).run({
    ids: tensor(Int32Array.from(ids)),
    headMask: tensor(headMaskOf(options.headMask, sizes), { shape: [...sizes] }),
    places: tensor(Int32Array.from(positions)),
  });
  return { ids: Array.from(ids), ...steps, lens: { positions, tokens: lensTokens, logProbs: lensLogProbs } };
}
