import { policyToText } from '@gai/rl';
import type { MDP } from '@gai/rl/tabular';

/** The way a policy takes from the start through a deterministic problem with a map, as arrows; other cells as letters. */
export function drawPath(mdp: MDP, policy: ArrayLike<number>): { readonly text: string; readonly steps: number } {
  const shown = new Int32Array(mdp.numStates).fill(-1);
  let state = mdp.initial.indexOf(1);
  let steps = 0;
  for (let isOver = false; !isOver && shown[state] === -1; steps++) {
    const action = policy[state]!;
    const [, next, , terminated] = mdp.outcomes(state, action)[0] ?? [1, state, 0, true];
    shown[state] = action;
    state = next;
    isOver = terminated;
  }
  return { text: policyToText(mdp.layout!, shown, mdp.actionNames ?? []), steps };
}
