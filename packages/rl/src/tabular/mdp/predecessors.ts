import type { MDP } from './mdp.ts';

/** Which pairs lead to each state: a second sparse table, as large as the first. */
export interface Predecessors {
  /** `[numStates + 1]` */
  readonly offsets: Int32Array;
  /** `[numTransitions]`: the pair of each incoming transition. */
  readonly pairs: Int32Array;
  /** `[numTransitions]`: its index in the forward table. */
  readonly transitions: Int32Array;
  /** `[numPairs]`: the state each pair belongs to. */
  readonly pairStates: Int32Array;
}

/** Turns the table around, in time and memory linear in the transitions. */
export function predecessors(mdp: MDP): Predecessors {
  const offsets = new Int32Array(mdp.numStates + 1);
  for (const next of mdp.nextStates) offsets[next + 1]!++;
  for (let s = 0; s < mdp.numStates; s++) offsets[s + 1]! += offsets[s]!;
  const fill = offsets.slice(0, mdp.numStates);
  const pairs = new Int32Array(mdp.numTransitions);
  const transitions = new Int32Array(mdp.numTransitions);
  const pairStates = new Int32Array(mdp.numPairs);
  for (let state = 0; state < mdp.numStates; state++) {
    for (let k = mdp.stateOffsets[state]!; k < mdp.stateOffsets[state + 1]!; k++) {
      pairStates[k] = state;
      for (let t = mdp.pairOffsets[k]!; t < mdp.pairOffsets[k + 1]!; t++) {
        const slot = fill[mdp.nextStates[t]!]!++;
        pairs[slot] = k;
        transitions[slot] = t;
      }
    }
  }
  return { offsets, pairs, transitions, pairStates };
}
