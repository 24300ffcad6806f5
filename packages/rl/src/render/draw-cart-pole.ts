import type { RgbFrame } from '../env.ts';
import { Canvas, corners, turnAndMove } from './canvas.ts';

const WIDTH = 600;
const HEIGHT = 400;
const SCALE = WIDTH / 4.8;
const TRACK = 300;

/** The cart on its track and the pole, at Gymnasium's size and scale. */
export function drawCartPole(x: number, theta: number): RgbFrame {
  const canvas = new Canvas(WIDTH, HEIGHT);
  const centre = x * SCALE + WIDTH / 2;
  canvas.rectangle([0, TRACK, WIDTH, 1], [0, 0, 0]);
  canvas.rectangle([centre - 25, TRACK - 15, 50, 30], [0, 0, 0]);
  const pole = corners(-5, 5, -SCALE + 5, 5);
  canvas.polygon(turnAndMove(pole, theta, [centre, TRACK - 7.5]), [202, 152, 101]);
  canvas.disc([centre, TRACK - 7.5], 5, [129, 132, 203]);
  return canvas;
}
