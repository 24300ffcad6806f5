import { createParser } from 'eventsource-parser';
import type { Generation, TokenLogProb } from '../text-generator.ts';
import type { Usage } from '../usage.ts';
import { excerpt, messageIn, protocolError } from './failure.ts';
import { fieldsOf, listOf, readCall, readLogProbs, readReason, readUsage, tokensOf } from './response.ts';
import type { Fields, Source } from './response.ts';

/** Most characters of one event. */
const MOST_CHARACTERS = 16 * 2 ** 20;

/** A tool call as its pieces come. */
interface OpenCall {
  id: string;
  name: string;
  text: string;
}

/** What has come of a generation so far. */
class Gathered {
  text = '';
  reason: unknown;
  usage: Usage = readUsage(undefined);
  readonly tokens: TokenLogProb[] = [];
  readonly calls = new Map<unknown, OpenCall>();

  /** Takes one event in; returns the text it brings. */
  add(chunk: Fields): string {
    if (chunk['usage'] !== undefined && chunk['usage'] !== null) this.usage = readUsage(chunk['usage']);
    const choice = fieldsOf(listOf(chunk['choices'])[0]);
    const delta = fieldsOf(choice['delta']);
    this.reason = choice['finish_reason'] ?? this.reason;
    for (const token of readLogProbs(choice['logprobs'])) this.tokens.push(token);
    for (const call of listOf(delta['tool_calls'])) this.#addCall(fieldsOf(call));
    const piece = choice['text'] ?? delta['content'];
    if (typeof piece !== 'string') return '';
    this.text += piece;
    return piece;
  }

  #addCall({ index = 0, id, function: body }: Fields): void {
    const { name, arguments: text } = fieldsOf(body);
    const call = this.calls.get(index) ?? { id: '', name: '', text: '' };
    this.calls.set(index, call);
    if (typeof id === 'string' && id !== '') call.id = id;
    if (typeof name === 'string') call.name += name;
    if (typeof text === 'string') call.text += text;
  }

  /** The generation, which must have ended. */
  finish(source: Source): Generation {
    const { text, usage, tokens } = this;
    const finishReason = readReason(source, this.reason);
    const toolCalls = [...this.calls.values()].map((call) =>
      readCall(source, call.id, { name: call.name, arguments: call.text }),
    );
    return { text, finishReason, toolCalls, usage, ...tokensOf(tokens) };
  }
}

/** Yields the pieces of text in a stream of events, and returns the generation. */
export async function* readStream(source: Source, body: AsyncIterable<string>): AsyncGenerator<string, Generation> {
  const gathered = new Gathered();
  const events: string[] = [];
  const parser = createParser({
    onEvent: ({ data }) => events.push(data),
    maxBufferSize: MOST_CHARACTERS,
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded')
        throw protocolError(source.op, source.server, error.message, 'less');
    },
  });
  for await (const part of body) {
    parser.feed(part);
    for (const data of events.splice(0)) {
      if (data === '[DONE]') return gathered.finish(source);
      const piece = gathered.add(readEvent(source, data));
      if (piece !== '') yield piece;
    }
  }
  return gathered.finish(source);
}

function readEvent({ op, server }: Source, data: string): Fields {
  let chunk: Fields;
  try {
    chunk = fieldsOf(JSON.parse(data));
  } catch {
    throw protocolError(op, server, `an event that is no JSON: ${excerpt(server, data, 100)}`, 'JSON');
  }
  // A server that fails in the middle can only say so in an event.
  if (chunk['error'] !== undefined)
    throw protocolError(op, server, `the error '${messageIn(data)}'`, 'the rest of the answer');
  return chunk;
}
