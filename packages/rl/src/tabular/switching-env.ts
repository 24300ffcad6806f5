import type { ResetOptions } from '../env.ts';
import { checkInteger } from './errors.ts';
import { mdpEnv } from './mdp-env.ts';
import type { MDP } from './mdp/mdp.ts';
import { runSeed } from './random.ts';
import type { TabularEnv } from './tabular-env.ts';

/**
 * An env that changes: it plays `before`, and from a given step of its life on `after`, in the middle of an episode
 * too.
 *
 * For algorithms that must notice, as {@link dynaQPlus} does in the blocking and the shortcut maze.
 *
 * @param mdps - Before and after; equal numbers of states and actions.
 * @param changeAt - Steps until the change.
 * @example
 * import { shortcutMaze, switchingEnv } from '@gai/rl/tabular';
 * switchingEnv(shortcutMaze(), 3000).reset({ seed: 0 }).observation; // => 48
 * @see Sutton & Barto 2018, section 8.3
 * @category Environments
 * @since 0.1.0
 */
export function switchingEnv(mdps: readonly [before: MDP, after: MDP], changeAt: number): TabularEnv {
  checkInteger('switchingEnv', 'changeAt', [changeAt, 0, Number.MAX_SAFE_INTEGER]);
  const [before, after] = [mdpEnv(mdps[0]), mdpEnv(mdps[1])];
  checkInteger('switchingEnv', 'states after', [mdps[1].numStates, mdps[0].numStates, mdps[0].numStates]);
  checkInteger('switchingEnv', 'actions after', [mdps[1].numActions, mdps[0].numActions, mdps[0].numActions]);
  let steps = 0;
  let state = 0;
  return {
    observationSpace: before.observationSpace,
    actionSpace: before.actionSpace,
    availableActions: (s) =>
      [...new Set([...before.availableActions(s), ...after.availableActions(s)])].sort((a, b) => a - b),
    reset(options?: ResetOptions) {
      if (options?.seed !== undefined) {
        steps = 0;
        after.reset({ seed: runSeed(options.seed, 1) });
      }
      const result = (steps < changeAt ? before : after).reset(options);
      state = result.observation;
      return result;
    },
    step(action) {
      if (steps === changeAt) after.reset({ options: { state } });
      const result = (steps++ < changeAt ? before : after).step(action);
      state = result.observation;
      return result;
    },
  };
}
