import type { Parsed } from './block.ts';
import { BlockWriter } from './block-writer.ts';
import { mdocLine } from './mdoc.ts';
import { roffArguments, roffText } from './roff-text.ts';

/** Requests that end a paragraph. */
const BREAKS = new Set('PP P LP Pp sp HP RS RE TP IP TQ It Bl El Lp Bd Ed D1 Dl'.split(' '));
/** Requests whose arguments are text, in fonts that take turns. */
const FONTS = new Set('B I R SM SB BR RB BI IB IR RI SY OP'.split(' '));
/** Fonts that take turns leave no space between arguments. */
const JOINED = /^(?:[BIR]{2})$/u;
/** Requests with a heading, and its level. */
const HEADINGS: Readonly<Record<string, number>> = { SH: 1, Sh: 1, SS: 2, Ss: 2 };

/**
 * A manual page, by the macros `man` or `mdoc`, as plain text: headings, paragraphs, examples. Offsets count in that text. What stands
 * before the title is definitions and is left out, as are conditions, for what they ask for is how a page is printed.
 */
export function parseMan(source: string): Parsed {
  const page = new ManPage(!/^\.[ \t]*(?:TH|Dt)\b/mu.test(source));
  for (const line of source.split(/\r?\n/u)) page.line(line);
  return page.parsed();
}

class ManPage {
  readonly #out = new BlockWriter();
  #title: string | undefined;
  #hasBegun: boolean;
  /** A request that takes its text from the next line. */
  #awaited: number | 'tag' | undefined;
  #code = false;
  /** What ends the lines that are passed over. */
  #until: RegExp | undefined;
  #name = '';

  constructor(hasBegun: boolean) {
    this.#hasBegun = hasBegun;
  }

  line(line: string): void {
    if (this.#until !== undefined) {
      if (this.#until.test(line)) this.#until = undefined;
      return;
    }
    const request = /^[.'][ \t]*([^\s\\"]*)[ \t]*(.*)$/u.exec(line);
    if (request !== null) this.#request(request[1]!, request[2]!);
    else if (this.#hasBegun) this.#text(roffText(line));
  }

  parsed(): Parsed {
    return { ...this.#out.finish(), title: this.#title };
  }

  #request(name: string, rest: string): void {
    if (name === 'TH' || name === 'Dt') return this.#begin(rest);
    if (/^(?:de1?|am|ig|dei)$/u.test(name)) this.#until = /^[.']\.|^[.'] *\.\s*$/u;
    else if (/^(?:if|ie|el|while)$/u.test(name) && /\\\{/u.test(rest) && !/\\\}/u.test(rest)) this.#until = /\\\}/u;
    if (!this.#hasBegun) return;
    const level = HEADINGS[name];
    if (level !== undefined) this.#heading(level, rest);
    else if (name === 'nf' || name === 'EX' || name === 'Bd') this.#verbatim(true);
    else if (name === 'fi' || name === 'EE' || name === 'Ed') this.#verbatim(false);
    else if (name === 'TS') this.#until = /\.\s*$/u;
    else if (BREAKS.has(name)) this.#break(name, rest);
    else if (FONTS.has(name)) this.#font(name, rest);
    else if (name === 'br') this.#out.newLine();
    else if (name === 'UR' || name === 'MT') this.#text(roffText(rest));
    else {
      const text = mdocLine(name, rest, this.#name);
      if (name === 'Nm' && this.#name === '') this.#name = text.split(' ')[0] ?? '';
      if (text !== '') this.#text(text);
    }
  }

  #begin(rest: string): void {
    const [name = '', section] = roffArguments(rest).map(roffText);
    this.#hasBegun = true;
    this.#title ??= section === undefined ? name.toLowerCase() : `${name.toLowerCase()}(${section})`;
  }

  #heading(level: number, rest: string): void {
    this.#out.end();
    this.#code = false;
    const title = roffText(roffArguments(rest).join(' ')).trim();
    if (title === '') this.#awaited = level;
    else this.#putHeading(level, title);
  }

  #putHeading(level: number, title: string): void {
    this.#out.begin('heading', level);
    this.#out.write(title);
    this.#out.end();
  }

  #verbatim(isCode: boolean): void {
    this.#out.end();
    this.#code = isCode;
  }

  #break(name: string, rest: string): void {
    // The tag of an item stands on a line of its own, above its text.
    if (name === 'TP') this.#awaited = 'tag';
    if (!this.#code) this.#out.end();
    const tag = name === 'IP' ? roffArguments(rest).slice(0, 1).map(roffText).join('') : '';
    const item = name === 'It' || name === 'D1' || name === 'Dl' ? mdocLine(name, rest, this.#name) : tag;
    if (item === '') return;
    this.#text(item);
    this.#out.newLine();
  }

  #font(name: string, rest: string): void {
    const parts = roffArguments(rest).map(roffText);
    if (parts.length > 0) this.#text(parts.join(JOINED.test(name) ? '' : ' '));
  }

  #text(text: string): void {
    if (typeof this.#awaited === 'number') {
      const level = this.#awaited;
      this.#awaited = undefined;
      return this.#putHeading(level, text.trim());
    }
    if (text.trim() === '' && !this.#code) return this.#out.end();
    if (this.#out.isOpen && this.#out.last !== '\n') this.#out.write(this.#code ? '\n' : ' ');
    this.#out.write(this.#code ? text : text.trim(), this.#code ? 'code' : 'paragraph');
    if (this.#awaited !== 'tag') return;
    this.#awaited = undefined;
    this.#out.newLine();
  }
}
