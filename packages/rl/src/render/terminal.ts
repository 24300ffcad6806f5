import { checkOptionNames } from '@gai/core/errors';
import type { RgbFrame } from '../env.ts';

/** Settings of {@link frameToAnsi}. */
export interface TerminalOptions {
  /** Width in characters. Default 80; never wider than the frame. */
  columns?: number | undefined;
}

const BLOCK = '\u2580';
const RESET = '\u001b[0m';

/** Mean colour of a block of pixels, as `r;g;b`. */
function meanColour(
  frame: RgbFrame,
  [left, right]: readonly [number, number],
  [top, bottom]: readonly [number, number],
): string {
  const sums = [0, 0, 0];
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      for (let channel = 0; channel < 3; channel++) sums[channel]! += frame.data[(y * frame.width + x) * 3 + channel]!;
    }
  }
  const count = Math.max(1, (right - left) * (bottom - top));
  return sums.map((sum) => Math.round(sum / count)).join(';');
}

/**
 * Draws a frame in a terminal with 24-bit colour: each character shows two pixels, one above the other.
 *
 * @param frame - The picture.
 * @returns Lines joined by newlines, each ending in a colour reset.
 * @example
 * import { frameToAnsi } from '@gai/rl';
 * const red = { width: 1, height: 2, data: new Uint8Array([255, 0, 0, 0, 0, 255]) };
 * frameToAnsi(red); // => '\u001b[38;2;255;0;0;48;2;0;0;255m▀\u001b[0m'
 * @category Rendering
 * @since 0.1.0
 */
export function frameToAnsi(frame: RgbFrame, options: TerminalOptions = {}): string {
  checkOptionNames('frameToAnsi', options, ['columns']);
  const { columns = 80 } = options;
  const width = Math.max(1, Math.min(columns, frame.width));
  const rows = Math.max(1, Math.round(((frame.height / frame.width) * width) / 2));
  const bound = (index: number, count: number, size: number): number => Math.floor((index * size) / count);
  const lines: string[] = [];
  for (let row = 0; row < rows; row++) {
    let line = '';
    let colours = '';
    for (let column = 0; column < width; column++) {
      const across = [bound(column, width, frame.width), bound(column + 1, width, frame.width)] as const;
      const top = meanColour(frame, across, [
        bound(2 * row, 2 * rows, frame.height),
        bound(2 * row + 1, 2 * rows, frame.height),
      ]);
      const bottom = meanColour(frame, across, [
        bound(2 * row + 1, 2 * rows, frame.height),
        bound(2 * row + 2, 2 * rows, frame.height),
      ]);
      const wanted = `\u001b[38;2;${top};48;2;${bottom}m`;
      line += wanted === colours ? BLOCK : wanted + BLOCK;
      colours = wanted;
    }
    lines.push(line + RESET);
  }
  return lines.join('\n');
}
