import { checkArgument, checkOptionNames } from '@gai/core/ops';
import type { Block } from '../parse/block.ts';
import type { Cut } from './pieces.ts';
import { pack } from './pieces.ts';
import type { ParsedDocument, Span, Splitter } from './splitter.ts';
import { countWords } from './words.ts';

/**
 * Settings of splitters that pack what belongs together up to a length.
 * @category Splitters
 */
export interface SplitterOptions {
  /** Most words of a chunk; a sign of Chinese, Japanese or Thai counts as one. Default 300. */
  readonly maxWords?: number | undefined;
}

/** Reads {@link SplitterOptions}. */
export function readMaxWords(op: string, options: SplitterOptions): number {
  checkOptionNames(op, options, ['maxWords']);
  const { maxWords = 300 } = options;
  const fits = Number.isSafeInteger(maxWords) && maxWords >= 1;
  checkArgument(fits, maxWords, { op, name: 'maxWords', rule: 'a whole number of at least 1' });
  return maxWords;
}

/**
 * Cuts where the author did: no chunk crosses a heading, and paragraphs, lists, tables and code stay whole, as many of one
 * section together as fit. A block that alone is longer is cut at its lines (lists, tables, code) or sentences.
 *
 * The default. For texts without structure it does what {@link recursiveSplitter} does.
 * @param options.maxWords - Most words of a chunk. Default 300.
 * @throws {@link ArgumentError} for a limit that is no whole number of at least 1.
 * @example
 * const { documents } = await parseDocuments('# Tea\n\nBoil water.\n\n## Green\n\nLet it cool.', { source: 'tea.md' });
 * const spans = structureSplitter()(documents[0]!);
 * spans.map(({ path }) => path.join(' / ')); // => ['Tea', 'Tea / Green']
 * @category Splitters
 */
export function structureSplitter(options: SplitterOptions = {}): Splitter {
  const maxWords = readMaxWords('structureSplitter', options);
  return (parsed) => new Sections(parsed, maxWords).spans();
}

const CUTS: Readonly<Record<string, readonly Cut[]>> = {
  list: ['lines', 'sentences', 'words'],
  table: ['lines', 'words'],
  code: ['paragraphs', 'lines', 'words'],
  quote: ['paragraphs', 'lines', 'sentences', 'words'],
};

class Sections {
  readonly #raw: string;
  readonly #blocks: readonly Block[];
  readonly #maxWords: number;
  readonly #spans: Span[] = [];
  #headings: Block[] = [];
  #open: { start: number; end: number; words: number } | undefined;

  constructor({ document, blocks }: ParsedDocument, maxWords: number) {
    this.#raw = document.raw;
    this.#blocks = blocks;
    this.#maxWords = maxWords;
  }

  spans(): readonly Span[] {
    for (const [index, block] of this.#blocks.entries()) {
      if (block.kind === 'heading') this.#heading(block, this.#blocks[index + 1]);
      else this.#add(block);
    }
    this.#close();
    return this.#spans;
  }

  #heading(block: Block, next: Block | undefined): void {
    this.#close();
    const { level = 1 } = block;
    this.#headings = this.#headings.filter((above) => (above.level ?? 1) < level);
    // A heading with nothing under it says something by itself.
    const isEmpty = next === undefined || (next.kind === 'heading' && (next.level ?? 1) <= level);
    if (isEmpty) this.#add(block);
    this.#close();
    this.#headings.push(block);
  }

  #add(block: Block): void {
    const words = countWords(this.#raw, block);
    if (this.#open !== undefined && this.#open.words + words > this.#maxWords) this.#close();
    if (words > this.#maxWords) {
      const cuts = CUTS[block.kind] ?? ['sentences', 'words'];
      for (const piece of pack(this.#raw, block, cuts, this.#maxWords)) this.#push(piece.start, piece.end);
    } else if (this.#open === undefined) this.#open = { start: block.start, end: block.end, words };
    else this.#open = { start: this.#open.start, end: block.end, words: this.#open.words + words };
  }

  #close(): void {
    if (this.#open !== undefined) this.#push(this.#open.start, this.#open.end);
    this.#open = undefined;
  }

  #push(start: number, end: number): void {
    const path = this.#headings.map(({ title = '' }) => title).filter((title) => title !== '');
    this.#spans.push({ start, end, path });
  }
}
