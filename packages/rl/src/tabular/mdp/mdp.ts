import { refusal } from '../errors.ts';
import { validateMDP } from './validate.ts';

/**
 * One outcome of taking an action, in the order of Gymnasium's `P` tables:
 * `[probability, nextState, reward, terminated]`. `terminated` defaults to false.
 *
 * @category MDP
 * @since 0.1.0
 */
export type Outcome = readonly [probability: number, nextState: number, reward: number, terminated?: boolean];

/**
 * How the states of an MDP lie on a map, for drawing. `cells[row * columns + column]` is one character per cell.
 *
 * @category MDP
 * @since 0.1.0
 */
export interface MDPLayout {
  readonly rows: number;
  readonly columns: number;
  /** One character per cell, row by row; state s is cell s. */
  readonly cells: string;
}

/** What an MDP may carry beside its numbers. */
export interface MDPDescription {
  /** A name such as `frozen-lake-4x4`. */
  readonly name?: string | undefined;
  /** Discount γ used when a solver is not told another. Default 1. */
  readonly discount?: number | undefined;
  /** Where episodes start: a state, or one probability per state. Default state 0. */
  readonly initial?: number | ArrayLike<number> | undefined;
  readonly stateNames?: readonly string[] | undefined;
  readonly actionNames?: readonly string[] | undefined;
  readonly layout?: MDPLayout | undefined;
}

/** The sparse arrays of an MDP. See {@link MDP} for what each holds. */
export interface MDPArrays {
  readonly numStates: number;
  readonly numActions: number;
  readonly stateOffsets: Int32Array;
  readonly pairActions: Int32Array;
  readonly pairOffsets: Int32Array;
  readonly nextStates: Int32Array;
  readonly probabilities: Float64Array;
  readonly rewards: Float64Array;
  readonly terminated: Uint8Array;
}

function initialDistribution(numStates: number, initial: number | ArrayLike<number>): Float64Array {
  if (typeof initial !== 'number') return Float64Array.from(initial);
  const start = new Float64Array(numStates);
  if (initial in start) start[initial] = 1;
  return start;
}

/**
 * A finite Markov decision process ⟨S, A, p(s', r | s, a), γ⟩ in sparse form.
 *
 * Memory is linear in the number of transitions: only existing (state, action) pairs and their outcomes are stored.
 * The pairs of state s are `stateOffsets[s] … stateOffsets[s+1]-1`; pair k takes action `pairActions[k]` and its
 * outcomes are `pairOffsets[k] … pairOffsets[k+1]-1` of `probabilities`, `nextStates`, `rewards`, `terminated`.
 * Outcomes keep the order they were given in, duplicates included, so a draw equals Gymnasium's draw from the same `P`.
 *
 * A state without actions is terminal: its value is 0. A `terminated` outcome ends the episode: nothing after it
 * counts,
 * whatever its next state offers. Make one with {@link buildMDP} or {@link mdpFromJSON}.
 *
 * @throws DataError if a pair's probabilities do not sum to 1 within 1e-9, a number is not
 * finite, or an index is out of range.
 * @example
 * import { buildMDP, valueIteration } from '@gai/rl/tabular';
 * const coin = buildMDP({
 *   numStates: 2, numActions: 1, discount: 0.5,
 *   outcomes: (state) => (state === 0 ? [[0.5, 0, 1], [0.5, 1, 0, true]] : []),
 * });
 * valueIteration(coin).values[0]!.toFixed(6); // => '0.666667'
 * @see Sutton & Barto 2018, chapter 3
 * @category MDP
 * @since 0.1.0
 */
export class MDP implements MDPArrays {
  readonly name: string | undefined;
  readonly discount: number;
  readonly numStates: number;
  readonly numActions: number;
  /** `[numStates + 1]`: where each state's pairs begin. */
  readonly stateOffsets: Int32Array;
  /** `[numPairs]`: the action of each pair, ascending within a state. */
  readonly pairActions: Int32Array;
  /** `[numPairs + 1]`: where each pair's outcomes begin. */
  readonly pairOffsets: Int32Array;
  /** `[numTransitions]` */
  readonly nextStates: Int32Array;
  /** `[numTransitions]` */
  readonly probabilities: Float64Array;
  /** `[numTransitions]` */
  readonly rewards: Float64Array;
  /** `[numTransitions]`: 1 where the outcome ends the episode. */
  readonly terminated: Uint8Array;
  /** `[numStates]`: probability that an episode starts in each state. */
  readonly initial: Float64Array;
  readonly stateNames: readonly string[] | undefined;
  readonly actionNames: readonly string[] | undefined;
  readonly layout: MDPLayout | undefined;
  #pairRewardCache: Float64Array | undefined;
  #continuationCache: Float64Array | undefined;

  constructor(arrays: MDPArrays, description: MDPDescription = {}) {
    this.name = description.name;
    this.discount = description.discount ?? 1;
    this.numStates = arrays.numStates;
    this.numActions = arrays.numActions;
    this.stateOffsets = arrays.stateOffsets;
    this.pairActions = arrays.pairActions;
    this.pairOffsets = arrays.pairOffsets;
    this.nextStates = arrays.nextStates;
    this.probabilities = arrays.probabilities;
    this.rewards = arrays.rewards;
    this.terminated = arrays.terminated;
    this.initial = initialDistribution(arrays.numStates, description.initial ?? 0);
    this.stateNames = description.stateNames;
    this.actionNames = description.actionNames;
    this.layout = description.layout;
    validateMDP(this);
  }

  /** How many (state, action) pairs exist. */
  get numPairs(): number {
    return this.pairActions.length;
  }

  /** How many outcomes are stored. */
  get numTransitions(): number {
    return this.nextStates.length;
  }

  /** `[numPairs]`: expected immediate reward `Σ p·r` of each pair. Computed once. */
  get pairRewards(): Float64Array {
    if (this.#pairRewardCache) return this.#pairRewardCache;
    const sums = new Float64Array(this.numPairs);
    for (let k = 0; k < sums.length; k++) {
      let sum = 0;
      for (let t = this.pairOffsets[k]!; t < this.pairOffsets[k + 1]!; t++) {
        sum += this.probabilities[t]! * this.rewards[t]!;
      }
      sums[k] = sum;
    }
    this.#pairRewardCache = sums;
    return sums;
  }

  /** `[numTransitions]`: probability of each outcome if the episode goes on after it, else 0. Computed once. */
  get continuation(): Float64Array {
    if (this.#continuationCache) return this.#continuationCache;
    const weights = Float64Array.from(this.probabilities);
    for (let t = 0; t < weights.length; t++) {
      if (this.terminated[t] === 1 || this.isTerminal(this.nextStates[t]!)) weights[t] = 0;
    }
    this.#continuationCache = weights;
    return weights;
  }

  /** True for a state that offers no action. */
  isTerminal(state: number): boolean {
    return this.stateOffsets[state] === this.stateOffsets[state + 1];
  }

  /** The actions a state offers, ascending; empty for a terminal state. */
  actions(state: number): number[] {
    this.#checkState('MDP.actions', state);
    return Array.from(this.pairActions.subarray(this.stateOffsets[state], this.stateOffsets[state + 1]));
  }

  /** The index of pair (state, action), or −1 where the state does not offer the action. */
  pairIndex(state: number, action: number): number {
    const first = this.stateOffsets[state] ?? 0;
    const end = this.stateOffsets[state + 1] ?? 0;
    if (!Number.isInteger(action)) return -1;
    if (end - first === this.numActions) return action >= 0 && action < this.numActions ? first + action : -1;
    for (let k = first; k < end; k++) if (this.pairActions[k] === action) return k;
    return -1;
  }

  /**
   * The outcomes of (state, action) as Gymnasium's `P[state][action]` lists them; empty if the action is not offered.
   */
  outcomes(state: number, action: number): [number, number, number, boolean][] {
    this.#checkState('MDP.outcomes', state);
    const rows: [number, number, number, boolean][] = [];
    const k = this.pairIndex(state, action);
    if (k < 0) return rows;
    for (let t = this.pairOffsets[k]!; t < this.pairOffsets[k + 1]!; t++) {
      rows.push([this.probabilities[t]!, this.nextStates[t]!, this.rewards[t]!, this.terminated[t] === 1]);
    }
    return rows;
  }

  /** The name of a state, or its number where states have no names. */
  stateName(state: number): string {
    return this.stateNames?.[state] ?? String(state);
  }

  /** The name of an action, or its number where actions have no names. */
  actionName(action: number): string {
    return this.actionNames?.[action] ?? String(action);
  }

  #checkState(op: string, state: number): void {
    if (Number.isInteger(state) && state >= 0 && state < this.numStates) return;
    throw refusal('ARGUMENT', {
      op,
      problem: 'no such state',
      got: `state ${String(state)}`,
      expected: `an integer from 0 to ${this.numStates - 1}`,
      fix: 'Pass the number of a state.',
    });
  }
}
