import { ProviderError } from './errors.ts';
import type { Message, Prompt } from './messages.ts';

/**
 * Refuses a conversation that no model could continue: none or an unknown role, a tool's answer to a call nobody made.
 * @param op - Names the function in messages.
 * @throws {@link ProviderError} with the code `ARGUMENT`, naming the message.
 * @example
 * checkPrompt('generate', []); // => throws ProviderError
 * @category Language models
 */
export function checkPrompt(op: string, prompt: Prompt): void {
  if (typeof prompt === 'string') return;
  if (!Array.isArray(prompt) || prompt.length === 0) {
    throw refused(op, 'there is no prompt', 'no message', "a text, or [{ role: 'user', content }]");
  }
  const calls = new Set<string>();
  for (const [index, message] of (prompt as readonly Message[]).entries()) checkMessage(op, index, message, calls);
}

const ROLES: readonly string[] = ['system', 'user', 'assistant', 'tool'];

function checkMessage(op: string, index: number, message: Message, calls: Set<string>): void {
  const where = `message ${index}`;
  if (!ROLES.includes(message?.role)) {
    throw refused(op, `${where} has no known role`, String(message?.role), `one of ${ROLES.join(', ')}`);
  }
  const parts = message.role === 'user' && Array.isArray(message.content);
  if (typeof message.content !== 'string' && !parts) {
    throw refused(op, `${where} has no text`, typeof message.content, 'a string');
  }
  if (message.role === 'assistant') for (const { id } of message.toolCalls ?? []) calls.add(id);
  if (message.role === 'tool' && !calls.has(message.toolCallId)) {
    throw refused(
      op,
      `${where} answers a call that was not made`,
      `'${message.toolCallId}'`,
      'the id of a call before it',
    );
  }
}

function refused(op: string, what: string, got: string, expected: string): ProviderError {
  return new ProviderError('ARGUMENT', `${op}: ${what}. Got ${got}; expected ${expected}.`, { op });
}
