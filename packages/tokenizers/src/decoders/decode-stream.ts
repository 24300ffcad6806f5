import { startDecoder } from './decoder.ts';
import type { Decoder, TextSink } from './decoder.ts';

/**
 * Decodes a growing list of ids without ever giving half a character: what `push` and `flush` return is together what `decode` makes of
 * all ids, for any of them, also of ids that are no text. The text of an id is held back as long as it depends on those yet to come:
 * until the bytes that belong together are there, or, where a tokenizer marks the ends of words or falls back to bytes, until the next id.
 * @example
 * const stream = characterTokenizer('abc').decodeStream();
 * [stream.push(1), stream.push(2), stream.flush()]; // => ['a', 'b', '']
 * @category Tokenizers
 */
export class DecodeStream {
  readonly #decoder: Decoder;
  readonly #tokenOf: (id: number) => string | undefined;
  #texts: string[] = [];
  #tokens: TextSink;

  /** @internal */
  constructor(decoder: Decoder, tokenOf: (id: number) => string | undefined) {
    this.#decoder = decoder;
    this.#tokenOf = tokenOf;
    this.#tokens = this.#start();
  }

  /**
   * Takes the next id; returns the text that is certain now, often that of the id, or nothing.
   * @throws {@link TokenizerError} if it is no whole number.
   */
  push(id: number): string {
    this.#add(id);
    return this.#take();
  }

  /** Returns what was held back: the ids are over. What is pushed then is a new text. */
  flush(): string {
    this.#tokens.end();
    this.#tokens = this.#start();
    return this.#take();
  }

  /**
   * Takes the rest of the ids; returns what is left of the text.
   * @internal
   */
  finish(ids: Iterable<number>): string {
    for (const id of ids) this.#add(id);
    return this.flush();
  }

  #add(id: number): void {
    const token = this.#tokenOf(id);
    if (token !== undefined) this.#tokens.push(token);
  }

  #start(): TextSink {
    return startDecoder(this.#decoder, { push: (text) => void this.#texts.push(text), end: () => undefined });
  }

  #take(): string {
    const text = this.#texts.join('');
    this.#texts = [];
    return text;
  }
}
