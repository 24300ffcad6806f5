import { Canvas } from '../render/canvas.ts';
import type { Colour } from '../render/canvas.ts';
import type { LineBoard } from './line-board.ts';

const CELL = 48;
const BOARD: Colour = [58, 96, 160];
const FREE: Colour = [238, 240, 244];
const STONES: readonly Colour[] = [
  [214, 69, 65],
  [245, 200, 66],
];

/** Stones as discs in a board with holes. */
export function drawLineBoard({ cells, rules: { rows, columns } }: LineBoard): Canvas {
  const canvas = new Canvas(columns * CELL, rows * CELL, BOARD);
  cells.forEach((stone, cell) => {
    const [row, column] = [Math.floor(cell / columns), cell % columns];
    const colour = stone === 0 ? FREE : STONES[stone - 1]!;
    canvas.disc([(column + 0.5) * CELL, (row + 0.5) * CELL], CELL * 0.4, colour);
  });
  return canvas;
}
