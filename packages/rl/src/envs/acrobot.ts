import type { Env, EnvState, RenderMode, ResetOptions, ResetResult, RgbFrame, StepResult } from '../env.ts';
import { stateError } from '../errors.ts';
import type { Generator } from '../random/generator.ts';
import { drawAcrobot } from '../render/draw-acrobot.ts';
import { presentFrame } from '../render/present.ts';
import { Box } from '../spaces/box.ts';
import { Discrete } from '../spaces/discrete.ts';
import { actionError, boundsOption, NO_INFO, resetGenerator, stateOption } from './reset-options.ts';
import { loadNumbers, saveNumbers } from './saved-state.ts';

const TIME_STEP = 0.2;
const GRAVITY = 9.8;
const CENTRE = 0.5;
const MAX_SPEED_1 = 4 * Math.PI;
const MAX_SPEED_2 = 9 * Math.PI;

/** Time derivatives of [θ1, θ2, θ̇1, θ̇2] under a torque, for links of length, mass and inertia 1. Writes `out`. */
function derivatives(state: Float64Array, torque: number, out: Float64Array): void {
  const theta1 = state[0]!,
    theta2 = state[1]!,
    speed1 = state[2]!,
    speed2 = state[3]!;
  const cosine = Math.cos(theta2);
  const sine = Math.sin(theta2);
  const d1 = CENTRE ** 2 + (1 + CENTRE ** 2 + 2 * CENTRE * cosine) + 1 + 1;
  const d2 = CENTRE ** 2 + CENTRE * cosine + 1;
  const phi2 = CENTRE * GRAVITY * Math.cos(theta1 + theta2 - Math.PI / 2);
  const phi1 =
    -CENTRE * (speed2 * speed2) * sine -
    2 * CENTRE * speed2 * speed1 * sine +
    (CENTRE + 1) * GRAVITY * Math.cos(theta1 - Math.PI / 2) +
    phi2;
  const acceleration2 =
    (torque + (d2 / d1) * phi1 - CENTRE * (speed1 * speed1) * sine - phi2) / (CENTRE ** 2 + 1 - (d2 * d2) / d1);
  out[0] = speed1;
  out[1] = speed2;
  out[2] = -(d2 * acceleration2 + phi1) / d1;
  out[3] = acceleration2;
}

/** One fourth-order Runge-Kutta step, in place, with its own work arrays. */
class RungeKutta4 {
  readonly #slopes = [0, 1, 2, 3].map(() => new Float64Array(4));
  readonly #point = new Float64Array(4);

  advance(state: Float64Array, torque: number): void {
    const [k1, k2, k3, k4] = this.#slopes as [Float64Array, Float64Array, Float64Array, Float64Array];
    derivatives(state, torque, k1);
    derivatives(this.#along(state, k1, TIME_STEP / 2), torque, k2);
    derivatives(this.#along(state, k2, TIME_STEP / 2), torque, k3);
    derivatives(this.#along(state, k3, TIME_STEP), torque, k4);
    for (let i = 0; i < 4; i++) {
      state[i] = state[i]! + (TIME_STEP / 6) * (k1[i]! + 2 * k2[i]! + 2 * k3[i]! + k4[i]!);
    }
  }

  #along(state: Float64Array, slope: Float64Array, time: number): Float64Array {
    for (let i = 0; i < 4; i++) this.#point[i] = state[i]! + time * slope[i]!;
    return this.#point;
  }
}

function wrapAngle(angle: number): number {
  let wrapped = angle;
  while (wrapped > Math.PI) wrapped -= 2 * Math.PI;
  while (wrapped < -Math.PI) wrapped += 2 * Math.PI;
  return wrapped;
}

function clamp(value: number, limit: number): number {
  return Math.min(Math.max(value, -limit), limit);
}

/**
 * A two-link pendulum with a motor at its elbow, to be swung above the bar (Sutton 1996), equal to Gymnasium's
 * `Acrobot-v1` ("book" dynamics).
 *
 * State: [θ1, θ2 in rad, θ̇1, θ̇2 in rad/s], θ1 from straight down, θ2 relative to the first link. Observation:
 * [cos θ1, sin θ1, cos θ2, sin θ2, θ̇1, θ̇2] in float32. Actions 0, 1, 2 apply a torque of −1, 0, +1 N·m for 0.2 s (one
 * Runge-Kutta step). Reward −1 per step, 0 for the one that reaches −cos θ1 − cos(θ1 + θ2) > 1, which terminates.
 * `make('Acrobot-v1')` truncates at 500 steps.
 *
 * Reset: each number uniform in [−0.1, 0.1], rounded to float32 as Gymnasium does; `options: { low, high }` changes the
 * bounds, `options: { state }` sets it.
 *
 * @example
 * import { Acrobot } from '@gai/rl';
 * const env = new Acrobot();
 * env.reset({ seed: 0 });
 * env.step(2).reward; // => -1
 * @category Environments
 * @since 0.1.0
 */
export class Acrobot implements Env<Float32Array, number> {
  readonly observationSpace: Box;
  readonly actionSpace = new Discrete(3);
  readonly #values = new Float64Array(4);
  readonly #integrator = new RungeKutta4();
  readonly #result: StepResult<Float32Array>;
  #spare = new Float32Array(6);
  #random: Generator | undefined;
  #started = false;

  constructor() {
    const high = [1, 1, 1, 1, MAX_SPEED_1, MAX_SPEED_2];
    this.observationSpace = new Box({ low: high.map((bound) => -bound), high });
    const observation = new Float32Array(6);
    this.#result = { observation, reward: 0, terminated: false, truncated: false, info: NO_INFO };
  }

  /** The state [θ1, θ2, θ̇1, θ̇2] in float64. */
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
    const [low, high] = boundsOption('Acrobot.reset', options, -0.1, 0.1);
    const given = stateOption('Acrobot.reset', options, 4);
    for (let index = 0; index < 4; index++) {
      this.#values[index] = given ? given[index]! : Math.fround(this.#random.uniform(low, high));
    }
    this.#started = true;
    return { observation: this.#observe(), info: NO_INFO };
  }

  #observe(): Float32Array {
    const observation = this.#spare;
    const values = this.#values;
    observation[0] = Math.cos(values[0]!);
    observation[1] = Math.sin(values[0]!);
    observation[2] = Math.cos(values[1]!);
    observation[3] = Math.sin(values[1]!);
    observation[4] = values[2]!;
    observation[5] = values[3]!;
    this.#spare = this.#result.observation as Float32Array<ArrayBuffer>;
    this.#result.observation = observation;
    return observation;
  }

  step(action: number): StepResult<Float32Array> {
    if (action !== 0 && action !== 1 && action !== 2) throw actionError('Acrobot.step', action, 3);
    if (!this.#started)
      throw stateError('Acrobot.step', 'no episode has begun. Got step first; expected reset. Call reset().');
    const values = this.#values;
    const result = this.#result;
    this.#integrator.advance(values, action - 1);
    values[0] = wrapAngle(values[0]!);
    values[1] = wrapAngle(values[1]!);
    values[2] = clamp(values[2]!, MAX_SPEED_1);
    values[3] = clamp(values[3]!, MAX_SPEED_2);
    this.#observe();
    result.terminated = -Math.cos(values[0]) - Math.cos(values[1] + values[0]) > 1;
    result.reward = result.terminated ? 0 : -1;
    return result;
  }

  render(mode: RenderMode = 'ansi'): string | RgbFrame {
    return presentFrame(drawAcrobot(this.#values[0]!, this.#values[1]!), mode);
  }
}
