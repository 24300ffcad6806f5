import type { Generator } from '../random/generator.ts';

/** Radius of the middle of the road where it has no waves. */
export const RADIUS = 20;
/** From the middle of the road to its edge. */
export const HALF_WIDTH = 3.5;

/** A road about the origin: its radius is `20 (1 + a₂ cos(2θ + φ₂) + a₃ cos(3θ + φ₃))`. */
export class RoundTrack {
  /** Numbers that make a track. */
  static readonly parameters = 4;
  readonly #a2: number;
  readonly #phase2: number;
  readonly #a3: number;
  readonly #phase3: number;

  /** @param parameters - a₂, φ₂, a₃, φ₃. */
  constructor(parameters: ArrayLike<number>) {
    this.#a2 = parameters[0]!;
    this.#phase2 = parameters[1]!;
    this.#a3 = parameters[2]!;
    this.#phase3 = parameters[3]!;
  }

  /** The parameters of another track. */
  static draw(random: Generator): number[] {
    const phase = (): number => random.uniform(0, 2 * Math.PI);
    return [random.uniform(0.05, 0.2), phase(), random.uniform(0.03, 0.12), phase()];
  }

  radius(angle: number): number {
    return RADIUS * (1 + this.#a2 * Math.cos(2 * angle + this.#phase2) + this.#a3 * Math.cos(3 * angle + this.#phase3));
  }

  /** The direction of the road, driven anticlockwise. */
  heading(angle: number): number {
    const slope =
      -RADIUS * (2 * this.#a2 * Math.sin(2 * angle + this.#phase2) + 3 * this.#a3 * Math.sin(3 * angle + this.#phase3));
    return angle + Math.PI / 2 - Math.atan2(slope, this.radius(angle));
  }

  /** How far a point is from the middle of the road, along the ray from the origin; outwards is positive. */
  offset(x: number, y: number): number {
    return Math.hypot(x, y) - this.radius(Math.atan2(y, x));
  }
}
