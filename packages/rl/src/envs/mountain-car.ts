import { checkOptionNames } from '@gai/core/errors';
import type { Env, EnvState, RenderMode, ResetOptions, ResetResult, RgbFrame, StepResult } from '../env.ts';
import { stateError } from '../errors.ts';
import type { Generator } from '../random/generator.ts';
import { drawMountainCar } from '../render/draw-mountain-car.ts';
import { presentFrame } from '../render/present.ts';
import { Box } from '../spaces/box.ts';
import { Discrete } from '../spaces/discrete.ts';
import { actionError, boundsOption, NO_INFO, resetGenerator, stateOption } from './reset-options.ts';
import { loadNumbers, saveNumbers } from './saved-state.ts';

const MIN_POSITION = -1.2;
const MAX_POSITION = 0.6;
const MAX_SPEED = 0.07;
const GOAL = 0.5;
const FORCE = 0.001;
const GRAVITY = 0.0025;

/** Settings of {@link MountainCar}. */
export interface MountainCarOptions {
  /** Least speed at the goal that ends the episode. Default 0. */
  goalVelocity?: number | undefined;
}

/**
 * An underpowered car that must rock its way out of a valley (Moore 1990), equal to Gymnasium's `MountainCar-v0`.
 *
 * State and observation: [position, velocity]; actions 0, 1, 2 push left, not, right:
 * v ← v + 0.001·(a − 1) − 0.0025·cos(3x), clipped to ±0.07; x ← x + v, clipped to [−1.2, 0.6]; the left wall stops the
 * car. Reward −1 per step. Terminates at x ≥ 0.5. `make('MountainCar-v0')` truncates at 200 steps.
 *
 * Reset: x uniform in [−0.6, −0.4], v = 0; `options: { low, high }` changes the bounds, `{ state }` sets both.
 *
 * @example
 * import { MountainCar } from '@gai/rl';
 * const env = new MountainCar();
 * env.reset({ options: { state: [-0.5, 0] } });
 * env.step(0);
 * env.state; // => [-0.5011768430041692, -0.0011768430041692573]
 * @category Environments
 * @since 0.1.0
 */
export class MountainCar implements Env<Float32Array, number> {
  readonly observationSpace = new Box({ low: [MIN_POSITION, -MAX_SPEED], high: [MAX_POSITION, MAX_SPEED] });
  readonly actionSpace = new Discrete(3);
  readonly #goalVelocity: number;
  readonly #values = new Float64Array(2);
  readonly #result: StepResult<Float32Array>;
  #spare = new Float32Array(2);
  #random: Generator | undefined;
  #started = false;

  constructor(options: MountainCarOptions = {}) {
    checkOptionNames('MountainCar', options, ['goalVelocity']);
    const { goalVelocity = 0 } = options;
    this.#goalVelocity = goalVelocity;
    const observation = new Float32Array(2);
    this.#result = { observation, reward: -1, terminated: false, truncated: false, info: NO_INFO };
  }

  /** The state [position, velocity] in float64. */
  get state(): number[] {
    return [...this.#values];
  }

  getState(): EnvState {
    return saveNumbers(this.#values, this.#random);
  }

  setState(state: EnvState): void {
    this.#random = loadNumbers(this.#values, state);
    this.#started = true;
  }

  reset(options: ResetOptions = {}): ResetResult<Float32Array> {
    this.#random = resetGenerator(this.#random, options);
    const [low, high] = boundsOption('MountainCar.reset', options, -0.6, -0.4);
    const given = stateOption('MountainCar.reset', options, 2);
    this.#values[0] = given ? given[0]! : this.#random.uniform(low, high);
    this.#values[1] = given ? given[1]! : 0;
    this.#started = true;
    return { observation: this.#observe(), info: NO_INFO };
  }

  #observe(): Float32Array {
    const observation = this.#spare;
    observation[0] = this.#values[0]!;
    observation[1] = this.#values[1]!;
    this.#spare = this.#result.observation as Float32Array<ArrayBuffer>;
    this.#result.observation = observation;
    return observation;
  }

  step(action: number): StepResult<Float32Array> {
    if (action !== 0 && action !== 1 && action !== 2) throw actionError('MountainCar.step', action, 3);
    if (!this.#started)
      throw stateError('MountainCar.step', 'no episode has begun. Got step first; expected reset. Call reset().');
    const values = this.#values;
    const result = this.#result;
    let velocity = values[1]! + ((action - 1) * FORCE + Math.cos(3 * values[0]!) * -GRAVITY);
    velocity = Math.min(Math.max(velocity, -MAX_SPEED), MAX_SPEED);
    const position = Math.min(Math.max(values[0]! + velocity, MIN_POSITION), MAX_POSITION);
    if (position === MIN_POSITION && velocity < 0) velocity = 0;
    values[0] = position;
    values[1] = velocity;
    this.#observe();
    result.terminated = position >= GOAL && velocity >= this.#goalVelocity;
    return result;
  }

  render(mode: RenderMode = 'ansi'): string | RgbFrame {
    return presentFrame(drawMountainCar(this.#values[0]!, GOAL), mode);
  }
}
