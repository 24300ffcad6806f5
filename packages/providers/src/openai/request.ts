import type { ContentPart, Message, Prompt } from '../messages.ts';
import type { GenerateOptions } from '../text-generator.ts';
import type { Tool, ToolChoice } from '../tools.ts';
import { ProviderError } from '../errors.ts';
import { samplingFields, unsupported } from './dialect.ts';
import type { Server } from './options.ts';

/** Where a request goes, and its body. */
export interface ModelRequest {
  readonly path: '/completions' | '/chat/completions';
  readonly body: Record<string, unknown>;
}

/** A text is continued as it is; a conversation goes through the model's template. */
export function modelRequest(op: string, server: Server, prompt: Prompt, options: GenerateOptions): ModelRequest {
  const shared = { model: server.model, ...samplingFields(op, server, options) };
  if (typeof prompt === 'string') {
    for (const name of ['schema', 'tools'] as const) if (options[name] !== undefined) throw needsChat(op, name);
    const { maxNewTokens: max_tokens, logProbs: logprobs } = options;
    return { path: '/completions', body: { ...shared, prompt, ...given({ max_tokens, logprobs }) } };
  }
  const messages = prompt.map((message) => messageField(op, message));
  return { path: '/chat/completions', body: { ...shared, messages, ...chatFields(op, server, options) } };
}

function chatFields(op: string, server: Server, options: GenerateOptions): Record<string, unknown> {
  const { maxNewTokens, logProbs, schema, tools, toolChoice } = options;
  if (server.kind === 'ollama' && toolChoice !== undefined && toolChoice !== 'auto') {
    throw unsupported(op, server, 'toolChoice');
  }
  return given({
    [server.kind === 'openai' ? 'max_completion_tokens' : 'max_tokens']: maxNewTokens,
    ...(logProbs === undefined ? {} : { logprobs: true, top_logprobs: logProbs }),
    response_format: schema && { type: 'json_schema', json_schema: { name: 'result', schema, strict: true } },
    tools: tools?.map(toolField),
    tool_choice: toolChoice && choiceField(toolChoice),
  });
}

const toolField = ({ name, description, parameters }: Tool): object => ({
  type: 'function',
  function: { name, ...given({ description }), parameters },
});

const choiceField = (choice: ToolChoice): unknown =>
  typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.name } };

function messageField(op: string, message: Message): object {
  if (message.role === 'tool') {
    return { role: 'tool', tool_call_id: message.toolCallId, content: message.content };
  }
  if (message.role === 'user' && typeof message.content !== 'string') {
    return { role: 'user', content: message.content.map((part) => partField(op, part)) };
  }
  const { role, content } = message;
  const calls = message.role === 'assistant' ? message.toolCalls : undefined;
  const tool_calls = calls?.map(({ id, name, arguments: value }) => ({
    id,
    type: 'function',
    function: { name, arguments: toJson(op, value) },
  }));
  return { role, content, ...given({ tool_calls }) };
}

/**
 * The value as JSON.
 * @throws {@link ProviderError} `ARGUMENT` if it is a circle, or holds a bigint or a getter that throws.
 */
export function toJson(op: string, value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw new ProviderError(
      'ARGUMENT',
      `${op}: the request cannot be written as JSON. Got '${String((cause as Error).message).split('\n')[0]}'; expected plain data ` +
        'in tools, schema and the arguments of calls.',
      { op, cause },
    );
  }
}

function partField(op: string, part: ContentPart): object {
  if (part.type === 'text') return { type: 'text', text: part.text };
  if (typeof part.image === 'string') return { type: 'image_url', image_url: { url: part.image } };
  if (part.mediaType === undefined) {
    throw new ProviderError(
      'ARGUMENT',
      `${op}: an image has no media type. Got ${part.image.length} bytes; expected mediaType, for example 'image/png'.`,
      { op },
    );
  }
  return { type: 'image_url', image_url: { url: `data:${part.mediaType};base64,${base64(part.image)}` } };
}

/** In pieces: a call with all bytes as arguments overflows the stack. */
function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(text);
}

/** Without the fields that are undefined. */
const given = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

function needsChat(op: string, option: string): ProviderError {
  return new ProviderError(
    'UNSUPPORTED',
    `${op}: ${option} needs a conversation. Got a text to continue; expected messages. Pass [{ role: 'user', content: … }].`,
    { op, details: { option } },
  );
}
