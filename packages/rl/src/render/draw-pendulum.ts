import type { RgbFrame } from '../env.ts';
import { Canvas, corners, turnAndMove } from './canvas.ts';

const SIZE = 500;
const SCALE = SIZE / 4.4;

/** The rod (upright at θ = 0, positive angles to the left) and a bar that shows the torque. */
export function drawPendulum(theta: number, torque: number): RgbFrame {
  const canvas = new Canvas(SIZE, SIZE);
  const middle = SIZE / 2;
  const rod = corners(-0.1 * SCALE, 0.1 * SCALE, -SCALE, 0);
  canvas.polygon(turnAndMove(rod, -theta, [middle, middle]), [204, 77, 77]);
  const tip = turnAndMove([[0, -SCALE]], -theta, [middle, middle])[0]!;
  canvas.disc([middle, middle], 0.1 * SCALE, [204, 77, 77]);
  canvas.disc(tip, 0.1 * SCALE, [204, 77, 77]);
  canvas.disc([middle, middle], 0.05 * SCALE, [0, 0, 0]);
  canvas.rectangle([Math.min(middle, middle - torque * 50), SIZE - 20, Math.abs(torque) * 50, 8], [77, 77, 204]);
  return canvas;
}
