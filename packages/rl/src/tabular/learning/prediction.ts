import { checkInteger, checkNumber } from '../errors.ts';
import { policySampler } from '../mdp/policy.ts';
import type { Policy } from '../mdp/policy.ts';
import { Random, runSeed } from '../random.ts';
import { discreteSize, ENDLESS, endlessEpisode } from '../tabular-env.ts';
import type { TabularEnv } from '../tabular-env.ts';
import { toSchedule } from './schedules.ts';
import type { Schedule } from './schedules.ts';

/**
 * Options of every tabular prediction algorithm.
 *
 * @category Learning
 * @since 0.1.0
 */
export interface PredictionOptions {
  /** The policy to evaluate and follow. Default action 0 everywhere, for envs with one action. */
  readonly policy?: Policy | undefined;
  /** How many episodes. */
  readonly episodes: number;
  /** Step size α per update, from 0 to 1. Default 0.1 (Monte Carlo: averaging). */
  readonly alpha?: number | Schedule | undefined;
  /** Discount γ per step. Default 1. */
  readonly gamma?: number | undefined;
  /** Seeds the choices of actions and, at the first reset, the env. Default 0. */
  readonly seed?: number | undefined;
  /** Every state's first value, or all of them `[numStates]`. Default 0. */
  readonly initialValues?: number | ArrayLike<number> | undefined;
  /** Called after each episode with the values, which are reused: copy to keep. */
  readonly onEpisode?: ((episode: number, values: Float64Array) => void) | undefined;
}

/** The names of {@link PredictionOptions}. */
export const PREDICTION_OPTIONS: readonly string[] = [
  'policy',
  'episodes',
  'alpha',
  'gamma',
  'seed',
  'initialValues',
  'onEpisode',
];

/**
 * What every tabular prediction algorithm returns.
 *
 * @category Learning
 * @since 0.1.0
 */
export interface PredictionResult {
  /** `[numStates]` */
  readonly values: Float64Array;
  /** Steps in all. */
  readonly steps: number;
}

/** The steps of an episode: `rewards[t]` is paid on leaving `states[t]`; `states` has one entry more. */
export interface EpisodeSteps {
  readonly states: number[];
  readonly rewards: number[];
  /** False if the episode was truncated: then the last state must be bootstrapped from. */
  isTerminal: boolean;
}

/** The bookkeeping all prediction algorithms share; the algorithms keep their own loop over steps. */
export class PredictionRun {
  readonly env: TabularEnv;
  readonly random: Random;
  readonly gamma: number;
  readonly values: Float64Array;
  readonly sample: (state: number, random: Random) => number;
  /** Step size of the current episode. */
  alpha = 0;
  steps = 0;
  readonly #options: PredictionOptions;
  readonly #alphaOf: Schedule;
  #episode = 0;
  #acted = 0;

  constructor(op: string, env: TabularEnv, options: PredictionOptions) {
    const { episodes, alpha = 0.1, gamma = 1, seed = 0, initialValues = 0, policy } = options;
    const numStates = discreteSize(op, 'observationSpace', env.observationSpace);
    checkInteger(op, 'episodes', [episodes, 1, 1_000_000_000]);
    checkNumber(op, 'gamma', [gamma, 0, 1]);
    this.env = env;
    this.#options = options;
    this.gamma = gamma;
    this.random = new Random(seed);
    const draw = policy === undefined ? () => 0 : policySampler(policy);
    this.sample = (state, random) => {
      if (++this.#acted > ENDLESS) throw endlessEpisode(op);
      return draw(state, random);
    };
    this.#alphaOf = toSchedule(op, 'alpha', [alpha, 1]);
    if (typeof initialValues === 'number') this.values = new Float64Array(numStates).fill(initialValues);
    else {
      checkInteger(op, 'initialValues.length', [initialValues.length, numStates, numStates]);
      this.values = Float64Array.from(initialValues);
    }
  }

  /** Starts the next episode; false once all are played. */
  next(): boolean {
    const { episodes } = this.#options;
    if (this.#episode >= episodes) return false;
    this.alpha = this.#alphaOf(episodes > 1 ? this.#episode / (episodes - 1) : 0);
    return true;
  }

  /** Resets the env and gives the first state; the first time with a seed. */
  reset(): number {
    this.#acted = 0;
    if (this.#episode > 0) return this.env.reset().observation;
    return this.env.reset({ seed: runSeed(this.#options.seed ?? 0, 1) }).observation;
  }

  /** Ends an episode of `length` steps. */
  end(length: number): void {
    this.steps += length;
    this.#options.onEpisode?.(this.#episode, this.values);
    this.#episode++;
  }

  /** Plays a whole episode into `into`, which is emptied first. */
  play(into: EpisodeSteps): void {
    into.states.length = 0;
    into.rewards.length = 0;
    let state = this.reset();
    into.states.push(state);
    for (let isOver = false; !isOver;) {
      const { observation, reward, terminated, truncated } = this.env.step(this.sample(state, this.random));
      into.rewards.push(reward);
      into.states.push(observation);
      state = observation;
      into.isTerminal = terminated;
      isOver = terminated || truncated;
    }
  }

  result(): PredictionResult {
    return { values: this.values, steps: this.steps };
  }
}

/** An empty episode. */
export function emptyEpisode(): EpisodeSteps {
  return { states: [], rewards: [], isTerminal: true };
}
