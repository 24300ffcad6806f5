import type { Document } from '../documents/document.ts';
import type { Block } from '../parse/block.ts';
import type { Range } from './words.ts';

/**
 * A document and the blocks its parser found.
 * @category Documents
 */
export interface ParsedDocument {
  readonly document: Document;
  readonly blocks: readonly Block[];
}

/**
 * Where a chunk lies and which headings stand above it.
 * @category Splitters
 */
export interface Span extends Range {
  /** Headings, the highest first; the title of the document is put before them. */
  readonly path: readonly string[];
}

/**
 * Cuts a document into chunks: in the order of the text, each without white space at its ends.
 * @category Splitters
 */
export type Splitter = (parsed: ParsedDocument) => readonly Span[];
