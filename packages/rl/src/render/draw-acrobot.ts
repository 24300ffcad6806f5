import type { RgbFrame } from '../env.ts';
import { Canvas, corners, turnAndMove, type Point } from './canvas.ts';

const SIZE = 500;
const SCALE = SIZE / 4.4;

/** The two links, hanging from the middle, and the line to swing above. */
export function drawAcrobot(theta1: number, theta2: number): RgbFrame {
  const canvas = new Canvas(SIZE, SIZE);
  const middle = SIZE / 2;
  canvas.line([middle - 2.2 * SCALE, middle - SCALE], [middle + 2.2 * SCALE, middle - SCALE], [0, 0, 0], 1);
  const link = corners(-0.1 * SCALE, 0.1 * SCALE, 0, SCALE);
  const elbow: Point = [middle + SCALE * Math.sin(theta1), middle + SCALE * Math.cos(theta1)];
  const joints: readonly (readonly [Point, number])[] = [
    [[middle, middle], theta1],
    [elbow, theta1 + theta2],
  ];
  for (const [joint, angle] of joints) {
    canvas.polygon(turnAndMove(link, -angle, joint), [0, 204, 204]);
    canvas.disc(joint, 0.1 * SCALE, [204, 204, 0]);
  }
  return canvas;
}
