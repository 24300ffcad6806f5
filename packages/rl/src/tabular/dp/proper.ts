import type { MDP } from '../mdp/mdp.ts';
import { predecessors } from '../mdp/predecessors.ts';
import type { Predecessors } from '../mdp/predecessors.ts';

/** True if an outcome of pair `k` ends the episode. */
function endsEpisode(mdp: MDP, k: number): boolean {
  for (let t = mdp.pairOffsets[k]!; t < mdp.pairOffsets[k + 1]!; t++) {
    if (mdp.probabilities[t]! > 0 && mdp.continuation[t] === 0) return true;
  }
  return false;
}

/**
 * Changes `policy` within the pairs `allowed` so that every state from which that can end the episode with probability
 * 1
 * does so; other states keep their action. A breadth-first search backwards from the ends, linear in the transitions:
 * a state's own action is preferred whenever it makes progress.
 *
 * @param done - States that already count as arrived; extended in place. Default none.
 */
export function properPolicy(
  mdp: MDP,
  policy: Int32Array,
  {
    allowed,
    done = new Uint8Array(mdp.numStates),
  }: {
    allowed: (state: number, pair: number) => boolean;
    done?: Uint8Array;
  },
): Int32Array {
  const result = Int32Array.from(policy);
  const back = predecessors(mdp);
  const own: number[] = [];
  const others: number[] = [];
  const offer = (k: number): void => {
    const state = back.pairStates[k]!;
    if (done[state] === 1) return;
    if (mdp.pairActions[k] === policy[state]) own.push(k);
    else others.push(k);
  };
  for (let k = 0; k < mdp.numPairs; k++) if (endsEpisode(mdp, k)) offer(k);
  done.forEach((isDone, state) => isDone === 1 && offerPredecessors(mdp, back, [state, offer]));
  let head = 0;
  for (;;) {
    const k = own.pop() ?? others[head++];
    if (k === undefined) return result;
    const state = back.pairStates[k]!;
    if (done[state] === 1 || !(mdp.pairActions[k] === policy[state] || allowed(state, k))) continue;
    done[state] = 1;
    result[state] = mdp.pairActions[k]!;
    offerPredecessors(mdp, back, [state, offer]);
  }
}

function offerPredecessors(
  mdp: MDP,
  back: Predecessors,
  [state, offer]: readonly [number, (pair: number) => void],
): void {
  for (let i = back.offsets[state]!; i < back.offsets[state + 1]!; i++) {
    if (mdp.continuation[back.transitions[i]!]! > 0) offer(back.pairs[i]!);
  }
}

/** True if pair `k` pays nothing and surely goes on. */
function isFree(mdp: MDP, k: number): boolean {
  for (let t = mdp.pairOffsets[k]!; t < mdp.pairOffsets[k + 1]!; t++) {
    if (mdp.probabilities[t] === 0) continue;
    if (mdp.rewards[t] !== 0 || mdp.continuation[t] === 0) return false;
  }
  return true;
}

/**
 * The largest set of states in which a policy can stay for ever at no reward, with a pair that stays (−1 elsewhere).
 * Absorbing zero-reward states are the usual case. Linear in the transitions.
 */
function freeStay(mdp: MDP, back: Predecessors): Int32Array {
  const live = new Uint8Array(mdp.numPairs);
  const count = new Int32Array(mdp.numStates);
  const removed: number[] = [];
  for (let k = 0; k < mdp.numPairs; k++) {
    if (!isFree(mdp, k)) continue;
    live[k] = 1;
    count[back.pairStates[k]!]!++;
  }
  for (let s = 0; s < mdp.numStates; s++) if (count[s] === 0) removed.push(s);
  for (let s = removed.pop(); s !== undefined; s = removed.pop()) {
    for (let i = back.offsets[s]!; i < back.offsets[s + 1]!; i++) {
      const k = back.pairs[i]!;
      if (live[k] === 0 || mdp.probabilities[back.transitions[i]!] === 0) continue;
      live[k] = 0;
      const from = back.pairStates[k]!;
      count[from]!--;
      if (count[from] === 0) removed.push(from);
    }
  }
  const stay = new Int32Array(mdp.numStates).fill(-1);
  for (let k = mdp.numPairs - 1; k >= 0; k--) if (live[k] === 1) stay[back.pairStates[k]!] = k;
  return stay;
}

/**
 * A policy with finite values at γ = 1 wherever there is one: it stays where staying is free for ever, and elsewhere
 * heads for such a state or for an end of the episode. Policy iteration starts from it.
 */
export function safePolicy(mdp: MDP): Int32Array {
  const stay = freeStay(mdp, predecessors(mdp));
  const policy = new Int32Array(mdp.numStates).fill(-1);
  const done = new Uint8Array(mdp.numStates);
  for (let s = 0; s < mdp.numStates; s++) {
    if (mdp.isTerminal(s)) continue;
    const k = stay[s]!;
    policy[s] = mdp.pairActions[k < 0 ? mdp.stateOffsets[s]! : k]!;
    if (k >= 0) done[s] = 1;
  }
  return properPolicy(mdp, policy, { allowed: () => true, done });
}
