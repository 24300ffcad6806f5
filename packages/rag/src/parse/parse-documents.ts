import { checkArgument, checkOptionNames } from '@gai/core/ops';
import type { Metadata } from '../documents/document.ts';
import { sha256 } from '../documents/hash.ts';
import type { ParsedDocument } from '../split/splitter.ts';
import { checkMetadata } from '../store/metadata.ts';
import type { Parsed } from './block.ts';
import { FORMAT_NAMES, formatOf } from './format.ts';
import type { Format } from './format.ts';
import { parseHtml } from './html.ts';
import { readJsonLines } from './json-lines.ts';
import { parseMan } from './man.ts';
import { parseMarkdown } from './markdown.ts';
import { parseCode, parsePlain } from './plain.ts';

/**
 * Settings of {@link parseDocuments}.
 * @category Documents
 */
export interface ParseOptions {
  /** The file or address; it names the document, and its ending the format. */
  readonly source: string;
  /** Default: by the ending of `source`, plain text if that says nothing. */
  readonly format?: Format | undefined;
  /** Default: what the text calls itself, or else the source. */
  readonly title?: string | undefined;
  readonly metadata?: Metadata | undefined;
}

/**
 * Something that was not read, and why.
 * @category Documents
 */
export interface Refusal {
  readonly source: string;
  readonly reason: string;
}

/**
 * What {@link parseDocuments} returns.
 * @category Documents
 */
export interface ParsedDocuments {
  readonly documents: readonly ParsedDocument[];
  /** Lines of a JSONL file that are no documents. */
  readonly refused: readonly Refusal[];
}

const PARSERS: Readonly<Record<Exclude<Format, 'jsonl'>, (text: string) => Parsed>> = {
  markdown: parseMarkdown,
  html: parseHtml,
  text: parsePlain,
  code: parseCode,
  man: parseMan,
};

/**
 * Reads a text into documents: one, or for JSONL one a line.
 *
 * What offsets count in is `document.raw`: the text itself for Markdown, plain text and code; the visible text of HTML; the
 * formatted text of a manual page; the field `text` of a line of JSONL.
 * @param text - The content of a file.
 * @throws {@link DataError} for HTML that is nested deeper than 512 elements; {@link ArgumentError} for options that do not fit.
 * @example
 * const { documents } = await parseDocuments('# Tea\n\nBoil water.', { source: 'tea.md' });
 * documents[0]!.document.title; // => 'Tea'
 * documents[0]!.blocks.map(({ kind }) => kind); // => ['heading', 'paragraph']
 * @category Documents
 */
export async function parseDocuments(text: string, options: ParseOptions): Promise<ParsedDocuments> {
  const op = 'parseDocuments';
  checkOptionNames(op, options, ['source', 'format', 'title', 'metadata']);
  checkArgument(typeof text === 'string', text, { op, name: 'text', rule: 'a string' });
  const { source, metadata = {} } = options;
  checkArgument(typeof source === 'string' && source !== '', source, { op, name: 'source', rule: 'a name' });
  const { format = formatOf(source) ?? 'text' } = options;
  checkArgument(FORMAT_NAMES.includes(format), format, { op, name: 'format', rule: FORMAT_NAMES.join(', ') });
  checkMetadata(op, metadata);
  if (format !== 'jsonl') {
    const parsed = PARSERS[format](text);
    const title = options.title ?? parsed.title ?? source;
    return { documents: [await toDocument(parsed, { id: source, source, title, metadata })], refused: [] };
  }
  const { lines, refused } = readJsonLines(text, source);
  const documents = lines.map(({ id, text: raw, title, metadata: own }) => {
    const parsed = parsePlain(raw);
    const named = title ?? parsed.title ?? id;
    return toDocument(parsed, { id, source, title: named, metadata: { ...metadata, ...own } });
  });
  return { documents: await Promise.all(documents), refused };
}

interface Facts {
  readonly id: string;
  readonly source: string;
  readonly title: string;
  readonly metadata: Metadata;
}

async function toDocument({ raw, blocks }: Parsed, facts: Facts): Promise<ParsedDocument> {
  return { document: { ...facts, raw, hash: await sha256(raw) }, blocks };
}
