import type { AlignedText } from '../text/aligned-text.ts';

/** What becomes of the matches at which a text is cut. */
export type SplitBehavior = 'Removed' | 'Isolated' | 'MergedWithPrevious' | 'MergedWithNext' | 'Contiguous';

export const SPLIT_BEHAVIORS: readonly SplitBehavior[] = [
  'Removed',
  'Isolated',
  'MergedWithPrevious',
  'MergedWithNext',
  'Contiguous',
];

/** A stretch of a text, and whether the pattern matched it. */
interface Stretch {
  readonly from: number;
  to: number;
  readonly match: boolean;
}

/** Cuts a piece at the matches of a global pattern; `invert` cuts at what lies between them. */
export function splitAt(piece: AlignedText, pattern: RegExp, behavior: SplitBehavior, invert = false): AlignedText[] {
  const stretches = stretchesOf(piece.text, pattern, invert);
  const kept = BEHAVIORS[behavior](stretches);
  return kept.map(({ from, to }) => piece.slice(from, to));
}

function stretchesOf(text: string, pattern: RegExp, invert: boolean): Stretch[] {
  const stretches: Stretch[] = [];
  let end = 0;
  pattern.lastIndex = 0;
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    const { index } = found;
    const { length } = found[0];
    if (length === 0) {
      pattern.lastIndex += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
      continue;
    }
    if (index > end) stretches.push({ from: end, to: index, match: invert });
    end = index + length;
    stretches.push({ from: index, to: end, match: !invert });
  }
  if (end < text.length) stretches.push({ from: end, to: text.length, match: invert });
  return stretches;
}

const BEHAVIORS: Readonly<Record<SplitBehavior, (stretches: Stretch[]) => Stretch[]>> = {
  Removed: (stretches) => stretches.filter(({ match }) => !match),
  Isolated: (stretches) => stretches,
  Contiguous: (stretches) => merge(stretches, (before, next) => before.match === next.match),
  // A match goes to what stands before it, but the second of two matches stands alone.
  MergedWithPrevious: (stretches) => {
    const merged: Stretch[] = [];
    let afterMatch = false;
    for (const stretch of stretches) {
      const last = merged.at(-1);
      if (stretch.match && !afterMatch && last !== undefined) last.to = stretch.to;
      else merged.push({ ...stretch });
      afterMatch = stretch.match;
    }
    return merged;
  },
  MergedWithNext: (stretches) => {
    const merged: Stretch[] = [];
    for (let index = 0; index < stretches.length; index++) {
      const stretch = stretches[index]!;
      const next = stretches[index + 1];
      if (stretch.match && next !== undefined && !next.match) {
        merged.push({ ...stretch, to: next.to });
        index += 1;
      } else merged.push(stretch);
    }
    return merged;
  },
};

function merge(stretches: readonly Stretch[], together: (before: Stretch, next: Stretch) => boolean): Stretch[] {
  const merged: Stretch[] = [];
  for (const stretch of stretches) {
    const last = merged.at(-1);
    if (last !== undefined && together(last, stretch)) last.to = stretch.to;
    else merged.push({ ...stretch });
  }
  return merged;
}
