import { ProviderError } from './errors.ts';
import type { Generation } from './text-generator.ts';

/** A generation as it is written: pieces of text, and at the end the whole with its reason and usage. */
export interface TextStream extends AsyncIterable<string> {
  /** Reads what has not been read yet and returns the whole generation. */
  result(): Promise<Generation>;
}

/**
 * Makes a {@link TextStream} of a generator function that yields pieces and returns the generation. Nothing runs until
 * the first piece, or the result, is asked for.
 * @param pieces - Yields no empty text; its pieces joined are the text of what it returns.
 * @example
 * const usage = { inputTokens: 1, outputTokens: 2 };
 * async function* write(): AsyncGenerator<string, Generation> {
 *   yield 'Hel';
 *   yield 'lo';
 *   return { text: 'Hello', finishReason: 'stop', toolCalls: [], usage };
 * }
 * (await textStream(write()).result()).text; // => 'Hello'
 * @category Language models
 */
export function textStream(pieces: AsyncGenerator<string, Generation>): TextStream {
  let whole: Promise<Generation> | undefined;
  let finished: Generation | undefined;
  let left = false;
  const read = async (): Promise<IteratorResult<string, Generation>> => {
    const next = await pieces.next();
    if (next.done === true) finished ??= next.value;
    return next;
  };
  const drain = async (): Promise<Generation> => {
    while (finished === undefined) {
      if (left) throw abandoned();
      await read();
    }
    return finished;
  };
  const leave = async (): Promise<IteratorResult<string, undefined>> => {
    left = true;
    await pieces.return(undefined as never);
    return { done: true, value: undefined };
  };
  return {
    result: () => (whole ??= drain()),
    [Symbol.asyncIterator]: () => ({ next: read, return: leave }),
  };
}

function abandoned(): ProviderError {
  return new ProviderError(
    'ARGUMENT',
    'result: the stream was left before its end. Got a loop that ended early; expected one that reads every piece. ' +
      'Call result() without a loop, or read to the end.',
    { op: 'result' },
  );
}
