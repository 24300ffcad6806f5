import { HALF_WIDTH } from '../envs/round-track.ts';
import type { RoundTrack } from '../envs/round-track.ts';
import { Canvas, corners, turnAndMove } from './canvas.ts';
import type { Colour, Point } from './canvas.ts';

const SIZE = 320;
const SCALE = 5;
const GRASS: Colour = [96, 150, 88];
const ROAD: Colour = [120, 120, 124];
const CAR: Colour = [206, 58, 54];
const START: Colour = [240, 240, 240];

/** The whole track from above. */
export function drawPixelCar(track: RoundTrack, { x, y, heading }: { x: number; y: number; heading: number }): Canvas {
  const canvas = new Canvas(SIZE, SIZE, GRASS);
  const at = (px: number, py: number): Point => [SIZE / 2 + px * SCALE, SIZE / 2 - py * SCALE];
  const edge = (side: number): Point[] =>
    Array.from({ length: 180 }, (_, index) => {
      const angle = (index * Math.PI) / 90;
      const radius = track.radius(angle) + side * HALF_WIDTH;
      return at(radius * Math.cos(angle), radius * Math.sin(angle));
    });
  canvas.polygon(edge(1), ROAD);
  canvas.polygon(edge(-1), GRASS);
  canvas.line(at(track.radius(0) - HALF_WIDTH, 0), at(track.radius(0) + HALF_WIDTH, 0), START, 3);
  canvas.polygon(turnAndMove(corners(-6, 6, -3, 3), -heading, at(x, y)), CAR);
  return canvas;
}
