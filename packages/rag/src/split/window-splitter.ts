import { checkArgument, checkOptionNames } from '@gai/core/ops';
import { sentencesOf } from './pieces.ts';
import type { Splitter } from './splitter.ts';
import { wordsOf } from './words.ts';
import type { Range } from './words.ts';

/**
 * What windows count in: words, sentences, or what a function finds, such as the offsets of a tokenizer's tokens.
 * @category Splitters
 */
export type WindowUnit = 'words' | 'sentences' | ((text: string) => readonly (readonly [start: number, end: number])[]);

/**
 * Settings of {@link windowSplitter}.
 * @category Splitters
 */
export interface WindowSplitterOptions {
  /** Units of a chunk. Default 200 words, 5 sentences, 256 of anything else. */
  readonly size?: number | undefined;
  /** Units that a chunk shares with the one before it. Default 0. */
  readonly overlap?: number | undefined;
  /** Default `words`. */
  readonly unit?: WindowUnit | undefined;
}

/**
 * Chunks of a fixed number of words, sentences or tokens, which may overlap.
 *
 * The plainest way to cut, and what papers mean by chunks of 256 tokens. What belongs together is kept by
 * {@link structureSplitter}.
 * @throws {@link ArgumentError} for sizes that are no whole numbers, and an overlap that is not smaller than the size.
 * @example
 * const { documents } = await parseDocuments('a b c d e', { source: 'a.txt' });
 * const spans = windowSplitter({ size: 3, overlap: 1 })(documents[0]!);
 * spans.map(({ start, end }) => documents[0]!.document.raw.slice(start, end)); // => ['a b c', 'c d e']
 * @category Splitters
 */
export function windowSplitter(options: WindowSplitterOptions = {}): Splitter {
  const op = 'windowSplitter';
  checkOptionNames(op, options, ['size', 'overlap', 'unit']);
  const { unit = 'words', overlap = 0 } = options;
  const isKnown = unit === 'words' || unit === 'sentences' || typeof unit === 'function';
  checkArgument(isKnown, unit, { op, name: 'unit', rule: "'words', 'sentences' or a function" });
  const { size = unit === 'words' ? 200 : unit === 'sentences' ? 5 : 256 } = options;
  const isSize = Number.isSafeInteger(size) && size >= 1;
  checkArgument(isSize, size, { op, name: 'size', rule: 'a whole number of at least 1' });
  const isOverlap = Number.isSafeInteger(overlap) && overlap >= 0 && overlap < size;
  checkArgument(isOverlap, overlap, { op, name: 'overlap', rule: `a whole number from 0 to ${size - 1}` });
  return ({ document: { raw } }) => {
    const units = unitsOf(raw, unit);
    const spans = [];
    for (let from = 0; from < units.length; from += size - overlap) {
      const last = Math.min(from + size, units.length) - 1;
      const [start, end] = [units[from]!.start, units[last]!.end];
      if (end > start) spans.push({ start, end, path: [] });
      if (last === units.length - 1) break;
    }
    return spans;
  };
}

function unitsOf(raw: string, unit: WindowUnit): readonly Range[] {
  const whole = { start: 0, end: raw.length };
  if (unit === 'words') return [...wordsOf(raw, whole)];
  if (unit === 'sentences') return sentencesOf(raw, whole);
  return unit(raw).map(([start, end]) => ({ start, end }));
}
