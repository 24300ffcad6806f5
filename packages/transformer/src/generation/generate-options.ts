import type { PromptCache } from './prompt-cache.ts';
import type { GenerationSettings } from './settings.ts';

/**
 * How {@link generate} writes. What the call does not say, the model's generation_config.json says; then the defaults hold.
 * @category Generation
 */
export interface GenerateOptions extends GenerationSettings {
  /**
   * Makes drawing repeatable: the same seed, the same tokens. A list has one for each row, with which it is drawn alike in every batch; a
   * number is that of the first row, and from it follow those of the others. The result names them all. Default: a number of chance.
   */
  readonly seed?: number | readonly number[] | undefined;
  /** Ends the generation between two steps; the call then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Also return the log-probability of each token, and of this many best ones in its place. Default: none. */
  readonly logProbs?: number | undefined;
  /**
   * Is asked after each token of a row, which it ends with true; `tokens` are the row's new ones. With beams it is asked of every text that
   * the search looks at, and `row` is the prompt.
   */
  readonly stopWhen?: ((row: number, tokens: readonly number[]) => boolean) | undefined;
  /**
   * A prompt is computed in pieces of so many tokens, which bounds the memory it takes. Default 512; the whole prompt where rotary positions
   * (`dynamic`, `longrope`) depend on its length, since it is longer than the model's context.
   */
  readonly prefillChunkSize?: number | undefined;
  /** What an earlier call returned: what its tokens and the prompts have in common is not computed again. */
  readonly promptCache?: PromptCache | undefined;
  /** Also return a {@link PromptCache}. Default false. */
  readonly returnCache?: boolean | undefined;
  /** In place of the model's generation_config.json, under the names it has there; `{}`: as if there were none. */
  readonly generationConfig?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Why a row ended: a token that ends texts, `stopWhen`, or its greatest length.
 * @category Generation
 */
export type GenerationEnd = 'eos' | 'stop' | 'length';

/**
 * A token, and how likely the model held it: of all tokens, before any setting changed the scores.
 * @category Generation
 */
export interface TokenScore {
  readonly token: number;
  /** Natural logarithm of its probability. */
  readonly logProb: number;
}

/**
 * A token that was written, and the best ones in its place.
 * @category Generation
 */
export interface ScoredToken extends TokenScore {
  /** Best first; as many as were asked for. */
  readonly top: readonly TokenScore[];
}

/**
 * One token more for each row that has not ended.
 * @category Generation
 */
export interface GenerationStep {
  /** For each row its new token; undefined where it has ended before. */
  readonly tokens: readonly (number | undefined)[];
  /** For each row why it has ended, with this token or before; undefined where it goes on. */
  readonly finishReasons: readonly (GenerationEnd | undefined)[];
  /** For each row how likely its new token was, where `logProbs` was asked for. */
  readonly logProbs?: readonly (ScoredToken | undefined)[] | undefined;
}

/**
 * What {@link generate} returns.
 * @category Generation
 */
export interface GenerateResult {
  /** The new tokens of each row, that which ended it among them. */
  readonly sequences: readonly (readonly number[])[];
  readonly finishReasons: readonly GenerationEnd[];
  /** For each row how likely its tokens were, where `logProbs` was asked for. */
  readonly logProbs?: readonly (readonly ScoredToken[])[] | undefined;
  /** With beams, what each row is ranked by: the sum of its log-probabilities, divided by its length to the power of `lengthPenalty`. */
  readonly sequenceScores?: readonly number[] | undefined;
  /** The seeds that the tokens were drawn with, one for each row (with beams for each prompt), to be passed as `seed`; undefined where none was drawn. */
  readonly seeds?: readonly number[] | undefined;
  /** Where `returnCache` was asked for. */
  readonly promptCache?: PromptCache | undefined;
}
