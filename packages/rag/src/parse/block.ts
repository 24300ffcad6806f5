/**
 * What a block of a document is.
 * @category Documents
 */
export type BlockKind = 'heading' | 'paragraph' | 'list' | 'table' | 'code' | 'quote';

/**
 * A piece of a document that belongs together.
 * @category Documents
 */
export interface Block {
  readonly kind: BlockKind;
  /** Where it begins in the raw text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** Of a heading: 1 for the highest. */
  readonly level?: number;
  /** Of a heading: its text without markup. */
  readonly title?: string;
}

/** What a parser makes of one text. */
export interface Parsed {
  /** What offsets count in. */
  readonly raw: string;
  readonly title?: string | undefined;
  /** In their order, without overlap. */
  readonly blocks: readonly Block[];
}

const SPACE = /\s/u;

/** The range without white space at its ends. */
export function trimmed(raw: string, start: number, end: number): { readonly start: number; readonly end: number } {
  let from = start;
  let to = end;
  while (from < to && SPACE.test(raw[from]!)) from++;
  while (to > from && SPACE.test(raw[to - 1]!)) to--;
  return { start: from, end: to };
}
