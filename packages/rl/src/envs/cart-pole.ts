import { checkOptionNames } from '@gai/core/errors';
import type { Env, EnvState, RenderMode, ResetOptions, ResetResult, RgbFrame, StepResult } from '../env.ts';
import { stateError } from '../errors.ts';
import type { Generator } from '../random/generator.ts';
import { drawCartPole } from '../render/draw-cart-pole.ts';
import { presentFrame } from '../render/present.ts';
import { Box } from '../spaces/box.ts';
import { Discrete } from '../spaces/discrete.ts';
import { actionError, boundsOption, NO_INFO, resetGenerator, stateOption } from './reset-options.ts';
import { loadNumbers, saveNumbers } from './saved-state.ts';

const GRAVITY = 9.8;
const POLE_MASS = 0.1;
const TOTAL_MASS = POLE_MASS + 1;
const HALF_LENGTH = 0.5;
const POLE_MASS_LENGTH = POLE_MASS * HALF_LENGTH;
const FORCE = 10;
const TIME_STEP = 0.02;
const X_LIMIT = 2.4;
const ANGLE_LIMIT = (12 * 2 * Math.PI) / 360;

/** Settings of {@link CartPole}. */
export interface CartPoleOptions {
  /** Reward 0 per step and −1 for the last one, as in Sutton and Barto, instead of +1 per step. Default false. */
  suttonBartoReward?: boolean | undefined;
}

/**
 * A pole balanced on a cart (Barto, Sutton and Anderson 1983), equal to Gymnasium's `CartPole-v1`.
 *
 * State and observation: [x in m, ẋ in m/s, θ in rad, θ̇ in rad/s]; the observation is the state in float32. Actions:
 * 0 pushes left, 1 right, with 10 N for 0.02 s (explicit Euler). Reward +1 per step, also for the one that ends the
 * episode; 0 after it. Terminates when |x| > 2.4 m or |θ| > 12°. `make('CartPole-v1')` truncates at 500 steps.
 *
 * Reset: each of the four numbers uniform in [−0.05, 0.05]; `options: { low, high }` changes the bounds,
 * `options: { state: [x, ẋ, θ, θ̇] }` sets it.
 *
 * @example
 * import { CartPole } from '@gai/rl';
 * const env = new CartPole();
 * env.reset({ options: { state: [0.01, -0.02, 0.03, 0.04] } });
 * env.step(1);
 * env.state; // => [0.009600000000000001, 0.17467919574755525, 0.030799999999999998, -0.2430687179600081]
 * @category Environments
 * @since 0.1.0
 */
export class CartPole implements Env<Float32Array, number> {
  readonly observationSpace: Box;
  readonly actionSpace = new Discrete(2);
  readonly #suttonBartoReward: boolean;
  readonly #values = new Float64Array(4);
  readonly #result: StepResult<Float32Array>;
  #spare = new Float32Array(4);
  #random: Generator | undefined;
  #started = false;
  #over = false;

  constructor(options: CartPoleOptions = {}) {
    checkOptionNames('CartPole', options, ['suttonBartoReward']);
    const { suttonBartoReward = false } = options;
    const high = [X_LIMIT * 2, Infinity, ANGLE_LIMIT * 2, Infinity];
    this.observationSpace = new Box({ low: high.map((bound) => -bound), high });
    this.#suttonBartoReward = suttonBartoReward;
    const observation = new Float32Array(4);
    this.#result = { observation, reward: 0, terminated: false, truncated: false, info: NO_INFO };
  }

  /** The state [x, ẋ, θ, θ̇] in float64. */
  get state(): number[] {
    return [...this.#values];
  }

  getState(): EnvState {
    return { ...saveNumbers(this.#values, this.#random), over: this.#over };
  }

  setState(state: EnvState): void {
    this.#random = loadNumbers(this.#values, state);
    this.#started = true;
    this.#over = state['over'] === true;
  }

  reset(options: ResetOptions = {}): ResetResult<Float32Array> {
    this.#random = resetGenerator(this.#random, options);
    const [low, high] = boundsOption('CartPole.reset', options, -0.05, 0.05);
    const given = stateOption('CartPole.reset', options, 4);
    for (let index = 0; index < 4; index++)
      this.#values[index] = given ? given[index]! : this.#random.uniform(low, high);
    this.#started = true;
    this.#over = false;
    return { observation: this.#observe(), info: NO_INFO };
  }

  /** Writes the state into the buffer that is not in use and hands it out. */
  #observe(): Float32Array {
    const observation = this.#spare;
    const values = this.#values;
    const result = this.#result;
    observation[0] = values[0]!;
    observation[1] = values[1]!;
    observation[2] = values[2]!;
    observation[3] = values[3]!;
    this.#spare = result.observation as Float32Array<ArrayBuffer>;
    result.observation = observation;
    return observation;
  }

  step(action: number): StepResult<Float32Array> {
    if (action !== 0 && action !== 1) throw actionError('CartPole.step', action, 2);
    if (!this.#started)
      throw stateError('CartPole.step', 'no episode has begun. Got step first; expected reset. Call reset().');
    const values = this.#values;
    const result = this.#result;
    const velocity = values[1]!;
    const angle = values[2]!;
    const spin = values[3]!;
    const cosine = Math.cos(angle);
    const sine = Math.sin(angle);
    const push = ((action === 1 ? FORCE : -FORCE) + POLE_MASS_LENGTH * (spin * spin) * sine) / TOTAL_MASS;
    const spinRate =
      (GRAVITY * sine - cosine * push) / (HALF_LENGTH * (4 / 3 - (POLE_MASS * (cosine * cosine)) / TOTAL_MASS));
    const x = values[0]! + TIME_STEP * velocity;
    const theta = angle + TIME_STEP * spin;
    values[0] = x;
    values[1] = velocity + TIME_STEP * (push - (POLE_MASS_LENGTH * spinRate * cosine) / TOTAL_MASS);
    values[2] = theta;
    values[3] = spin + TIME_STEP * spinRate;
    this.#observe();
    result.terminated = x < -X_LIMIT || x > X_LIMIT || theta < -ANGLE_LIMIT || theta > ANGLE_LIMIT;
    result.reward = this.#rewardOf(result.terminated);
    return result;
  }

  #rewardOf(terminated: boolean): number {
    if (!terminated) return this.#suttonBartoReward ? 0 : 1;
    const late = this.#over;
    this.#over = true;
    if (this.#suttonBartoReward) return -1;
    return late ? 0 : 1;
  }

  render(mode: RenderMode = 'ansi'): string | RgbFrame {
    return presentFrame(drawCartPole(this.#values[0]!, this.#values[2]!), mode);
  }
}
