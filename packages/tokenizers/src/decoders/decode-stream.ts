const REPLACEMENT = '\ufffd';
/** Ids held back at most: no character has more bytes, and what is no text at all must not be kept and read for ever. */
const MOST_HELD = 32;

/**
 * Decodes a growing list of ids without ever giving half a character: the text of an id is held back until the bytes
 * that belong together are there.
 * @example
 * const stream = characterTokenizer('abc').decodeStream();
 * [stream.push(1), stream.push(2), stream.flush()]; // => ['a', 'b', '']
 * @category Tokenizers
 */
export class DecodeStream {
  readonly #decode: (ids: readonly number[]) => string;
  /** Ids whose text has been given but which the next text may depend on, then those held back. */
  #ids: number[] = [];
  /** How many of them have been given. */
  #given = 0;

  /** @internal */
  constructor(decode: (ids: readonly number[]) => string) {
    this.#decode = decode;
  }

  /** Takes the next id; returns the text that is certain now, often that of the id, or nothing. */
  push(id: number): string {
    this.#ids.push(id);
    const text = this.#fresh();
    const isOpen = text === '' || text.endsWith(REPLACEMENT);
    if (isOpen && this.#ids.length - this.#given < MOST_HELD) return '';
    this.#settle();
    return text;
  }

  /** Returns what was held back: the ids are over. */
  flush(): string {
    const text = this.#fresh();
    this.#ids = [];
    this.#given = 0;
    return text;
  }

  #fresh(): string {
    return this.#decode(this.#ids).slice(this.#decode(this.#ids.slice(0, this.#given)).length);
  }

  /** Keeps the ids just given: a space before the next word depends on there being one before. */
  #settle(): void {
    this.#ids = this.#ids.slice(this.#given);
    this.#given = this.#ids.length;
  }
}
