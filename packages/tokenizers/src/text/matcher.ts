import { isHigh } from './aligned-text.ts';
import { widthAt } from './classes.ts';
import type { IntList } from './int-list.ts';

const NONE = -1;

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

  /**
   * Writes the beginning and the end of every match. Matches may be empty, but not where the one before ended.
   * @returns Whether one is empty.
   */
  find(text: string, matches: IntList): boolean {
    let hasEmpty = false;
    for (let at = 0, before = NONE; at <= text.length;) {
      let from = at;
      let end = this.#endAt(text, from);
      const isAgain = end === from && from === before;
      // Mostly one space lies between words. A high surrogate is half a character: there may be no search between the two.
      if ((end === NONE || isAgain) && at < text.length && !isHigh(text.charCodeAt(at))) {
        end = this.#endAt(text, (from = at + 1));
      } else if (isAgain) end = NONE;
      if (end === NONE) {
        const found = this.#next(text, at, before);
        if (found === null) break;
        from = found.index;
        end = from + found[0].length;
      }
      matches.push(from);
      matches.push(end);
      hasEmpty ||= end === from;
      at = before = end;
    }
    return hasEmpty;
  }

  #endAt(text: string, at: number): number {
    const sticky = this.#sticky;
    if (sticky === undefined) return NONE;
    sticky.lastIndex = at;
    return sticky.test(text) ? sticky.lastIndex : NONE;
  }

  #next(text: string, at: number, before: number): RegExpExecArray | null {
    this.#search.lastIndex = at;
    const found = this.#search.exec(text);
    if (found === null || found[0] !== '' || found.index !== before) return found;
    if (before === text.length) return null;
    this.#search.lastIndex = before + widthAt(text, before);
    return this.#search.exec(text);
  }
}
