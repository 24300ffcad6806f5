import { isHigh } from './aligned-text.ts';
import type { IntList } from './int-list.ts';

/**
 * Finds the matches of a pattern. Patterns that cut texts into words mostly match where the last match ended: there a
 * sticky test, which makes no object for the match, is several times faster than a search.
 */
export class Matcher {
  readonly #search: RegExp;
  readonly #sticky: RegExp | undefined;

  /** @param pattern - Global. */
  constructor(pattern: RegExp) {
    this.#search = pattern;
    // A pattern that JavaScript alone cannot express is an object with a search of its own.
    const isPlain = Object.getPrototypeOf(pattern) === RegExp.prototype;
    this.#sticky = isPlain ? new RegExp(pattern.source, `${pattern.flags.replace('g', '')}y`) : undefined;
  }

  /** Writes the beginning and the end of every match that is not empty. */
  find(text: string, matches: IntList): void {
    for (let at = 0; at < text.length;) {
      let from = at;
      let end = this.#endAt(text, from);
      // Mostly one space lies between words. A high surrogate is half a character: there may be no search between the two.
      if (end <= from && !isHigh(text.charCodeAt(at))) end = this.#endAt(text, (from = at + 1));
      if (end > from) {
        matches.push(from);
        matches.push(end);
        at = end;
        continue;
      }
      const found = this.#next(text, at);
      if (found === null) return;
      const { index } = found;
      const { length } = found[0];
      if (length > 0) {
        matches.push(index);
        matches.push(index + length);
      }
      at = index + (length > 0 ? length : (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1);
    }
  }

  #endAt(text: string, at: number): number {
    const sticky = this.#sticky;
    if (sticky === undefined) return at;
    sticky.lastIndex = at;
    return sticky.test(text) ? sticky.lastIndex : at;
  }

  #next(text: string, at: number): RegExpExecArray | null {
    this.#search.lastIndex = at;
    return this.#search.exec(text);
  }
}
