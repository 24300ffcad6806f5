import type { RgbFrame } from '../env.ts';
import type { MDPLayout } from '../tabular/mdp/mdp.ts';
import { Canvas, type Colour } from './canvas.ts';
import { layoutRows } from './map-text.ts';

const COLOURS: Readonly<Record<string, Colour>> = {
  S: [200, 225, 240],
  F: [225, 240, 250],
  G: [120, 190, 110],
  T: [120, 190, 110],
  H: [50, 80, 130],
  C: [110, 80, 60],
  '#': [60, 60, 60],
};

/** A map as coloured cells of 64 pixels (less on large maps) with the agent as a disc. */
export function drawMap(layout: MDPLayout, agent: number): RgbFrame {
  const size = Math.max(8, Math.min(64, Math.floor(768 / Math.max(layout.rows, layout.columns))));
  const canvas = new Canvas(layout.columns * size, layout.rows * size, [150, 170, 185]);
  layoutRows(layout).forEach((row, r) =>
    row.forEach((cell, c) => {
      canvas.rectangle([c * size, r * size, size - 1, size - 1], COLOURS[cell] ?? [225, 240, 250]);
    }),
  );
  const row = Math.floor(agent / layout.columns);
  const column = agent % layout.columns;
  canvas.disc([(column + 0.5) * size, (row + 0.5) * size], size * 0.32, [220, 90, 60]);
  return canvas;
}
