import type { JsonSchema } from './json-schema.ts';
import type { Prompt } from './messages.ts';
import type { TextStream } from './text-stream.ts';
import type { Tool, ToolCall, ToolChoice } from './tools.ts';
import type { Usage } from './usage.ts';

/**
 * How to generate. What is left out is the implementation's default. An option that an implementation cannot honour
 * throws a {@link ProviderError} with the code `UNSUPPORTED`; none is ever ignored.
 */
export interface GenerateOptions {
  /** Most tokens to write. */
  readonly maxNewTokens?: number | undefined;
  /** Divides the logits before the softmax; 0 takes the most likely token. */
  readonly temperature?: number | undefined;
  /** Samples from the smallest set of tokens whose probabilities sum to this, in (0, 1]. */
  readonly topP?: number | undefined;
  /** Samples from this many most likely tokens. */
  readonly topK?: number | undefined;
  /** Samples from tokens at least this likely, relative to the most likely one, in [0, 1]. */
  readonly minP?: number | undefined;
  /** Subtracted from a token's logit for each time it was written, in [−2, 2]. */
  readonly frequencyPenalty?: number | undefined;
  /** Subtracted from a token's logit once it was written, in [−2, 2]. */
  readonly presencePenalty?: number | undefined;
  /** Divides positive and multiplies negative logits of tokens that stand in the prompt or were written. */
  readonly repetitionPenalty?: number | undefined;
  /** Makes sampling repeatable where the implementation promises it. */
  readonly seed?: number | undefined;
  /** Texts that end the generation; they are not part of what is returned. */
  readonly stop?: readonly string[] | undefined;
  /** Also return the log-probability of each token, in nats, and of this many most likely alternatives. */
  readonly logProbs?: number | undefined;
  /** The text must be JSON that this schema accepts. See {@link generateObject}, which also checks and parses it. */
  readonly schema?: JsonSchema | undefined;
  /** Functions the model may ask to be called. */
  readonly tools?: readonly Tool[] | undefined;
  /** Default `auto` where there are tools. */
  readonly toolChoice?: ToolChoice | undefined;
  /** Stops the generation; the call then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Why a generation ended. */
export type FinishReason =
  /** The model was done, or wrote a stop text. */
  | 'stop'
  /** `maxNewTokens` or the context was used up. */
  | 'length'
  /** The model asks for tools to be called. */
  | 'tool-calls'
  /** A filter of the server cut the answer. */
  | 'content-filter';

/** A token and how likely it was. */
export interface TokenLogProb {
  readonly text: string;
  /** Natural logarithm of the probability. */
  readonly logProb: number;
  /** The most likely tokens in its place, most likely first; as many as were asked for. */
  readonly alternatives: readonly { readonly text: string; readonly logProb: number }[];
}

/** What was generated. */
export interface Generation {
  readonly text: string;
  readonly finishReason: FinishReason;
  /** Tools the model wants called; empty if none. */
  readonly toolCalls: readonly ToolCall[];
  readonly usage: Usage;
  /** One per token, where `logProbs` was asked for. */
  readonly tokens?: readonly TokenLogProb[] | undefined;
}

/**
 * A language model that continues a text or a conversation, wherever it runs.
 *
 * Programs that take one (retrieval, alignment, agents) work with any: one of ours, Transformers.js, a server.
 * @example
 * const model: TextGenerator = scriptedGenerator(['Paris.']);
 * (await model.generate('The capital of France?')).text; // => 'Paris.'
 * @category Language models
 */
export interface TextGenerator {
  /** The name of the model, for logs and reports. */
  readonly model: string;
  /**
   * Generates a whole answer.
   * @throws {@link ProviderError} if an option cannot be honoured or the model fails; the signal's reason if aborted.
   */
  generate(prompt: Prompt, options?: GenerateOptions): Promise<Generation>;
  /** As `generate`, piece by piece: `for await (const piece of model.stream(prompt)) …`. */
  stream(prompt: Prompt, options?: GenerateOptions): TextStream;
}
