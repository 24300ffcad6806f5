import { TokenizerError } from '../errors.ts';
import type { Encoded, Piece, Range } from './run.ts';

/** Which text loses tokens: in turn the longer one, or only one of them. */
export type TruncationStrategy = 'longest_first' | 'only_first' | 'only_second';

/** How encodings are cut to a length. */
export interface Truncation {
  /** Tokens at most, what the template adds included. */
  readonly maxLength: number;
  /** Default `longest_first`. */
  readonly strategy?: TruncationStrategy | undefined;
  /** Tokens that the pieces of `overflowing` share with the one before. Default 0. */
  readonly stride?: number | undefined;
  /** The end that is cut. Default `right`. */
  readonly direction?: 'left' | 'right' | undefined;
}

/** Cuts one or two texts so that together they have at most `room` tokens. */
export function truncatePair(
  first: Encoded,
  second: Encoded | undefined,
  truncation: Truncation,
  room: number,
): [Encoded, Encoded | undefined] {
  const { strategy = 'longest_first' } = truncation;
  const cut = (encoded: Encoded, length: number): Encoded => truncate(encoded, length, truncation);
  const [one, two] = [lengthOf(first), second === undefined ? 0 : lengthOf(second)];
  const excess = one + two - room;
  if (excess <= 0) return [first, second];
  if (room === 0) return [cut(first, 0), second && cut(second, 0)];
  if (strategy === 'longest_first') {
    if (second === undefined) return [cut(first, room), undefined];
    const [most, least] = shares(one, two, room);
    return [cut(first, most), cut(second, least)];
  }
  const target = strategy === 'only_first' ? first : second;
  const length = target && lengthOf(target);
  if (target === undefined || length === undefined || length <= excess) throw tooShort(strategy, length, excess);
  const shorter = cut(target, length - excess);
  return strategy === 'only_first' ? [shorter, second] : [first, shorter];
}

/** How many tokens each of two texts keeps. */
function shares(first: number, second: number, room: number): [number, number] {
  const shorter = Math.min(first, second);
  const longer = shorter > room ? shorter : Math.max(shorter, room - shorter);
  const half = Math.floor(room / 2);
  const [small, large] = shorter + longer > room ? [half, room - half] : [shorter, longer];
  return first > second ? [large, small] : [small, large];
}

const lengthOf = ({ pieces: [{ run }] }: Encoded): number => run.length;

/** Cuts a text; what is cut off comes in pieces of the same length. */
function truncate({ text, pieces }: Encoded, length: number, { stride = 0, direction = 'right' }: Truncation): Encoded {
  const [{ run }] = pieces;
  const total = run.length;
  if (length >= total) return { text, pieces };
  if (length > 0 && stride >= length) throw wideStride(stride, length);
  const cut = direction === 'right' ? fromLeft : fromRight;
  const ranges: Range[] =
    length === 0
      ? [
          [0, 0],
          [0, total],
        ]
      : cut(total, length, length - stride);
  return { text, pieces: ranges.map((range) => ({ run, range })) as [Piece, ...Piece[]] };
}

function fromLeft(total: number, length: number, step: number): Range[] {
  const ranges: Range[] = [];
  for (let from = 0; from < total; from += step) {
    ranges.push([from, Math.min(from + length, total)]);
    if (from + length >= total) break;
  }
  return ranges;
}

function fromRight(total: number, length: number, step: number): Range[] {
  const ranges: Range[] = [];
  for (let to = total; to > 0; to -= step) {
    ranges.push([Math.max(0, to - length), to]);
    if (to - length <= 0) break;
  }
  return ranges;
}

function wideStride(stride: number, length: number): TokenizerError {
  return new TokenizerError(
    'ARGUMENT',
    `encode: the stride leaves no room. Got stride ${stride} for pieces of ${length} tokens; expected a stride below that. Raise ` +
      'maxLength, or lower stride.',
    { op: 'encode', details: { stride, length } },
  );
}

function tooShort(strategy: string, length: number | undefined, excess: number): TokenizerError {
  return new TokenizerError(
    'ARGUMENT',
    `encode: '${strategy}' cannot cut enough. Got ${length ?? 'no'} tokens in that text; expected more than the ${excess} that have to ` +
      "go. Use strategy 'longest_first', or raise maxLength.",
    { op: 'encode', details: { strategy, length, excess } },
  );
}
