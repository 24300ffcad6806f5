import type { RgbFrame } from '../env.ts';
import { decodeTaxiState } from '../tabular/problems/taxi.ts';
import { Canvas, type Colour } from './canvas.ts';

const STANDS = [
  [0, 0],
  [0, 4],
  [4, 0],
  [4, 3],
] as const;
const STAND_COLOURS: readonly Colour[] = [
  [220, 70, 60],
  [70, 160, 80],
  [235, 200, 70],
  [70, 110, 200],
];
/** Columns with a wall to their right, per row. */
const WALLS = [[1], [1], [], [0, 2], [0, 2]] as const;
const LETTERS = 'RGYB';
const SIZE = 64;

function highlight(text: string, code: number | string): string {
  return `\u001b[${code}m${text}\u001b[0m`;
}

/** The town as Gymnasium writes it: the taxi highlighted (green and `_` with a passenger), passenger blue, destination magenta. */
export function taxiToText(state: number, action: string | undefined): string {
  const { row, column, passenger, destination } = decodeTaxiState(state);
  const rows = Array.from({ length: 5 }, (_, r) =>
    Array.from({ length: 5 }, (_none, c) => {
      const stand = STANDS.findIndex(([sr, sc]) => sr === r && sc === c);
      let text = stand < 0 ? ' ' : LETTERS[stand]!;
      if (r === row && c === column)
        text = passenger === 4 ? highlight(stand < 0 ? '_' : text, 42) : highlight(text, 43);
      if (stand >= 0 && stand === passenger) text = highlight(text, '34;1');
      if (stand >= 0 && stand === destination) text = highlight(text, 35);
      const wall = (WALLS[r] as readonly number[]).includes(c) ? '|' : ':';
      return c === 4 ? text : text + wall;
    }).join(''),
  );
  const title = action === undefined ? '' : `  (${action.charAt(0).toUpperCase()}${action.slice(1)})`;
  return `+---------+\n${rows.map((text) => `|${text}|`).join('\n')}\n+---------+\n${title}\n`;
}

/** The town in pixels: stands, walls, destination ring, passenger dot, taxi. */
export function drawTaxi(state: number): RgbFrame {
  const { row, column, passenger, destination } = decodeTaxiState(state);
  const canvas = new Canvas(5 * SIZE, 5 * SIZE, [235, 235, 225]);
  STANDS.forEach(([r, c], stand) => {
    canvas.rectangle([c * SIZE, r * SIZE, SIZE, SIZE], STAND_COLOURS[stand]!);
    if (stand === destination) canvas.rectangle([c * SIZE + 8, r * SIZE + 8, SIZE - 16, SIZE - 16], [250, 250, 250]);
    if (stand === passenger) canvas.disc([(c + 0.5) * SIZE, (r + 0.25) * SIZE], 8, [30, 30, 30]);
  });
  WALLS.forEach((columns, r) => {
    for (const c of columns) canvas.rectangle([(c + 1) * SIZE - 3, r * SIZE, 6, SIZE], [60, 60, 60]);
  });
  canvas.rectangle([column * SIZE + 14, row * SIZE + 22, SIZE - 28, SIZE - 36], [250, 180, 40]);
  if (passenger === 4) canvas.disc([(column + 0.5) * SIZE, (row + 0.5) * SIZE], 8, [30, 30, 30]);
  return canvas;
}
