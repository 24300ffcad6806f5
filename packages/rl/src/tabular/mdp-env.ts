import { checkOptionNames } from '@gai/core/errors';
import type { GaiError } from '@gai/core/errors';
import type { Env, ResetOptions, ResetResult, StepResult } from '../env.ts';
import type { Space } from '../spaces/space.ts';
import { checkInteger, refusal } from './errors.ts';
import type { MDP } from './mdp/mdp.ts';
import { Random } from './random.ts';
import type { TabularEnv } from './tabular-env.ts';

/** A `Discrete` space of `n` elements from 0, drawing from {@link Random}. */
interface DiscreteSpace extends Space<number> {
  readonly n: number;
  readonly start: 0;
}

/**
 * Options of {@link mdpEnv}.
 *
 * @category Environments
 * @since 0.1.0
 */
export interface MDPEnvOptions {
  /** Truncates episodes after so many steps. Default none. */
  readonly maxEpisodeSteps?: number | undefined;
  /** Noise added to every reward, in units of reward. Default none. */
  readonly rewardNoise?: ((state: number, random: Random) => number) | undefined;
  /** Seed until `reset` gives another. Default 0. */
  readonly seed?: number | undefined;
}

const NO_INFO: Readonly<Record<string, unknown>> = Object.freeze({});

/** Streams of a seed: the env draws from the first, its spaces from streams of their own. */
const OBSERVATION_STREAM = 1;
const ACTION_STREAM = 2;

function discrete(n: number, stream: number): DiscreteSpace {
  let random = new Random(0, stream);
  return {
    kind: 'Discrete',
    n,
    start: 0,
    shape: [],
    flatSize: n,
    seed: (seed) => void (random = new Random(seed, stream)),
    sample(seed) {
      if (seed !== undefined) random = new Random(seed, stream);
      return random.integer(n);
    },
    contains: (value): value is number => Number.isInteger(value) && (value as number) >= 0 && (value as number) < n,
    flatten: (value) => Float64Array.from({ length: n }, (_, i) => (i === value ? 1 : 0)),
    unflatten: (vector) => Array.from(vector).indexOf(1),
    toString: () => `Discrete(${n})`,
  };
}

/** `cumulative[t]`: probability of outcome t or an earlier one of its pair. */
function cumulativeProbabilities(mdp: MDP): Float64Array {
  const cumulative = new Float64Array(mdp.numTransitions);
  for (let k = 0; k < mdp.numPairs; k++) {
    let sum = 0;
    for (let t = mdp.pairOffsets[k]!; t < mdp.pairOffsets[k + 1]!; t++) {
      sum += mdp.probabilities[t]!;
      cumulative[t] = sum;
    }
  }
  return cumulative;
}

/**
 * An MDP as an env, {@link mdpEnv}: draws starts and outcomes from {@link Random}.
 *
 * @category Environments
 * @since 0.1.0
 */
export class MDPEnv implements Env<number, number>, TabularEnv {
  readonly mdp: MDP;
  readonly observationSpace: DiscreteSpace;
  readonly actionSpace: DiscreteSpace;
  readonly #cumulative: Float64Array;
  readonly #starts: Float64Array;
  readonly #maxSteps: number;
  readonly #noise: MDPEnvOptions['rewardNoise'];
  readonly #hasAllActions: boolean;
  #random: Random;
  #state = -1;
  #steps = 0;
  readonly #result: StepResult<number>;

  constructor(mdp: MDP, options: MDPEnvOptions = {}) {
    checkOptionNames('MDPEnv', options, ['maxEpisodeSteps', 'rewardNoise', 'seed']);
    const { maxEpisodeSteps = Infinity, seed = 0 } = options;
    if (maxEpisodeSteps !== Infinity) {
      checkInteger('mdpEnv', 'maxEpisodeSteps', [maxEpisodeSteps, 1, Number.MAX_SAFE_INTEGER]);
    }
    this.mdp = mdp;
    this.observationSpace = discrete(mdp.numStates, OBSERVATION_STREAM);
    this.actionSpace = discrete(mdp.numActions, ACTION_STREAM);
    this.#cumulative = cumulativeProbabilities(mdp);
    let sum = 0;
    this.#starts = mdp.initial.map((p) => (sum += p));
    this.#maxSteps = maxEpisodeSteps;
    this.#noise = options.rewardNoise;
    this.#hasAllActions = mdp.numPairs === mdp.numStates * mdp.numActions;
    this.#random = new Random(seed);
    this.#result = { observation: 0, reward: 0, terminated: false, truncated: false, info: NO_INFO };
  }

  /** The actions `state` offers. */
  availableActions(state: number): number[] {
    return this.mdp.actions(state);
  }

  /** Starts an episode; `{ options: { state } }` chooses where. */
  reset(options: ResetOptions = {}): ResetResult<number> {
    checkOptionNames('reset', options, ['seed', 'options']);
    if (options.seed !== undefined) this.#random = new Random(options.seed);
    const wanted = options.options?.['state'];
    if (wanted === undefined)
      this.#state = firstAbove(this.#starts, this.#random.uniform(), [0, this.#starts.length - 1]);
    else if (this.observationSpace.contains(wanted)) this.#state = wanted;
    else throw this.#refuse('reset', `state ${String(wanted)}`, `an integer from 0 to ${this.mdp.numStates - 1}`);
    this.#steps = 0;
    return { observation: this.#state, info: NO_INFO };
  }

  /** Takes an action. The same object is returned every time. */
  step(action: number): StepResult<number> {
    const { mdp } = this;
    const result = this.#result;
    const state = this.#state;
    const k =
      this.#hasAllActions && (action | 0) === action && action >= 0 && action < mdp.numActions
        ? state * mdp.numActions + action
        : mdp.pairIndex(state, action);
    if (!(k >= 0) || state < 0) throw this.#refuseStep(action);
    const t = firstAbove(this.#cumulative, this.#random.uniform(), [mdp.pairOffsets[k]!, mdp.pairOffsets[k + 1]! - 1]);
    const next = mdp.nextStates[t]!;
    this.#steps++;
    result.observation = next;
    result.reward = mdp.rewards[t]! + (this.#noise ? this.#noise(state, this.#random) : 0);
    result.terminated = mdp.terminated[t] === 1 || (!this.#hasAllActions && mdp.isTerminal(next));
    result.truncated = !result.terminated && this.#steps >= this.#maxSteps;
    this.#state = next;
    return result;
  }

  #refuseStep(action: number): GaiError {
    if (this.#state < 0) return this.#refuse('step', 'a step before reset', 'reset() first');
    const offered = this.mdp.actions(this.#state).join(', ') || 'none: the episode has ended';
    return this.#refuse(
      'step',
      `action ${String(action)} in state ${this.mdp.stateName(this.#state)}`,
      `one of ${offered}`,
    );
  }

  #refuse(op: string, got: string, expected: string): GaiError {
    const parts = {
      op: `MDPEnv.${op}`,
      problem: 'this cannot be done here',
      got,
      expected,
      fix: 'See availableActions.',
    };
    return refusal('ARGUMENT', parts);
  }
}

/** The first index in `[low, high]` whose cumulative probability exceeds `u`; `high` if rounding leaves none. */
function firstAbove(cumulative: Float64Array, u: number, [low, high]: readonly [number, number]): number {
  let from = low;
  let to = high;
  while (to - from > 8) {
    const middle = (from + to) >> 1;
    if (cumulative[middle]! > u) to = middle;
    else from = middle + 1;
  }
  while (from < to && cumulative[from]! <= u) from++;
  return from;
}

/**
 * Makes an MDP playable: an `Env` with `Discrete` spaces, for every learning algorithm of this entry point.
 *
 * A step draws an outcome in the order of the table, allocates nothing and returns the same object each time.
 *
 * @param options.maxEpisodeSteps - Truncates episodes. Default none.
 * @param options.rewardNoise - Noise added to rewards. Default none.
 * @returns The env; `reset({ seed })` makes episodes repeatable.
 * @throws ArgumentError from `step` for an action the state does not offer.
 * @example
 * import { frozenLake, mdpEnv } from '@gai/rl/tabular';
 * const env = mdpEnv(frozenLake({ slippery: false }), { maxEpisodeSteps: 100 });
 * env.reset({ seed: 1 }).observation; // => 0
 * env.step(2).observation; // => 1
 * @category Environments
 * @since 0.1.0
 */
export function mdpEnv(mdp: MDP, options: MDPEnvOptions = {}): MDPEnv {
  return new MDPEnv(mdp, options);
}
