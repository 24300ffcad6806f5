import type { ResetOptions } from '../env.ts';
import { stateError } from '../errors.ts';
import type { PerAgent } from './aec-env.ts';
import { AecEnvInside } from './env-inside.ts';
import type { ParallelResetResult, ParallelStepResult } from './parallel-env.ts';

/** What `aecToParallel` makes. */
export class AecAsParallel<Observation, Action> extends AecEnvInside<Observation, Action> {
  override reset(options?: ResetOptions): ParallelResetResult<Observation> {
    this.env.reset(options);
    return { observations: this.observationsOf(this.env.agents), infos: { ...this.env.infos } };
  }

  step(actions: PerAgent<Action>): ParallelStepResult<Observation> {
    const { env } = this;
    const cycle = [...env.agents];
    this.checkActions(actions, cycle);
    const rewards: Record<string, number> = {};
    for (const agent of cycle) {
      if (agent !== env.agentSelection) throw outOfCycle(agent, env.agentSelection);
      env.step(actions[agent]!);
      for (const [name, reward] of Object.entries(env.rewards)) rewards[name] = (rewards[name] ?? 0) + reward;
    }
    return this.ended(rewards);
  }
}

const outOfCycle = (agent: string, selected: string): Error =>
  stateError(
    'aecToParallel.step',
    `the agents do not act in a cycle. Got the turn of ${selected}; expected that of ${agent}. Let every agent act once, in the ` +
      'order of agents, and end only at the end of a cycle.',
  );
