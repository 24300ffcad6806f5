import type { RgbFrame } from '../env.ts';
import { Canvas, corners, turnAndMove, type Point } from './canvas.ts';

const WIDTH = 600;
const HEIGHT = 400;
const SCALE = WIDTH / 1.8;

function height(position: number): number {
  return Math.sin(3 * position) * 0.45 + 0.55;
}

function place(position: number): Point {
  return [(position + 1.2) * SCALE, HEIGHT - height(position) * SCALE];
}

/** The valley, the flag and the car. */
export function drawMountainCar(position: number, goal: number): RgbFrame {
  const canvas = new Canvas(WIDTH, HEIGHT);
  for (let step = 0; step < 100; step++) {
    canvas.line(place(-1.2 + (1.8 * step) / 100), place(-1.2 + (1.8 * (step + 1)) / 100), [0, 0, 0], 2);
  }
  const slope = Math.atan(1.35 * Math.cos(3 * position));
  const [x, y] = place(position);
  canvas.polygon(turnAndMove(corners(-20, 20, -30, -10), -slope, [x, y]), [0, 0, 0]);
  for (const wheel of turnAndMove(
    [
      [-10, -10],
      [10, -10],
    ],
    -slope,
    [x, y],
  ))
    canvas.disc(wheel, 8, [128, 128, 128]);
  const [flagX, flagY] = place(goal);
  canvas.line([flagX, flagY], [flagX, flagY - 50], [0, 0, 0], 2);
  canvas.polygon(
    [
      [flagX, flagY - 50],
      [flagX, flagY - 40],
      [flagX + 25, flagY - 45],
    ],
    [204, 204, 0],
  );
  return canvas;
}
