import { LinearPattern } from './linear-pattern.ts';
import type { Search } from './linear-pattern.ts';
import type { Program } from './program.ts';

/** A global regular expression that is searched for in linear time; there are no groups in its matches. */
export class LinearRegExp extends RegExp {
  readonly #pattern: LinearPattern;
  #search: Search | undefined;
  #from = 0;

  /** @param pattern - What `source` shows; or another one, as the methods of texts make a copy. */
  constructor(pattern: string | LinearRegExp, flags: string, program?: Program) {
    super(pattern, flags);
    this.#pattern = pattern instanceof LinearRegExp ? pattern.#pattern : new LinearPattern(program!);
  }

  override exec(text: string): RegExpExecArray | null {
    const from = this.lastIndex;
    if (this.#search?.text !== text || from < this.#from) this.#search = this.#pattern.search(text);
    const found = from > text.length ? undefined : this.#search.next(from);
    if (found === undefined) {
      this.#search = undefined;
      this.lastIndex = 0;
      return null;
    }
    const [start, end] = found;
    this.#from = end;
    this.lastIndex = end;
    return Object.assign([text.slice(start, end)] as [string], { index: start, input: text });
  }
}
