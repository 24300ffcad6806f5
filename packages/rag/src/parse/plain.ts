import type { Block, BlockKind, Parsed } from './block.ts';
import { trimmed } from './block.ts';
import { lineStarts } from './lines.ts';

/** Longest first line that is taken for a title. */
const TITLE = 120;

/** Plain text: paragraphs between empty lines. A short first line that stands alone is the title. */
export function parsePlain(raw: string): Parsed {
  const blocks = groupsOf(raw, 'paragraph', () => true);
  const [first] = blocks;
  if (first === undefined || blocks.length < 2) return { raw, blocks };
  const line = raw.slice(first.start, first.end);
  return line.length <= TITLE && !/[\n\r]/u.test(line) ? { raw, blocks, title: line } : { raw, blocks };
}

/** Source code: groups of lines that begin at the left margin behind an empty line, so that a function stays whole. */
export function parseCode(raw: string): Parsed {
  return { raw, blocks: groupsOf(raw, 'code', (line) => /^[^\s)\]}]/u.test(line)) };
}

/** Cuts where an empty line is followed by one that may begin a block. */
function groupsOf(raw: string, kind: BlockKind, begins: (line: string) => boolean): Block[] {
  const starts = lineStarts(raw);
  const blocks: Block[] = [];
  let from: number | undefined;
  let isBehindSpace = true;
  const close = (end: number): void => {
    if (from === undefined) return;
    // Code keeps the white space its first line begins with.
    const { start, end: to } = trimmed(raw, from, end);
    blocks.push({ kind, start: kind === 'code' ? from : start, end: to });
    from = undefined;
  };
  for (let index = 0; index + 1 < starts.length; index++) {
    const [start, end] = [starts[index]!, starts[index + 1]!];
    // A look at the first signs decides; the rest of a line of any length is looked at once.
    const isEmpty = trimmed(raw, start, end).start === end;
    if (!isEmpty && isBehindSpace && (from === undefined || begins(raw.slice(start, start + 1)))) {
      close(start);
      from = start;
    }
    isBehindSpace = isEmpty;
  }
  close(raw.length);
  return blocks;
}
