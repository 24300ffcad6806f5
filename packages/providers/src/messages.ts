import type { ToolCall } from './tools.ts';

/** Text in a message. */
export interface TextPart {
  readonly type: 'text';
  readonly text: string;
}

/** A picture in a message: its encoded bytes, or the address of one that the model fetches itself. */
export interface ImagePart {
  readonly type: 'image';
  /** The bytes of a PNG, JPEG or WebP file, or an `https:` or `data:` address. */
  readonly image: Uint8Array | string;
  /** The media type of the bytes, for example `image/png`. Needed where `image` is bytes. */
  readonly mediaType?: string | undefined;
}

/** A piece of what a user says. */
export type ContentPart = TextPart | ImagePart;

/** Instructions that stand above the conversation. */
export interface SystemMessage {
  readonly role: 'system';
  readonly content: string;
}

/** What the user says. */
export interface UserMessage {
  readonly role: 'user';
  readonly content: string | readonly ContentPart[];
}

/** What the model said, and which tools it wanted called. */
export interface AssistantMessage {
  readonly role: 'assistant';
  readonly content: string;
  readonly toolCalls?: readonly ToolCall[] | undefined;
}

/** What a tool that the model called returned. */
export interface ToolMessage {
  readonly role: 'tool';
  /** The `id` of the {@link ToolCall} this answers. */
  readonly toolCallId: string;
  readonly content: string;
}

/** One turn of a conversation. */
export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

/** What a model continues: a text, or a conversation that it puts into its own template. */
export type Prompt = string | readonly Message[];
