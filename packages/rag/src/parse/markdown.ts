import MarkdownIt from 'markdown-it';
import type { Block, BlockKind, Parsed } from './block.ts';
import { trimmed } from './block.ts';
import { lineStarts } from './lines.ts';

const KINDS: Readonly<Record<string, BlockKind>> = {
  heading_open: 'heading',
  paragraph_open: 'paragraph',
  bullet_list_open: 'list',
  ordered_list_open: 'list',
  table_open: 'table',
  fence: 'code',
  code_block: 'code',
  blockquote_open: 'quote',
  html_block: 'paragraph',
};

/** Longest heading that is looked at for markup. */
const TITLE = 300;

let parser: MarkdownIt | undefined;

/** Blocks alone: what stands inside a line is text to us. */
function blockParser(): MarkdownIt {
  parser ??= new MarkdownIt({ html: true }).disable(['inline', 'text_join']);
  return parser;
}

/** CommonMark with GitHub's tables: headings, paragraphs, whole lists, tables, quotes and code. Offsets count in the file. */
export function parseMarkdown(raw: string): Parsed {
  const { from, title: named } = frontMatter(raw);
  const starts = lineStarts(raw, from);
  const tokens = blockParser().parse(raw.slice(from), {});
  const blocks: Block[] = [];
  for (const [index, { type, level, map, tag }] of tokens.entries()) {
    const kind = KINDS[type];
    if (kind === undefined || level > 0 || map === null) continue;
    const lineStart = starts[map[0]]!;
    const { start, end } = trimmed(raw, lineStart, starts[map[1]] ?? raw.length);
    // An indented block of code begins with its indentation.
    const range = { kind, start: kind === 'code' ? lineStart : start, end };
    if (start === end) continue;
    if (kind !== 'heading') blocks.push(range);
    else blocks.push({ ...range, level: Number(tag.slice(1)), title: plainTitle(tokens[index + 1]?.content ?? '') });
  }
  const title = named ?? blocks.find(({ level }) => level === 1)?.title;
  return { raw, blocks, title };
}

/** Where the text begins behind `---` … `---` at the top, and the title that stands there. */
function frontMatter(raw: string): { readonly from: number; readonly title?: string } {
  const open = /^\uFEFF?---[ \t]*\r?\n/u.exec(raw);
  if (open === null) return { from: raw.startsWith('\uFEFF') ? 1 : 0 };
  const close = /\n---[ \t]*(?:\r?\n|$)/u.exec(raw.slice(open[0].length - 1));
  if (close === null) return { from: 0 };
  const head = raw.slice(open[0].length, open[0].length - 1 + close.index);
  const from = open[0].length - 1 + close.index + close[0].length;
  const line = head.split('\n').find((each) => each.startsWith('title:'));
  const title = line
    ?.slice('title:'.length)
    .trim()
    .replaceAll(/^["']|["']$/gu, '');
  return title === undefined || title === '' ? { from } : { from, title };
}

/** A heading without the marks of emphasis, code and links. */
function plainTitle(content: string): string {
  return content
    .slice(0, TITLE)
    .replaceAll(/!?\[([^[\]]*)\]\([^()]*\)/gu, '$1')
    .replaceAll(/[`*]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '')
    .trim();
}
