import type { DecodeStream, Tokenizer } from '@gai/tokenizers';
import { StopFinder } from './stop-finder.ts';

/** Tokens of the prompt behind which a token's text is what it is behind the whole, if they have one: it depends on whether one is the first. */
const CONTEXT = 16;

/** The end of a prompt that has a text: special tokens have none. */
function endOf(tokenizer: Tokenizer | undefined, ids: readonly number[]): readonly number[] {
  let length = CONTEXT;
  while (length < ids.length && tokenizer?.decode(ids.slice(-length)) === '') length *= 2;
  return ids.slice(-length);
}

/** The text of one row as its tokens come. */
export class Answer {
  readonly #decoder: DecodeStream | undefined;
  readonly #stops: StopFinder;
  /** Text of the prompt that the decoder holds back until the next token. */
  #held: string;
  #read = 0;
  #fresh = '';
  #text = '';
  #isStopped = false;
  /** Whether it looks for stop texts. */
  readonly hasStops: boolean;

  /** @param before - The tokens that it goes on with; none where a text of its own begins. */
  // oxlint-disable-next-line max-params -- what it reads, what it looks for, what was before.
  constructor(tokenizer: Tokenizer | undefined, stops: readonly string[], before: readonly number[] = []) {
    this.#decoder = tokenizer?.decodeStream();
    this.#stops = new StopFinder(stops);
    this.hasStops = stops.length > 0;
    const context = endOf(tokenizer, before);
    const given = context.reduce((length, id) => length + (this.#decoder?.push(id) ?? '').length, 0);
    this.#held = tokenizer?.decode(context).slice(given) ?? '';
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

  #add(decoded: string): void {
    const { text, isStopped } = this.#stops.push(this.#withoutHeld(decoded));
    this.#fresh += text;
    this.#isStopped = isStopped;
  }

  /** The text of new tokens alone; what completes a character of the prompt is theirs. */
  #withoutHeld(decoded: string): string {
    if (this.#held === '' || decoded === '') return decoded;
    const fresh = decoded.startsWith(this.#held) ? decoded.slice(this.#held.length) : decoded;
    this.#held = '';
    return fresh;
  }
}
