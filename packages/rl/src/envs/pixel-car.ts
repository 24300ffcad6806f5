import { checkOptionNames } from '@gai/core/errors';
import type { Env, EnvState, RenderMode, ResetOptions, ResetResult, RgbFrame, StepResult } from '../env.ts';
import { stateError } from '../errors.ts';
import type { Generator } from '../random/generator.ts';
import { drawPixelCar } from '../render/draw-pixel-car.ts';
import { presentFrame } from '../render/present.ts';
import { Box } from '../spaces/box.ts';
import { Discrete } from '../spaces/discrete.ts';
import { checkCount } from '../spaces/seeded-space.ts';
import { actionError, NO_INFO, resetGenerator } from './reset-options.ts';
import { loadNumbers, saveNumbers } from './saved-state.ts';
import { HALF_WIDTH, RoundTrack } from './round-track.ts';

/** Settings of {@link PixelCar}. */
export interface PixelCarOptions {
  /** Pixels of a side of the picture. Default 24. */
  readonly size?: number | undefined;
}

/** What a step changes, in radians, in lengths per step. */
const TURN = 0.18;
const GAS = 0.15;
const BRAKE = 0.25;
const DRAG = 0.015;
const TOP_SPEED = 1.2;
/** The width of what is seen. */
const SIGHT = 18;
/** How far down the picture the car is: most of what is seen lies before it. */
const PLACE = 0.85;
const GRASS = 60;
const ROAD = 200;

/**
 * A small car on a round track, driven from what it sees: a gray picture from above, turned so that the car heads up.
 *
 * Observation: `[size, size, 1]` bytes: road 200, grass 60, the car 255 in the lower middle, and its speed as a bar at the left edge.
 * Actions, as of Gymnasium's CarRacing: 0 nothing, 1 steers left, 2 right, 3 gas, 4 brake. Reward: hundredths of a lap, less 0.05 a
 * step. Leaving the road costs 10 and terminates, and so does a whole lap. Each episode has a track of its own, 20 in radius with
 * two waves, 7 wide. `make('PixelCar-v0')` truncates at 250 steps.
 *
 * @example
 * import { PixelCar } from '@gai/rl';
 * const env = new PixelCar();
 * env.reset({ seed: 0 }).observation.length; // => 576
 * for (let step = 0; step < 6; step++) env.step(3);
 * env.step(3).reward > 0; // => true
 * @category Environments
 * @since 0.1.0
 */
export class PixelCar implements Env<Uint8Array, number> {
  readonly observationSpace: Box<'uint8'>;
  readonly actionSpace = new Discrete(5);
  readonly #size: number;
  /** x, y, heading, speed, share of a lap, and the numbers of the track. */
  readonly #values = new Float64Array(5 + RoundTrack.parameters);
  readonly #result: StepResult<Uint8Array>;
  #spare: Uint8Array;
  #track = new RoundTrack([0, 0, 0, 0]);
  #random: Generator | undefined;
  #started = false;

  constructor(options: PixelCarOptions = {}) {
    checkOptionNames('PixelCar', options, ['size']);
    const { size = 24 } = options;
    checkCount('PixelCar', 'size', size, 8);
    this.#size = size;
    this.observationSpace = new Box({ low: 0, high: 255, shape: [size, size, 1], dtype: 'uint8' });
    this.#spare = new Uint8Array(size * size);
    this.#result = {
      observation: new Uint8Array(size * size),
      reward: 0,
      terminated: false,
      truncated: false,
      info: NO_INFO,
    };
  }

  getState(): EnvState {
    return saveNumbers(this.#values, this.#random);
  }

  setState(state: EnvState): void {
    this.#random = loadNumbers(this.#values, state);
    this.#track = new RoundTrack(this.#values.subarray(5));
    this.#started = true;
  }

  reset(options: ResetOptions = {}): ResetResult<Uint8Array> {
    this.#random = resetGenerator(this.#random, options);
    const track = RoundTrack.draw(this.#random);
    this.#track = new RoundTrack(track);
    this.#values.set([this.#track.radius(0), 0, this.#track.heading(0), 0, 0, ...track]);
    this.#started = true;
    return { observation: this.#observe(), info: NO_INFO };
  }

  step(action: number): StepResult<Uint8Array> {
    if (!this.actionSpace.contains(action)) throw actionError('PixelCar.step', action, 5);
    if (!this.#started) {
      throw stateError('PixelCar.step', 'no episode has begun. Got step first; expected reset. Call reset().');
    }
    const values = this.#values;
    const [x, y] = [values[0]!, values[1]!];
    if (action === 1) values[2]! += TURN;
    if (action === 2) values[2]! -= TURN;
    const change = action === 3 ? GAS : action === 4 ? -BRAKE : 0;
    const speed = Math.min(TOP_SPEED, Math.max(0, values[3]! + change - DRAG));
    values[3] = speed;
    values[0] = x + speed * Math.cos(values[2]!);
    values[1] = y + speed * Math.sin(values[2]!);
    const gain = angleBetween([x, y], [values[0], values[1]]) / (2 * Math.PI);
    values[4]! += gain;
    const isOff = Math.abs(this.#track.offset(values[0], values[1])) > HALF_WIDTH;
    const result = this.#result;
    result.terminated = isOff || values[4]! >= 1;
    result.reward = 100 * gain - 0.05 - (isOff ? 10 : 0);
    this.#observe();
    return result;
  }

  /** Draws what is seen into the buffer that is not in use, and hands it out. */
  #observe(): Uint8Array {
    const picture = this.#spare;
    const size = this.#size;
    const [x, y, heading, speed] = this.#values as unknown as [number, number, number, number];
    const [ahead, aside] = [Math.cos(heading), Math.sin(heading)];
    const scale = SIGHT / size;
    for (let row = 0; row < size; row++) {
      const forward = (size * PLACE - row - 0.5) * scale;
      for (let column = 0; column < size; column++) {
        const right = (column + 0.5 - size / 2) * scale;
        const offset = this.#track.offset(x + forward * ahead + right * aside, y + forward * aside - right * ahead);
        picture[row * size + column] = Math.abs(offset) <= HALF_WIDTH ? ROAD : GRASS;
      }
    }
    const place = Math.floor(size * PLACE) * size + size / 2;
    picture[Math.floor(place - 1)] = 255;
    picture[Math.floor(place)] = 255;
    const bar = Math.round((speed / TOP_SPEED) * size);
    for (let row = 0; row < size; row++) picture[row * size] = size - row <= bar ? 255 : 0;
    this.#spare = this.#result.observation;
    this.#result.observation = picture;
    return picture;
  }

  render(mode: RenderMode = 'ansi'): string | RgbFrame {
    const [x, y, heading] = this.#values as unknown as [number, number, number];
    return presentFrame(drawPixelCar(this.#track, { x, y, heading }), mode);
  }
}

/** The angle about the middle from one point to the other, from −π to π. */
function angleBetween([x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number]): number {
  return Math.atan2(x1 * y2 - y1 * x2, x1 * x2 + y1 * y2);
}
