import { createInterface } from 'node:readline';
import type { Output } from './style.ts';

/** Lines that come in, for as long as somebody reads what becomes of them: `yes | gai tokenize MODEL | head` ends. */
export async function* linesOf(input: NodeJS.ReadableStream, output: Output): AsyncGenerator<string> {
  const lines = createInterface({ input, crlfDelay: Infinity });
  let read = true;
  const stop = (): void => {
    read = false;
    lines.close();
  };
  output.once?.('error', stop);
  try {
    for await (const line of lines) {
      if (!read) return;
      yield line;
    }
  } finally {
    output.off?.('error', stop);
    lines.close();
  }
}
