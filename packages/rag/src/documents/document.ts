/**
 * What a value of metadata may be.
 * @category Documents
 */
export type MetadataValue = string | number | boolean;

/**
 * Facts about a document that filters can ask for.
 * @category Documents
 */
export type Metadata = Readonly<Record<string, MetadataValue>>;

/**
 * A text that can be asked, and where it comes from.
 * @category Documents
 */
export interface Document {
  /** Its name in a store. */
  readonly id: string;
  /** The file or address it was read from. */
  readonly source: string;
  readonly title: string;
  /**
   * The text that offsets of chunks and citations count in: a Markdown file as it is, the visible text of a page, the
   * formatted text of a manual page.
   */
  readonly raw: string;
  readonly metadata: Metadata;
  /** SHA-256 of `raw` in hexadecimal digits. */
  readonly hash: string;
}

/**
 * A passage of a document: what is found and cited.
 * @category Documents
 */
export interface Chunk {
  /** `document#start-end`. */
  readonly id: string;
  /** The `id` of its document. */
  readonly document: string;
  /** Where it begins in `document.raw`, in UTF-16 units. */
  readonly start: number;
  /** Where it ends: `document.raw.slice(start, end) === text`. */
  readonly end: number;
  readonly text: string;
  /** The title of the document and the headings above the chunk: searched with it, but no part of its text. */
  readonly path: readonly string[];
  /** Those of its document. */
  readonly metadata: Metadata;
}
