import { checkOptionNames } from '@gai/core/errors';
import type { EnvState, RenderMode, ResetOptions, ResetResult, RgbFrame, StepResult } from '../env.ts';
import { stateError } from '../errors.ts';
import type { Generator } from '../random/generator.ts';
import { drawMountainCar } from '../render/draw-mountain-car.ts';
import { presentFrame } from '../render/present.ts';
import { Box } from '../spaces/box.ts';
import type { MountainCarOptions } from './mountain-car.ts';
import { boundsOption, NO_INFO, resetGenerator, stateOption } from './reset-options.ts';
import { loadNumbers, saveNumbers } from './saved-state.ts';
import { actionValue, type ContinuousAction, type ContinuousEnv } from './torque.ts';

const MIN_POSITION = -1.2;
const MAX_POSITION = 0.6;
const MAX_SPEED = 0.07;
const GOAL = 0.45;
const POWER = 0.0015;

type Round = (value: number) => number;
const asDouble: Round = (value) => value;

/** A state that only a step can have left: float32 numbers and a speed. It goes on in float32. */
function isFloat32State(given: Float64Array, original: unknown): boolean {
  if (original instanceof Float32Array) return true;
  if (original instanceof Float64Array) return false;
  return given[1] !== 0 && given.every((value) => Math.fround(value) === value);
}

/**
 * The mountain car with a continuous engine, equal to Gymnasium's `MountainCarContinuous-v0`.
 *
 * State and observation: [position, velocity]; the action is a force in [−1, 1] (clipped):
 * v ← v + 0.0015·a − 0.0025·cos(3x). Reward −0.1·a² with the unclipped a, and +100 on reaching x ≥ 0.45, which
 * terminates. `make('MountainCarContinuous-v0')` truncates at 999 steps.
 *
 * Gymnasium stores the state in float32 after every step, and NumPy then computes the next one in float32; only the
 * step after a reset is computed in float64. This env does the same. A `{ state }` given as a Float32Array counts as the
 * former, as a Float64Array as the latter; a plain array counts as float32 if its numbers are and its velocity is not 0.
 * A Float32Array action is computed with in float32; a number or another array, as NumPy's float64, makes the step float64.
 *
 * @example
 * import { MountainCarContinuous } from '@gai/rl';
 * const env = new MountainCarContinuous();
 * env.reset({ seed: 0 });
 * env.step(new Float32Array([0.5])).reward; // => -0.025
 * @category Environments
 * @since 0.1.0
 */
export class MountainCarContinuous implements ContinuousEnv {
  readonly observationSpace = new Box({ low: [MIN_POSITION, -MAX_SPEED], high: [MAX_POSITION, MAX_SPEED] });
  readonly actionSpace = new Box({ low: -1, high: 1, shape: [1] });
  readonly #goalVelocity: number;
  readonly #values = new Float64Array(2);
  readonly #result: StepResult<Float32Array>;
  #spare = new Float32Array(2);
  #random: Generator | undefined;
  #started = false;
  #inFloat32 = false;

  constructor(options: MountainCarOptions = {}) {
    checkOptionNames('MountainCarContinuous', options, ['goalVelocity']);
    const { goalVelocity = 0 } = options;
    this.#goalVelocity = goalVelocity;
    const observation = new Float32Array(2);
    this.#result = { observation, reward: 0, terminated: false, truncated: false, info: NO_INFO };
  }

  /** The state [position, velocity]. */
  get state(): number[] {
    return [...this.#values];
  }

  getState(): EnvState {
    return { ...saveNumbers(this.#values, this.#random), inFloat32: this.#inFloat32 };
  }

  setState(state: EnvState): void {
    this.#random = loadNumbers(this.#values, state);
    this.#started = true;
    this.#inFloat32 = state['inFloat32'] === true;
  }

  reset(options: ResetOptions = {}): ResetResult<Float32Array> {
    this.#random = resetGenerator(this.#random, options);
    const [low, high] = boundsOption('MountainCarContinuous.reset', options, -0.6, -0.4);
    const given = stateOption('MountainCarContinuous.reset', options, 2);
    this.#values[0] = given ? given[0]! : this.#random.uniform(low, high);
    this.#values[1] = given ? given[1]! : 0;
    this.#inFloat32 = given !== undefined && isFloat32State(given, options.options?.['state']);
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

  step(action: ContinuousAction): StepResult<Float32Array>;
  step(action: Float32Array): StepResult<Float32Array>;
  step(action: ContinuousAction): StepResult<Float32Array> {
    const value = actionValue('MountainCarContinuous.step', action);
    if (!this.#started) {
      throw stateError(
        'MountainCarContinuous.step',
        'no episode has begun. Got step first; expected reset. Call reset().',
      );
    }
    const values = this.#values;
    const result = this.#result;
    // NumPy promotes: a float64 action makes this step float64, unless it was clipped to the Python floats ±1.
    const promoted = !(action instanceof Float32Array) && Math.abs(value) <= 1;
    const round = this.#inFloat32 && !promoted ? Math.fround : asDouble;
    let velocity = round(values[1]! + round(this.#acceleration(value, action instanceof Float32Array)));
    if (velocity > round(MAX_SPEED)) velocity = MAX_SPEED;
    if (velocity < -round(MAX_SPEED)) velocity = -MAX_SPEED;
    let position = round(values[0]! + round(velocity));
    if (position > round(MAX_POSITION)) position = MAX_POSITION;
    if (position < round(MIN_POSITION)) position = MIN_POSITION;
    if (round(position) === round(MIN_POSITION) && velocity < 0) velocity = 0;
    result.terminated = round(position) >= round(GOAL) && velocity >= this.#goalVelocity;
    result.reward = (result.terminated ? 100 : 0) - value * value * 0.1;
    values[0] = Math.fround(position);
    values[1] = Math.fround(velocity);
    this.#inFloat32 = true;
    this.#observe();
    return result;
  }

  /** Engine minus gravity, rounded where NumPy's float32 scalars round. */
  #acceleration(value: number, isFloat32: boolean): number {
    const position = this.#values[0]!;
    const slope = 0.0025 * Math.cos(this.#inFloat32 ? Math.fround(3 * position) : 3 * position);
    const clipped = Math.min(Math.max(value, -1), 1);
    if (isFloat32 && clipped === value) {
      return Math.fround(Math.fround(value * Math.fround(POWER)) - Math.fround(slope));
    }
    return clipped * POWER - slope;
  }

  render(mode: RenderMode = 'ansi'): string | RgbFrame {
    return presentFrame(drawMountainCar(this.#values[0]!, GOAL), mode);
  }
}
