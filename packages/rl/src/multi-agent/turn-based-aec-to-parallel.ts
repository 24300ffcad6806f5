import type { ResetOptions } from '../env.ts';
import type { AECEnv, PerAgent } from './aec-env.ts';
import { AecEnvInside } from './env-inside.ts';
import type { ParallelEnv, ParallelResetResult, ParallelStepResult } from './parallel-env.ts';
import { ParallelAsAec } from './parallel-to-aec.ts';

/**
 * A game with turns as an env in which everybody acts at once, with PettingZoo's `turn_based_aec_to_parallel`: each step takes the
 * action of one agent, `infos[agent].activeAgent`, and pays no attention to the others'.
 *
 * @param env - Any env whose agents act one after another.
 * @example
 * import { TicTacToe, turnBasedAecToParallel } from '@gai/rl/multi-agent';
 * const env = turnBasedAecToParallel(new TicTacToe());
 * env.reset().infos.player_2; // => { activeAgent: 'player_1' }
 * env.step({ player_1: 4, player_2: 4 }).infos.player_1; // => { activeAgent: 'player_2' }
 * @category Several agents
 * @since 0.1.0
 */
export function turnBasedAecToParallel<Observation, Action>(
  env: AECEnv<Observation, Action>,
): ParallelEnv<Observation, Action> {
  return env instanceof ParallelAsAec ? (env as ParallelAsAec<Observation, Action>).env : new TurnsAsParallel(env);
}

class TurnsAsParallel<Observation, Action> extends AecEnvInside<Observation, Action> {
  override reset(options?: ResetOptions): ParallelResetResult<Observation> {
    this.env.reset(options);
    return { observations: this.observationsOf(this.env.agents), infos: this.#withTurn(this.env.infos) };
  }

  step(actions: PerAgent<Action>): ParallelStepResult<Observation> {
    const { env } = this;
    this.checkActions(actions, env.agents.length === 0 ? [] : [env.agentSelection]);
    env.step(actions[env.agentSelection]!);
    const result = this.ended({ ...env.rewards });
    return { ...result, infos: this.#withTurn(result.infos) };
  }

  /** Whose action counts next, for those who are still there. */
  #withTurn(infos: ParallelResetResult<Observation>['infos']): ParallelResetResult<Observation>['infos'] {
    const { agents, agentSelection } = this.env;
    return Object.fromEntries(
      Object.entries(infos).map(([agent, info]) => [
        agent,
        agents.includes(agent) ? { ...info, activeAgent: agentSelection } : info,
      ]),
    );
  }
}
