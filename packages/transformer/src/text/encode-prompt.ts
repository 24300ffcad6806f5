import { ProviderError, checkPrompt } from '@gai/providers';
import type { Message, Prompt } from '@gai/providers';
import type { ChatMessage, ChatTemplate, Tokenizer } from '@gai/tokenizers';
import { specialTokens } from './special-tokens.ts';

/** What prompts are turned into tokens with. */
export interface PromptEncoder {
  readonly name: string;
  readonly tokenizer: Tokenizer | undefined;
  readonly chatTemplate: ChatTemplate | undefined;
}

/**
 * The tokens of a prompt: a text as it is, a conversation in the model's template, or tokens.
 * @throws {@link ProviderError} if there is no tokenizer or template for it, or a message has special tokens in it.
 */
export function encodePrompt(op: string, prompt: Prompt | readonly number[], encoder: PromptEncoder): number[] {
  if (isIds(prompt)) return [...prompt];
  checkPrompt(op, prompt);
  const { tokenizer, name } = encoder;
  if (tokenizer === undefined) {
    throw new ProviderError(
      'UNSUPPORTED',
      `${op}: there is no tokenizer. Got a text for '${name}'; expected token ids. Pass them, or put a tokenizer into its folder.`,
      { op },
    );
  }
  const rest = { truncation: null, padding: null };
  if (typeof prompt === 'string') return [...tokenizer.encode(prompt, rest).ids];
  const text = conversation(op, prompt, encoder, tokenizer);
  return [...tokenizer.encode(text, { ...rest, addSpecialTokens: false }).ids];
}

/** Whether a prompt is a text or tokens to be gone on with, not a conversation, in which an answer begins anew. */
export const isContinued = (prompt: Prompt | readonly number[]): boolean => typeof prompt === 'string' || isIds(prompt);

const isIds = (prompt: Prompt | readonly number[]): prompt is readonly number[] =>
  Array.isArray(prompt) && prompt.length > 0 && prompt.every((id) => typeof id === 'number');

// oxlint-disable-next-line max-params -- what it takes.
function conversation(
  op: string,
  messages: readonly Message[],
  { chatTemplate, name }: PromptEncoder,
  tokenizer: Tokenizer,
): string {
  if (chatTemplate === undefined) {
    throw new ProviderError(
      'UNSUPPORTED',
      `${op}: this model has no template for conversations. Got ${messages.length} messages for '${name}'; expected a text that it goes ` +
        `on with, or a folder with chat_template.jinja. Pass a text, or take a model that was trained on conversations.`,
      { op },
    );
  }
  const special = specialTokens(tokenizer).map(({ content }) => content);
  const written = messages.map((message, index) => {
    const content = contentOf(op, message, index);
    const token = special.find((each) => content.includes(each));
    if (token !== undefined) throw specialToken(op, index, token);
    return chatMessage(message, content);
  });
  return chatTemplate.apply(written, { addGenerationPrompt: true });
}

/** The text of a message. */
function contentOf(op: string, { content }: Message, index: number): string {
  if (typeof content === 'string') return content;
  return content
    .map((part) => {
      if (part.type === 'text') return part.text;
      throw new ProviderError(
        'UNSUPPORTED',
        `${op}: the model sees no pictures. Got one in message ${index}; expected text. Leave it out.`,
        { op },
      );
    })
    .join('');
}

/** As templates read it. */
function chatMessage(message: Message, content: string): ChatMessage {
  if (message.role === 'tool') return { role: 'tool', content, tool_call_id: message.toolCallId };
  if (message.role !== 'assistant' || message.toolCalls === undefined || message.toolCalls.length === 0) {
    return { role: message.role, content };
  }
  const calls = message.toolCalls.map(({ id, name, arguments: given }) => ({
    id,
    type: 'function',
    function: { name, arguments: given },
  }));
  return { role: 'assistant', content, tool_calls: calls };
}

/** In the text of the template it would be read as the token: who writes it could put words into the mouths of others. */
const specialToken = (op: string, index: number, token: string): ProviderError =>
  new ProviderError(
    'ARGUMENT',
    `${op}: message ${index} has a special token in it. Got '${token}'; expected text alone, since the model would take it for the end of ` +
      `a message or the like. Take it out, or write the whole conversation as one text.`,
    { op, details: { message: index, token } },
  );
