import type { RgbFrame } from '../env.ts';
import { Canvas } from './canvas.ts';

/** A green table: the dealer's card as pips above, the player's sum as a bar of 21 below, gold with a usable ace. */
export function drawBlackjack(sum: number, dealerCard: number, usableAce: boolean): RgbFrame {
  const canvas = new Canvas(384, 256, [40, 110, 70]);
  canvas.rectangle([142, 20, 100, 120], [250, 250, 250]);
  for (let pip = 0; pip < dealerCard; pip++) {
    canvas.disc([167 + 25 * (pip % 3), 38 + 28 * Math.floor(pip / 3)], 9, [190, 40, 40]);
  }
  for (let point = 0; point < 21; point++) {
    const filled = point < sum;
    canvas.rectangle(
      [13 + point * 17, 180, 15, 50],
      filled ? (usableAce ? [235, 200, 70] : [240, 240, 240]) : [30, 80, 50],
    );
  }
  return canvas;
}
