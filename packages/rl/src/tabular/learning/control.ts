import { checkInteger, checkNumber } from '../errors.ts';
import { Random, runSeed } from '../random.ts';
import { ENDLESS, endlessEpisode } from '../tabular-env.ts';
import type { TabularEnv, TabularStep } from '../tabular-env.ts';
import { ActionTable } from './actions.ts';
import { toSchedule } from './schedules.ts';
import type { Schedule } from './schedules.ts';

/**
 * What a control algorithm reports after every episode.
 *
 * @category Learning
 * @since 0.1.0
 */
export interface EpisodeReport {
  /** 0, 1, … */
  readonly episode: number;
  /** Undiscounted sum of rewards. */
  readonly return: number;
  /** Steps of the episode. */
  readonly length: number;
  /** `[numStates · numActions]`. Reused: copy to keep. */
  readonly q: Float64Array;
}

/**
 * Options of every tabular control algorithm.
 *
 * @category Learning
 * @since 0.1.0
 */
export interface ControlOptions {
  /** How many episodes. */
  readonly episodes: number;
  /** Step size α per update, from 0 to 1. Default 0.1. */
  readonly alpha?: number | Schedule | undefined;
  /** Discount γ per step. Default 0.99. */
  readonly gamma?: number | undefined;
  /** Probability ε of a random action, from 0 to 1. Default 0.1. */
  readonly epsilon?: number | Schedule | undefined;
  /** Seeds the choices of actions and, at the first reset, the env. Default 0. */
  readonly seed?: number | undefined;
  /** Every action's first value, or all of them `[numStates · numActions]`. Default 0. */
  readonly initialQ?: number | ArrayLike<number> | undefined;
  /**
   * Stops the whole run after so many steps, in the middle of an episode too: that one counts as truncated. Default none.
   */
  readonly maxSteps?: number | undefined;
  readonly onEpisode?: ((report: EpisodeReport) => void) | undefined;
}

/** The names of {@link ControlOptions}. */
export const CONTROL_OPTIONS: readonly string[] = [
  'episodes',
  'alpha',
  'gamma',
  'epsilon',
  'seed',
  'initialQ',
  'maxSteps',
  'onEpisode',
];

/**
 * What every tabular control algorithm returns.
 *
 * @category Learning
 * @since 0.1.0
 */
export interface ControlResult {
  /** `[numStates · numActions]`, row by row. */
  readonly q: Float64Array;
  /** `[numStates]`: the greedy action, the lowest among ties; −1 where none is offered. */
  readonly policy: Int32Array;
  /** `[numStates]`: `max_a q(s, a)`. */
  readonly values: Float64Array;
  /** Undiscounted return of each episode, as played. */
  readonly returns: Float64Array;
  /** Steps of each episode. */
  readonly lengths: Int32Array;
  /** Steps in all. */
  readonly steps: number;
  readonly numActions: number;
}

/** The bookkeeping all control algorithms share; the algorithms keep their own loop over steps. */
export class ControlRun {
  readonly env: TabularEnv;
  readonly actions: ActionTable;
  readonly random: Random;
  readonly gamma: number;
  readonly q: Float64Array;
  /** Step size and exploration of the current episode. */
  alpha = 0;
  epsilon = 0;
  readonly #options: ControlOptions;
  readonly #alphaOf: Schedule;
  readonly #epsilonOf: Schedule;
  readonly #returns: Float64Array;
  readonly #lengths: Int32Array;
  readonly #maxSteps: number;
  #episode = 0;
  #steps = 0;
  /** Steps of the current episode. */
  #taken = 0;
  readonly #op: string;

  constructor(op: string, env: TabularEnv, options: ControlOptions) {
    const { episodes, alpha = 0.1, gamma = 0.99, epsilon = 0.1, seed = 0, initialQ = 0, maxSteps = Infinity } = options;
    checkInteger(op, 'episodes', [episodes, 1, 1_000_000_000]);
    checkNumber(op, 'gamma', [gamma, 0, 1]);
    if (maxSteps !== Infinity) checkInteger(op, 'maxSteps', [maxSteps, 1, Number.MAX_SAFE_INTEGER]);
    this.#op = op;
    this.env = env;
    this.#options = options;
    this.actions = new ActionTable(op, env);
    this.random = new Random(seed);
    this.gamma = gamma;
    this.#alphaOf = toSchedule(op, 'alpha', [alpha, 1]);
    this.#epsilonOf = toSchedule(op, 'epsilon', [epsilon, 1]);
    this.#maxSteps = maxSteps;
    const size = this.actions.numStates * this.actions.numActions;
    if (typeof initialQ === 'number') this.q = new Float64Array(size).fill(initialQ);
    else {
      checkInteger(op, 'initialQ.length', [initialQ.length, size, size]);
      this.q = Float64Array.from(initialQ);
    }
    this.#returns = new Float64Array(episodes);
    this.#lengths = new Int32Array(episodes);
  }

  /** Starts the next episode; false once all are played. */
  next(): boolean {
    const { episodes } = this.#options;
    if (this.#episode >= episodes || this.#steps >= this.#maxSteps) return false;
    const progress = episodes > 1 ? this.#episode / (episodes - 1) : 0;
    this.alpha = this.#alphaOf(progress);
    this.epsilon = this.#epsilonOf(progress);
    return true;
  }

  /** Resets the env and gives the first state; the first time with a seed. */
  reset(): number {
    this.#taken = 0;
    if (this.#episode > 0) return this.env.reset().observation;
    return this.env.reset({ seed: runSeed(this.#options.seed ?? 0, 1) }).observation;
  }

  /** Ends an episode with its return and length. */
  end(sum: number, length: number): void {
    this.#returns[this.#episode] = sum;
    this.#lengths[this.#episode] = length;
    this.#options.onEpisode?.({ episode: this.#episode, return: sum, length, q: this.q });
    this.#episode++;
  }

  /**
   * Takes an action. The last step that `maxSteps` allows is truncated; throws where an episode does not end.
   */
  step(action: number): TabularStep {
    const result = this.env.step(action);
    if (++this.#taken > ENDLESS) throw endlessEpisode(this.#op);
    if (++this.#steps < this.#maxSteps || result.terminated) return result;
    const { observation, reward } = result;
    return { observation, reward, terminated: false, truncated: true };
  }

  /** An ε-greedy action. */
  act(state: number): number {
    const { random, actions } = this;
    return random.uniform() < this.epsilon ? actions.any(state, random) : actions.greedy(this.q, state, random);
  }

  result(q: Float64Array = this.q): ControlResult {
    const { numStates, numActions } = this.actions;
    return {
      q,
      policy: this.actions.policy(q),
      values: Float64Array.from({ length: numStates }, (_, s) => this.actions.max(q, s)),
      returns: this.#returns.slice(0, this.#episode),
      lengths: this.#lengths.slice(0, this.#episode),
      steps: this.#steps,
      numActions,
    };
  }
}
