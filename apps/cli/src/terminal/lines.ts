import { DataError } from '@gai/core/errors';
import type { Output } from './style.ts';

/** Characters of a line, at most: without an end of line a whole disk would be one. */
const MOST = 1 << 24;

/**
 * Lines that come in, for as long as somebody reads what becomes of them: `yes | gai tokenize MODEL | head` ends. Only CR and LF end one,
 * as everywhere but in Node's own reader: a text with U+2028 in it is one line.
 * @throws {@link DataError} for a line of more than 16 million characters.
 */
export async function* linesOf(input: NodeJS.ReadableStream, output: Output): AsyncGenerator<string> {
  let isRead = true;
  const stop = (): void => {
    isRead = false;
    (input as { destroy?: () => void }).destroy?.();
  };
  output.once?.('error', stop);
  try {
    for await (const line of split(input)) {
      if (!isRead) return;
      yield line;
    }
  } catch (error) {
    if (isRead) throw error;
  } finally {
    output.off?.('error', stop);
  }
}

async function* split(input: NodeJS.ReadableStream): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let length = 0;
  let held = '';
  for await (const chunk of input) {
    const text = held + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }));
    // Of CR the other half may be yet to come.
    held = text.endsWith('\r') ? '\r' : '';
    const pieces = (held === '' ? text : text.slice(0, -1)).split(/\r\n|\r|\n/);
    for (const [index, piece] of pieces.entries()) {
      length += piece.length;
      if (length > MOST) throw tooLong();
      parts.push(piece);
      if (index === pieces.length - 1) break;
      yield parts.join('');
      [parts, length] = [[], 0];
    }
  }
  const rest = parts.join('') + decoder.decode();
  if (rest !== '' || held !== '') yield rest;
}

const tooLong = (): DataError =>
  new DataError(
    `input: a line is too long. Got more than ${MOST} characters; expected a text in each line. Divide it.`,
    {
      op: 'input',
    },
  );
