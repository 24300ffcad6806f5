import type { DecodeStream, Tokenizer } from '@gai/tokenizers';
import { StopFinder } from './stop-finder.ts';

/** The text of one row as its tokens come. */
export class Answer {
  readonly #decoder: DecodeStream | undefined;
  readonly #stops: StopFinder;
  #read = 0;
  #fresh = '';
  #text = '';
  #isStopped = false;

  constructor(tokenizer: Tokenizer | undefined, stops: readonly string[]) {
    this.#decoder = tokenizer?.decodeStream();
    this.#stops = new StopFinder(stops);
  }

  /** Whether a stop text was found: the text ends before it. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** All that has been taken. */
  get text(): string {
    return this.#text;
  }

  /** Takes the row's tokens, those that were read before among them; what ends a row is no text, and is not shown here. */
  read(tokens: readonly number[]): void {
    for (; this.#read < tokens.length; this.#read++) this.#add(this.#decoder?.push(tokens[this.#read]!) ?? '');
  }

  /** The row is over: what was held back is text. */
  end(): void {
    this.#add(this.#decoder?.flush() ?? '');
    this.#fresh += this.#stops.flush();
  }

  /** The text that has not been taken yet. */
  take(): string {
    const fresh = this.#fresh;
    this.#fresh = '';
    this.#text += fresh;
    return fresh;
  }

  #add(piece: string): void {
    const { text, isStopped } = this.#stops.push(piece);
    this.#fresh += text;
    this.#isStopped = isStopped;
  }
}
