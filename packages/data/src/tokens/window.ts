import type { TokenSource } from './token-source.ts';

/** What a label is that counts nothing. */
export const NO_LABEL = -100;

/** Where a window is cut from the tokens, which are a ring. */
export interface Window {
  readonly start: number;
  /** Tokens of it; the places behind them are filled up. */
  readonly count: number;
}

/** The columns of a batch of windows, each `[windows, length]`. */
export interface Columns {
  readonly x: Int32Array;
  readonly y: Int32Array;
  readonly positionIds: Int32Array;
  readonly segments: Int32Array;
}

/** The ids of a window, and one more: what its last token foresees. */
export async function readRing(tokens: TokenSource, { start, count }: Window): Promise<Int32Array> {
  const ids = new Int32Array(count + 1);
  for (let done = 0; done <= count;) {
    const from = (start + done) % tokens.length;
    const part = await tokens.read(from, Math.min(count + 1 - done, tokens.length - from));
    ids.set(part, done);
    done += part.length;
  }
  return ids;
}

/**
 * Writes a window into row `row` of the columns: a token foresees the next one of its document, its last one the separator, or nothing
 * where there is none. Positions count from 0 in each document's part of the window; parts have numbers from 0, the places
 * that fill up the window have one of their own.
 */
// oxlint-disable-next-line max-params -- where from, what, where to.
export function fillRow(
  tokens: TokenSource,
  ids: Int32Array,
  window: Window,
  to: Columns & { at: number; length: number },
): void {
  const { starts, separator } = tokens;
  let document = documentAt(starts, window.start);
  let segment = 0;
  let first = 0;
  for (let index = 0; index < to.length; index++) {
    const at = to.at + index;
    if (index === window.count) [segment, first] = [segment + 1, index];
    to.segments[at] = segment;
    to.positionIds[at] = index - first;
    if (index >= window.count) {
      to.x[at] = separator ?? 0;
      to.y[at] = NO_LABEL;
      continue;
    }
    to.x[at] = ids[index]!;
    const next = ((window.start + index) % tokens.length) + 1;
    const isLast = next === starts[document + 1];
    to.y[at] = isLast ? (separator ?? NO_LABEL) : ids[index + 1]!;
    if (!isLast || index + 1 >= window.count) continue;
    document = documentAt(starts, next % tokens.length);
    [segment, first] = [segment + 1, index + 1];
  }
}

/** The document that the token at `place` belongs to: the last that begins there or before (those before may be empty). */
function documentAt(starts: Float64Array, place: number): number {
  let [low, high] = [0, starts.length - 2];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (starts[middle]! <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}
