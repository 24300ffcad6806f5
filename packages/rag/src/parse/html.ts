import { DataError } from '@gai/core/errors';
import { Parser } from 'htmlparser2';
import type { BlockKind, Parsed } from './block.ts';
import { BlockWriter } from './block-writer.ts';

/** Elements whose content nobody sees, or that lead elsewhere. */
const UNSEEN = new Set(
  'title script style template noscript iframe object svg math nav head select button dialog canvas audio video'.split(
    ' ',
  ),
);
/** Elements that are one block with all in them. */
const WHOLE: Readonly<Record<string, BlockKind>> = {
  ul: 'list',
  ol: 'list',
  dl: 'list',
  table: 'table',
  pre: 'code',
  blockquote: 'quote',
};
/** Elements that stand on lines of their own. */
const LINES = new Set(
  'p div section article main header footer aside address figure figcaption li dt dd tr caption form fieldset hr br details summary'.split(
    ' ',
  ),
);
const HEADING = /^h([1-6])$/u;
/** As deep as browsers go. */
const DEPTH = 512;
/** So much is read before one looks whether to go on. */
const PIECE = 65_536;

/**
 * The text of a page as a reader sees it: headings, paragraphs, lists, tables and code, without scripts, styles, navigation and
 * hidden parts. Offsets count in that text.
 * @throws {@link DataError} for elements nested deeper than 512.
 */
export function parseHtml(html: string): Parsed {
  const page = new VisibleText();
  const parser = new Parser({
    onopentag: (name, attributes) => page.open(name, attributes),
    ontext: (text) => page.text(text),
    onclosetag: (name) => page.closeTag(name),
  });
  for (let at = 0; at < html.length; at += PIECE) parser.write(html.slice(at, at + PIECE));
  parser.end();
  return page.parsed();
}

class VisibleText {
  readonly #out = new BlockWriter();
  /** Open elements, and of how many of them nothing is seen. */
  readonly #hidden: boolean[] = [];
  #unseen = 0;
  #whole = 0;
  #code = 0;
  #isTitle = false;
  readonly #title: string[] = [];

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (this.#hidden.length >= DEPTH) throw tooDeep();
    if (name === 'title') this.#isTitle = this.#title.length === 0;
    const isHidden = UNSEEN.has(name) || 'hidden' in attributes || attributes['aria-hidden'] === 'true';
    this.#hidden.push(isHidden);
    if (isHidden) this.#unseen++;
    if (this.#unseen > 0) return;
    const kind = WHOLE[name];
    const level = HEADING.exec(name)?.[1];
    if (kind !== undefined) this.#begin(kind);
    else if (level !== undefined && this.#whole === 0) this.#out.begin('heading', Number(level));
    else if (LINES.has(name) || level !== undefined) this.#line();
    else if ((name === 'td' || name === 'th') && !['', '\n'].includes(this.#out.last)) this.#out.write(' | ');
    if (name === 'li') this.#out.write('- ');
    if (name === 'img') this.text(attributes['alt'] ?? '');
  }

  closeTag(name: string): void {
    if (name === 'title') this.#isTitle = false;
    const isSeen = this.#unseen === 0;
    if (this.#hidden.pop() === true) this.#unseen--;
    if (!isSeen) return;
    if (WHOLE[name] !== undefined) {
      if (WHOLE[name] === 'code') this.#code--;
      this.#whole--;
      this.#line();
    } else if (LINES.has(name) || HEADING.test(name)) this.#line();
  }

  text(text: string): void {
    if (this.#isTitle) this.#title.push(text);
    if (this.#unseen > 0) return;
    if (this.#code > 0) return this.#out.write(text);
    const plain = text.replaceAll(/\s+/gu, ' ');
    const isSpaced = !this.#out.isOpen || /^\s?$/u.test(this.#out.last);
    this.#out.write(isSpaced && plain.startsWith(' ') ? plain.slice(1) : plain);
  }

  parsed(): Parsed {
    const { raw, blocks } = this.#out.finish();
    const title = this.#title.join('').replaceAll(/\s+/gu, ' ').trim();
    return { raw, blocks, title: title === '' ? blocks.find(({ level }) => level === 1)?.title : title };
  }

  #begin(kind: BlockKind): void {
    if (this.#whole === 0) this.#out.begin(kind);
    else this.#out.newLine();
    this.#whole++;
    if (kind === 'code') this.#code++;
  }

  /** A new line inside of what is whole, else a new block. */
  #line(): void {
    if (this.#whole === 0) this.#out.end();
    else this.#out.newLine();
  }
}

const tooDeep = (): DataError =>
  new DataError(
    `parseDocuments: elements are nested too deep. Got more than ${DEPTH}; expected at most as many, as browsers do. Leave the page out.`,
    { op: 'parseDocuments' },
  );
