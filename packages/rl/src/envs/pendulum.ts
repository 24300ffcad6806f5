import { checkOptionNames } from '@gai/core/errors';
import type { EnvState, RenderMode, ResetOptions, ResetResult, RgbFrame, StepResult } from '../env.ts';
import { stateError } from '../errors.ts';
import type { Generator } from '../random/generator.ts';
import { drawPendulum } from '../render/draw-pendulum.ts';
import { presentFrame } from '../render/present.ts';
import { Box } from '../spaces/box.ts';
import { NO_INFO, numberOption, resetGenerator, stateOption } from './reset-options.ts';
import { loadNumbers, saveNumbers } from './saved-state.ts';
import { actionValue, type ContinuousAction, type ContinuousEnv } from './torque.ts';

const MAX_SPEED = 8;
const MAX_TORQUE = 2;
const TIME_STEP = 0.05;

/** Settings of {@link Pendulum}. */
export interface PendulumOptions {
  /** Acceleration of gravity in m/s². Default 10. */
  g?: number | undefined;
}

/** The angle in [−π, π), with Python's modulo. */
function normalizeAngle(angle: number): number {
  const turn = 2 * Math.PI;
  let rest = (angle + Math.PI) % turn;
  if (rest < 0) rest += turn;
  return rest - Math.PI;
}

/**
 * A pendulum to be swung up and held, equal to Gymnasium's `Pendulum-v1`.
 *
 * State: [θ in rad from upright, θ̇ in rad/s]; θ is not wrapped. Observation: [cos θ, sin θ, θ̇] in float32. The action
 * is a torque u in N·m, clipped to [−2, 2]. Reward −(θ² + 0.1·θ̇² + 0.001·u²) of the old state, with θ wrapped to [−π, π)
 * and the clipped u. Then θ̇ ← θ̇ + (1.5·g·sin θ + 3·u)·0.05, clipped to ±8, and θ ← θ + 0.05·θ̇. Never terminates;
 * `make('Pendulum-v1')` truncates at 200 steps. A Float32Array action is computed with in float32, as in NumPy.
 *
 * Reset: θ uniform in [−π, π], θ̇ in [−1, 1]; `options: { x_init, y_init }` changes the bounds, `{ state }` sets both.
 *
 * @example
 * import { Pendulum } from '@gai/rl';
 * const env = new Pendulum();
 * env.reset({ options: { state: [0, 0] } });
 * env.step([1]).reward; // => -0.001
 * @category Environments
 * @since 0.1.0
 */
export class Pendulum implements ContinuousEnv {
  readonly observationSpace = new Box({ low: [-1, -1, -MAX_SPEED], high: [1, 1, MAX_SPEED] });
  readonly actionSpace = new Box({ low: -MAX_TORQUE, high: MAX_TORQUE, shape: [1] });
  readonly #g: number;
  readonly #values = new Float64Array(2);
  readonly #result: StepResult<Float32Array>;
  #spare = new Float32Array(3);
  #random: Generator | undefined;
  #started = false;
  #lastTorque = 0;

  constructor(options: PendulumOptions = {}) {
    checkOptionNames('Pendulum', options, ['g']);
    const { g = 10 } = options;
    this.#g = g;
    const observation = new Float32Array(3);
    this.#result = { observation, reward: 0, terminated: false, truncated: false, info: NO_INFO };
  }

  /** The state [θ, θ̇] in float64. */
  get state(): number[] {
    return [...this.#values];
  }

  getState(): EnvState {
    return { ...saveNumbers(this.#values, this.#random), lastTorque: this.#lastTorque };
  }

  setState(state: EnvState): void {
    this.#random = loadNumbers(this.#values, state);
    this.#started = true;
    this.#lastTorque = Number(state['lastTorque']);
  }

  reset(options: ResetOptions = {}): ResetResult<Float32Array> {
    this.#random = resetGenerator(this.#random, options);
    const x = numberOption('Pendulum.reset', options, 'x_init', Math.PI);
    const y = numberOption('Pendulum.reset', options, 'y_init', 1);
    const given = stateOption('Pendulum.reset', options, 2);
    this.#values[0] = given ? given[0]! : this.#random.uniform(-x, x);
    this.#values[1] = given ? given[1]! : this.#random.uniform(-y, y);
    this.#lastTorque = 0;
    this.#started = true;
    return { observation: this.#observe(), info: NO_INFO };
  }

  #observe(): Float32Array {
    const observation = this.#spare;
    observation[0] = Math.cos(this.#values[0]!);
    observation[1] = Math.sin(this.#values[0]!);
    observation[2] = this.#values[1]!;
    this.#spare = this.#result.observation as Float32Array<ArrayBuffer>;
    this.#result.observation = observation;
    return observation;
  }

  step(action: ContinuousAction): StepResult<Float32Array>;
  step(action: Float32Array): StepResult<Float32Array>;
  step(action: ContinuousAction): StepResult<Float32Array> {
    const value = actionValue('Pendulum.step', action);
    if (!this.#started)
      throw stateError('Pendulum.step', 'no episode has begun. Got step first; expected reset. Call reset().');
    const values = this.#values;
    const result = this.#result;
    const torque = Math.min(Math.max(value, -MAX_TORQUE), MAX_TORQUE);
    const angle = values[0]!;
    const speed = values[1]!;
    const isFloat32 = action instanceof Float32Array;
    const effort = isFloat32
      ? Math.fround(Math.fround(0.001) * Math.fround(torque * torque))
      : 0.001 * (torque * torque);
    const drive = isFloat32 ? Math.fround(3 * torque) : 3 * torque;
    const off = normalizeAngle(angle);
    result.reward = -(off * off + 0.1 * (speed * speed) + effort);
    const faster = speed + (((3 * this.#g) / 2) * Math.sin(angle) + drive) * TIME_STEP;
    values[1] = Math.min(Math.max(faster, -MAX_SPEED), MAX_SPEED);
    values[0] = angle + values[1] * TIME_STEP;
    this.#lastTorque = torque;
    this.#observe();
    return result;
  }

  render(mode: RenderMode = 'ansi'): string | RgbFrame {
    return presentFrame(drawPendulum(this.#values[0]!, this.#lastTorque), mode);
  }
}
