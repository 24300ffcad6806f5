import type { MDP } from '../mdp/mdp.ts';

/** The strongly connected components of a policy's chain, successors before predecessors. */
export interface Components {
  /** `[numStates]`: states grouped by component, in order of components. */
  readonly order: Int32Array;
  /** `[count + 1]`: where each component begins in `order`. */
  readonly offsets: Int32Array;
  /** `[numStates]`: the component of each state. */
  readonly of: Int32Array;
}

/** Calls `visit(next)` for every state that follows `state` with positive probability; stops when it returns true. */
type Successors = (state: number, from: number) => number;

/**
 * Tarjan's algorithm without recursion over the pairs with `weights[pair] > 0` and outcomes after which the episode
 * goes on.
 * Linear in states plus transitions; components come out in reverse topological order, as block elimination wants them.
 */
export function chainComponents(mdp: MDP, weights: Float64Array): Components {
  const next = successorIterator(mdp, weights);
  const n = mdp.numStates;
  const index = new Int32Array(n).fill(-1);
  const low = new Int32Array(n);
  const component = new Int32Array(n).fill(-1);
  const order = new Int32Array(n);
  const offsets: number[] = [0];
  const stack: number[] = [];
  const path: number[] = [];
  const cursor = new Int32Array(n);
  let clock = 0;
  let placed = 0;
  const close = (state: number): void => {
    let member: number;
    do {
      member = stack.pop()!;
      component[member] = offsets.length - 1;
      order[placed++] = member;
    } while (member !== state);
    offsets.push(placed);
  };
  const open = (state: number): void => {
    index[state] = low[state] = clock++;
    cursor[state] = mdp.pairOffsets[mdp.stateOffsets[state]!]!;
    stack.push(state);
    path.push(state);
  };
  for (let root = 0; root < n; root++) {
    if (index[root] !== -1) continue;
    open(root);
    while (path.length > 0) {
      const state = path[path.length - 1]!;
      const t = next(state, cursor[state]!);
      if (t >= 0) {
        cursor[state] = t + 1;
        const successor = mdp.nextStates[t]!;
        if (index[successor] === -1) open(successor);
        else if (component[successor] === -1) low[state] = Math.min(low[state]!, index[successor]!);
        continue;
      }
      path.pop();
      const parent = path[path.length - 1];
      if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[state]!);
      if (low[state] === index[state]) close(state);
    }
  }
  return { order, offsets: Int32Array.from(offsets), of: component };
}

/** The first transition at or after `from` that the policy can take out of `state` without ending, or −1. */
function successorIterator(mdp: MDP, weights: Float64Array): Successors {
  const { stateOffsets, pairOffsets, continuation } = mdp;
  const pairOf = new Int32Array(mdp.numStates);
  for (let s = 0; s < mdp.numStates; s++) pairOf[s] = stateOffsets[s]!;
  return (state, from) => {
    const end = stateOffsets[state + 1]!;
    let k = pairOf[state]!;
    let t = from;
    for (; k < end; k++) {
      const stop = pairOffsets[k + 1]!;
      if (weights[k]! > 0) {
        for (; t < stop; t++) {
          if (continuation[t]! > 0) {
            pairOf[state] = k;
            return t;
          }
        }
      }
      t = Math.max(t, stop);
    }
    pairOf[state] = k;
    return -1;
  };
}
