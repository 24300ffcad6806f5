import { checkOptionNames } from '@gai/core/errors';
import type { Env, EnvState, RenderMode, ResetOptions, ResetResult, RgbFrame, StepResult } from '../env.ts';
import { argumentError, show, stateError } from '../errors.ts';
import type { Generator } from '../random/generator.ts';
import { drawMap } from '../render/draw-map.ts';
import { mapToText } from '../render/map-text.ts';
import { presentFrame } from '../render/present.ts';
import { Discrete } from '../spaces/discrete.ts';
import type { MDP } from '../tabular/mdp/mdp.ts';
import { actionError, resetGenerator } from './reset-options.ts';
import { loadGenerator, saveGenerator } from './saved-state.ts';

/** Info of a table env: the probability of the outcome that was drawn. */
export interface MDPTableInfo extends Record<string, unknown> {
  prob: number;
  /** 1 for each action that changes something, where the env says so (Taxi). */
  actionMask?: Int8Array;
}

/** Settings of {@link MDPTableEnv}. */
export interface MDPTableEnvOptions {
  /** Added to each reward; draws from the env's generator. Default none. */
  rewardNoise?: ((state: number, random: Generator) => number) | undefined;
}

function cumulate(mdp: MDP): Float64Array {
  const cumulative = new Float64Array(mdp.numTransitions);
  for (let pair = 0; pair < mdp.numPairs; pair++) {
    let sum = 0;
    for (let t = mdp.pairOffsets[pair]!; t < mdp.pairOffsets[pair + 1]!; t++)
      cumulative[t] = sum += mdp.probabilities[t]!;
  }
  return cumulative;
}

/**
 * Any MDP as an env that draws exactly as Gymnasium's toy-text envs do: one PCG64 uniform u per reset and per step, and
 * the first outcome, in the table's order, whose cumulative probability exceeds u.
 *
 * Observations are state numbers, actions action numbers, `info.prob` the probability of what happened. An episode ends
 * at a terminated outcome or in a state that offers no action. The result object and its info are reused.
 * `options: { state }` starts from a state. (`mdpEnv` of `@gai/rl/tabular` is the same env with a faster generator.)
 *
 * @throws ArgumentError from `step` for an action the state does not offer.
 * @example
 * import { MDPTableEnv } from '@gai/rl';
 * import { frozenLake } from '@gai/rl/tabular';
 * const env = new MDPTableEnv(frozenLake());
 * env.reset({ seed: 7 }).observation; // => 0
 * env.step(2).info;                   // => { prob: 0.33333333333333337 }
 * @category Environments
 * @since 0.1.0
 */
export class MDPTableEnv implements Env<number, number> {
  readonly mdp: MDP;
  readonly observationSpace: Discrete;
  readonly actionSpace: Discrete;
  protected readonly info: MDPTableInfo = { prob: 1 };
  protected lastAction = -1;
  readonly #cumulative: Float64Array;
  readonly #starts: Float64Array;
  readonly #isDense: boolean;
  readonly #rewardNoise: MDPTableEnvOptions['rewardNoise'];
  readonly #result: StepResult<number>;
  protected random: Generator | undefined;
  #current = -1;

  constructor(mdp: MDP, options: MDPTableEnvOptions = {}) {
    checkOptionNames('MDPTableEnv', options, ['rewardNoise']);
    const { rewardNoise } = options;
    this.mdp = mdp;
    this.observationSpace = new Discrete(mdp.numStates);
    this.actionSpace = new Discrete(mdp.numActions);
    this.#cumulative = cumulate(mdp);
    let sum = 0;
    this.#starts = mdp.initial.map((probability) => (sum += probability));
    this.#isDense = mdp.numPairs === mdp.numStates * mdp.numActions;
    this.#rewardNoise = rewardNoise;
    this.#result = { observation: 0, reward: 0, terminated: false, truncated: false, info: this.info };
  }

  /** The state, −1 before the first reset. */
  get state(): number {
    return this.#current;
  }

  /** The actions a state offers. */
  availableActions(state: number): number[] {
    return this.mdp.actions(state);
  }

  getState(): EnvState {
    return { state: this.#current, lastAction: this.lastAction, random: saveGenerator(this.random) };
  }

  setState(state: EnvState): void {
    this.#current = Number(state['state']);
    this.lastAction = Number(state['lastAction']);
    this.random = loadGenerator(state['random']);
  }

  reset(options: ResetOptions = {}): ResetResult<number> {
    this.random = resetGenerator(this.random, options);
    const given = options.options?.['state'];
    if (given === undefined) {
      this.#current = Math.max(0, firstAbove(this.#starts, this.random.random(), 0, this.#starts.length));
    } else if (this.observationSpace.contains(given)) {
      this.#current = given;
    } else {
      throw argumentError(
        'MDPTableEnv.reset',
        `options.state is not a state. Got ${show(given)}; expected an integer from 0 to ${this.mdp.numStates - 1}. Pass one.`,
      );
    }
    this.lastAction = -1;
    this.info.prob = 1;
    this.started();
    return { observation: this.#current, info: { ...this.info } };
  }

  /** Called at the end of a reset, for envs that add draws or info. */
  protected started(): void {}

  /** Called with each drawn state, for envs that change it or add info; returns the state to enter. */
  protected entering(next: number): number {
    return next;
  }

  step(action: number): StepResult<number> {
    const { mdp, random } = this;
    const result = this.#result;
    if (random === undefined)
      throw stateError('MDPTableEnv.step', 'no episode has begun. Got step first; expected reset. Call reset().');
    const pair = this.#pairOf(action);
    const first = mdp.pairOffsets[pair]!;
    const found = firstAbove(this.#cumulative, random.random(), first, mdp.pairOffsets[pair + 1]!);
    const outcome = found < 0 ? first : found;
    const drawn = mdp.nextStates[outcome]!;
    result.reward = mdp.rewards[outcome]!;
    if (this.#rewardNoise !== undefined) result.reward += this.#rewardNoise(this.#current, random);
    result.terminated = mdp.terminated[outcome] === 1 || (!this.#isDense && mdp.isTerminal(drawn));
    this.info.prob = mdp.probabilities[outcome]!;
    this.lastAction = action;
    this.#current = this.entering(drawn);
    result.observation = this.#current;
    return result;
  }

  #pairOf(action: number): number {
    const { numActions } = this.mdp;
    if ((action | 0) !== action || action < 0 || action >= numActions) {
      throw actionError('MDPTableEnv.step', action, numActions);
    }
    if (this.#isDense) return this.#current * numActions + action;
    const pair = this.mdp.pairIndex(this.#current, action);
    if (pair >= 0) return pair;
    const offered = this.mdp.actions(this.#current).join(', ') || 'none, the episode has ended';
    throw argumentError(
      'MDPTableEnv.step',
      `the state does not offer this action. Got action ${action} in state ${this.mdp.stateName(this.#current)}; expected one ` +
        `of: ${offered}. Choose among availableActions(state) or reset.`,
    );
  }

  /** The map with the agent marked, as text or as cells of 64 pixels; the state's name where there is no map. */
  render(mode: RenderMode = 'ansi'): string | RgbFrame {
    const { layout } = this.mdp;
    const action = this.lastAction < 0 ? undefined : this.mdp.actionName(this.lastAction);
    if (layout !== undefined && mode === 'ansi') return mapToText(layout, { agent: this.#current, action });
    if (mode === 'ansi')
      return `${action === undefined ? '' : `  (${action})`}\n${this.mdp.stateName(this.#current)}\n`;
    const shown = layout ?? { rows: 1, columns: this.mdp.numStates, cells: '.'.repeat(this.mdp.numStates) };
    return presentFrame(drawMap(shown, this.#current), mode);
  }
}

/** The first index from `first` up to `end` whose cumulative probability exceeds u; −1 if rounding leaves none. */
function firstAbove(cumulative: Float64Array, u: number, first: number, end: number): number {
  let from = first;
  let to = end;
  while (to - from > 8) {
    const middle = (from + to) >> 1;
    if (cumulative[middle]! > u) to = middle + 1;
    else from = middle + 1;
  }
  for (; from < to; from++) if (cumulative[from]! > u) return from;
  return -1;
}
