import type { JsonSchema } from './json-schema.ts';

/** A function the model may ask to be called. The caller runs it: a generator only ever reports the wish. */
export interface Tool {
  /** Letters, digits, `_` and `-`, at most 64. */
  readonly name: string;
  /** What it does and when to use it; the model reads this. */
  readonly description?: string | undefined;
  /** The arguments, as a schema of an object. */
  readonly parameters: JsonSchema;
}

/** A call the model asks for. */
export interface ToolCall {
  /** Ties the answer to the call. */
  readonly id: string;
  readonly name: string;
  /** The arguments, parsed from the model's JSON. They are the model's words: check them before use. */
  readonly arguments: unknown;
}

/** Whether the model may (`auto`), must (`required`) or must not (`none`) call a tool, or which one it must call. */
export type ToolChoice = 'auto' | 'required' | 'none' | { readonly name: string };
