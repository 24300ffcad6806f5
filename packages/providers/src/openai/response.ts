import type { FinishReason, Generation, TokenLogProb } from '../text-generator.ts';
import type { ToolCall } from '../tools.ts';
import type { Usage } from '../usage.ts';
import { SHOWN, excerpt, protocolError, shorten } from './failure.ts';
import type { Server } from './options.ts';

/** A JSON object from a server: nothing of it is trusted. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whose answer is read, for messages. */
export interface Source {
  readonly op: string;
  readonly server: Server;
}

/** The value as an object; an empty one if it is none. */
export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

/** The value as a list; an empty one if it is none. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** NaN for what is no number: of null that would be 0, which is certainty. */
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : NaN);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The generation in the whole answer of a server. */
export function readGeneration(source: Source, answer: Fields): Generation {
  const choice = fieldsOf(listOf(answer['choices'])[0]);
  const message = fieldsOf(choice['message']);
  const calls = listOf(message['tool_calls']).map((call) => fieldsOf(call));
  const text = choice['text'] ?? message['content'] ?? (calls.length > 0 ? '' : undefined);
  if (typeof text !== 'string') {
    throw protocolError(
      source.op,
      source.server,
      excerpt(source.server, shorten(answer), SHOWN),
      'choices with a text',
    );
  }
  return {
    text,
    finishReason: readReason(source, choice['finish_reason']),
    toolCalls: calls.map((call) => readCall(source, textOf(call['id']), fieldsOf(call['function']))),
    usage: readUsage(answer['usage']),
    ...tokensOf(readLogProbs(choice['logprobs'])),
  };
}

/** The tokens as a field, where there are any. */
export const tokensOf = (tokens: readonly TokenLogProb[]): { tokens?: readonly TokenLogProb[] } =>
  tokens.length === 0 ? {} : { tokens };

const REASONS: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
};

/** Why the generation ended; an answer that does not say was cut off. */
export function readReason({ op, server }: Source, value: unknown): FinishReason {
  const reason = typeof value === 'string' && Object.hasOwn(REASONS, value) ? REASONS[value] : undefined;
  if (reason !== undefined) return reason;
  throw protocolError(
    op,
    server,
    `finish_reason ${value === undefined ? 'missing' : shorten(value)}`,
    Object.keys(REASONS).join(', '),
  );
}

/** A call of a tool, its arguments parsed. */
export function readCall({ op, server }: Source, id: string, { name, arguments: text }: Fields): ToolCall {
  if (typeof name !== 'string' || typeof text !== 'string') {
    throw protocolError(op, server, 'a tool call without name or arguments', 'both');
  }
  try {
    return { id, name, arguments: text.trim() === '' ? {} : (JSON.parse(text) as unknown) };
  } catch {
    throw protocolError(
      op,
      server,
      `arguments of ${excerpt(server, name, 80)} that are no JSON: ${excerpt(server, text, 200)}`,
      'JSON',
    );
  }
}

/** Counts of tokens, where the server tells. */
export function readUsage(value: unknown): Usage {
  const { prompt_tokens: input, completion_tokens: output } = fieldsOf(value);
  return {
    inputTokens: typeof input === 'number' ? input : undefined,
    outputTokens: typeof output === 'number' ? output : undefined,
  };
}

/** Log-probabilities in either form: lists side by side for a text, objects for a conversation. */
export function readLogProbs(value: unknown): TokenLogProb[] {
  const { content, tokens, token_logprobs: own, top_logprobs: top } = fieldsOf(value);
  if (Array.isArray(tokens)) {
    return tokens.map((text, index) => ({
      text: textOf(text),
      logProb: numberOf(listOf(own)[index]),
      alternatives: sorted(Object.entries(fieldsOf(listOf(top)[index]))),
    }));
  }
  return listOf(content).map((entry) => {
    const { token, logprob, top_logprobs: alternatives } = fieldsOf(entry);
    const pairs = listOf(alternatives).map(fieldsOf);
    return {
      text: textOf(token),
      logProb: numberOf(logprob),
      alternatives: sorted(pairs.map((pair) => [textOf(pair['token']), pair['logprob']])),
    };
  });
}

const sorted = (pairs: readonly (readonly [string, unknown])[]): TokenLogProb['alternatives'] =>
  pairs.map(([text, logProb]) => ({ text, logProb: numberOf(logProb) })).sort((a, b) => b.logProb - a.logProb);
