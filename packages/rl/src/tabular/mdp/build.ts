import { checkInteger } from '../errors.ts';
import { MDP } from './mdp.ts';
import type { MDPDescription, Outcome } from './mdp.ts';

/**
 * Arguments of {@link buildMDP}: sizes, what each action may lead to, and a description.
 *
 * @category MDP
 * @since 0.1.0
 */
export interface MDPDefinition extends MDPDescription {
  readonly numStates: number;
  readonly numActions: number;
  /** Outcomes of taking `action` in `state`; an empty list where the action is not offered. */
  readonly outcomes: (state: number, action: number) => readonly Outcome[];
}

/** Typed arrays that double when full, so that a table is built in memory linear in its outcomes. */
class Table {
  #size = 0;
  #pairs = 0;
  #pairActions = new Int32Array(64);
  #pairOffsets = new Int32Array(65);
  #nextStates = new Int32Array(256);
  #probabilities = new Float64Array(256);
  #rewards = new Float64Array(256);
  #terminated = new Uint8Array(256);

  get numPairs(): number {
    return this.#pairs;
  }

  addPair(action: number, outcomes: readonly Outcome[]): void {
    while (this.#size + outcomes.length > this.#nextStates.length) this.#growOutcomes();
    if (this.#pairs === this.#pairActions.length) this.#growPairs();
    for (const [probability, nextState, reward, terminated] of outcomes) {
      this.#probabilities[this.#size] = probability;
      this.#nextStates[this.#size] = Number.isInteger(nextState) ? nextState : -1;
      this.#rewards[this.#size] = reward;
      this.#terminated[this.#size] = terminated === true ? 1 : 0;
      this.#size++;
    }
    this.#pairActions[this.#pairs++] = action;
    this.#pairOffsets[this.#pairs] = this.#size;
  }

  finish(numStates: number, numActions: number, stateOffsets: Int32Array): ConstructorParameters<typeof MDP>[0] {
    return {
      numStates,
      numActions,
      stateOffsets,
      pairActions: this.#pairActions.slice(0, this.#pairs),
      pairOffsets: this.#pairOffsets.slice(0, this.#pairs + 1),
      nextStates: this.#nextStates.slice(0, this.#size),
      probabilities: this.#probabilities.slice(0, this.#size),
      rewards: this.#rewards.slice(0, this.#size),
      terminated: this.#terminated.slice(0, this.#size),
    };
  }

  #growPairs(): void {
    const actions = new Int32Array(this.#pairActions.length * 2);
    actions.set(this.#pairActions);
    this.#pairActions = actions;
    const offsets = new Int32Array(actions.length + 1);
    offsets.set(this.#pairOffsets);
    this.#pairOffsets = offsets;
  }

  #growOutcomes(): void {
    const length = this.#nextStates.length * 2;
    const nextStates = new Int32Array(length);
    nextStates.set(this.#nextStates);
    this.#nextStates = nextStates;
    const probabilities = new Float64Array(length);
    probabilities.set(this.#probabilities);
    this.#probabilities = probabilities;
    const rewards = new Float64Array(length);
    rewards.set(this.#rewards);
    this.#rewards = rewards;
    const terminated = new Uint8Array(length);
    terminated.set(this.#terminated);
    this.#terminated = terminated;
  }
}

/**
 * Makes an {@link MDP} from a function that lists the outcomes of every (state, action).
 *
 * `outcomes` is called once per state and action, in ascending order. Memory is linear in the outcomes it lists.
 *
 * @param definition - Sizes, `outcomes` and a description (name, discount, initial states, names, layout).
 * @returns The validated MDP.
 * @throws DataError if the table is no MDP.
 * @example
 * import { buildMDP } from '@gai/rl/tabular';
 * const loop = buildMDP({ numStates: 1, numActions: 1, discount: 0.9, outcomes: () => [[1, 0, 1]] });
 * loop.numTransitions; // => 1
 * @category MDP
 * @since 0.1.0
 */
export function buildMDP(definition: MDPDefinition): MDP {
  const { numStates, numActions, outcomes } = definition;
  checkInteger('buildMDP', 'numStates', [numStates, 1, 2147483646]);
  checkInteger('buildMDP', 'numActions', [numActions, 1, 2147483646]);
  const table = new Table();
  const stateOffsets = new Int32Array(numStates + 1);
  for (let state = 0; state < numStates; state++) {
    for (let action = 0; action < numActions; action++) {
      const rows = outcomes(state, action);
      if (rows.length > 0) table.addPair(action, rows);
    }
    stateOffsets[state + 1] = table.numPairs;
  }
  return new MDP(table.finish(numStates, numActions, stateOffsets), definition);
}
