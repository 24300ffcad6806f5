import { trimmed } from '../parse/block.ts';
import { lineStarts } from '../parse/lines.ts';
import { countWords, wordsOf } from './words.ts';
import type { Range } from './words.ts';

/** Ways to cut a range into smaller ones, from the coarsest. */
export type Cut = 'paragraphs' | 'lines' | 'sentences' | 'words';

const CUTS: Readonly<Record<Cut, (raw: string, range: Range) => Range[]>> = {
  paragraphs: (raw, { start, end }) => splitAt(raw.slice(start, end), start, /\n[^\S\n]*\n/gu),
  lines(raw, { start, end }) {
    const starts = lineStarts(raw.slice(start, end));
    return starts.slice(0, -1).map((from, index) => ({ start: start + from, end: start + starts[index + 1]! }));
  },
  sentences: sentencesOf,
  words: (raw, range) => [...wordsOf(raw, range)],
};

let segmenter: Intl.Segmenter | undefined;

/** So much is given to the segmenter at once: its time grows with the square of the length. A longer sentence is cut. */
const WINDOW = 4000;

/** The sentences of a range, without the white space between them. */
export function sentencesOf(raw: string, { start, end }: Range): Range[] {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'sentence' });
  const ranges: Range[] = [];
  for (let at = start; at < end;) {
    const to = windowEnd(raw, at, end);
    // A line that goes on is no end of a sentence; spaces in its place keep the offsets.
    const text = raw
      .slice(at, to)
      .replaceAll(/\r?\n(?=[\p{Ll}\p{Lu}\p{Lo}\p{N}(“"'`])/gu, (end) => ' '.repeat(end.length));
    const segments = [...segmenter.segment(text)];
    // The last one may go on behind the window.
    const whole = to < end && segments.length > 1 ? segments.slice(0, -1) : segments;
    for (const { index, segment } of whole) {
      const range = trimmed(raw, at + index, at + index + segment.length);
      if (range.start < range.end) ranges.push(range);
    }
    const last = whole.at(-1)!;
    at += last.index + last.segment.length;
  }
  return ranges;
}

/** Not between the halves of a sign. */
function windowEnd(raw: string, at: number, end: number): number {
  const to = Math.min(at + WINDOW, end);
  const unit = raw.charCodeAt(to - 1);
  return to < end && unit >= 0xd8_00 && unit <= 0xdb_ff ? to - 1 : to;
}

/** The parts between matches. */
function splitAt(text: string, offset: number, separator: RegExp): Range[] {
  const ranges: Range[] = [];
  let from = 0;
  for (const match of text.matchAll(separator)) {
    ranges.push({ start: offset + from, end: offset + match.index });
    from = match.index + match[0].length;
  }
  ranges.push({ start: offset + from, end: offset + text.length });
  return ranges;
}

/** Pieces of at most `maxWords`: neighbours together as long as they fit, and what does not fit cut more finely. */
export function pack(raw: string, range: Range, cuts: readonly Cut[], maxWords: number): Range[] {
  const [cut = 'words', ...finer] = cuts;
  const packed: Range[] = [];
  let open: { start: number; end: number; words: number } | undefined;
  const close = (): void => {
    if (open !== undefined) packed.push({ start: open.start, end: open.end });
    open = undefined;
  };
  for (const part of CUTS[cut](raw, range)) {
    const piece = trimmed(raw, part.start, part.end);
    if (piece.start === piece.end) continue;
    const words = cut === 'words' ? 1 : countWords(raw, piece);
    if (open !== undefined && open.words + words > maxWords) close();
    if (words > maxWords) packed.push(...pack(raw, piece, finer, maxWords));
    else if (open === undefined) open = { ...piece, words };
    else open = { start: open.start, end: piece.end, words: open.words + words };
  }
  close();
  return packed;
}
