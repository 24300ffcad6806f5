import type { RenderMode, ResetOptions, RgbFrame } from '../env.ts';
import { argumentError, show, stateError } from '../errors.ts';
import type { Space } from '../spaces/space.ts';
import type { AECEnv, PerAgent } from './aec-env.ts';
import type { ParallelEnv, ParallelResetResult, ParallelStepResult } from './parallel-env.ts';

/** What all parallel envs around an AEC env share. */
export abstract class AecEnvInside<Observation, Action> implements ParallelEnv<Observation, Action> {
  /** The env inside. */
  readonly env: AECEnv<Observation, Action>;
  readonly possibleAgents: readonly string[];
  readonly render?: (mode?: RenderMode) => string | RgbFrame;

  constructor(env: AECEnv<Observation, Action>) {
    this.env = env;
    this.possibleAgents = env.possibleAgents;
    if (env.render !== undefined) this.render = (mode) => env.render!(mode);
  }

  get agents(): readonly string[] {
    return this.env.agents;
  }

  observationSpace(agent: string): Space<Observation> {
    return this.env.observationSpace(agent);
  }

  actionSpace(agent: string): Space<Action> {
    return this.env.actionSpace(agent);
  }

  abstract reset(options?: ResetOptions): ParallelResetResult<Observation>;
  abstract step(actions: PerAgent<Action>): ParallelStepResult<Observation>;

  close(): void {
    this.env.close?.();
  }

  protected observationsOf(agents: readonly string[]): Record<string, Observation> {
    return Object.fromEntries(agents.map((agent) => [agent, this.env.observe(agent)]));
  }

  /** Throws unless there is an action for each of the agents. */
  protected checkActions(actions: PerAgent<Action>, agents: readonly string[]): void {
    checkActions(actions, agents);
  }

  /** What everybody sees after a step; who has ended is then led out. */
  protected ended(rewards: PerAgent<number>): ParallelStepResult<Observation> {
    const { env } = this;
    const result = {
      observations: this.observationsOf(env.agents),
      rewards,
      terminations: { ...env.terminations },
      truncations: { ...env.truncations },
      infos: { ...env.infos },
    };
    while (env.agents.length > 0 && hasEnded(env, env.agentSelection)) env.step(null);
    return result;
  }
}

const hasEnded = (env: Pick<AECEnv, 'terminations' | 'truncations'>, agent: string): boolean =>
  env.terminations[agent] === true || env.truncations[agent] === true;

/** Throws unless there is an action for each of the agents. */
export function checkActions(actions: PerAgent<unknown>, agents: readonly string[]): void {
  if (agents.length === 0) {
    throw stateError(
      'step',
      'nobody takes part. Got actions; expected a reset, before the first episode and after each. Call reset().',
    );
  }
  const missing = agents.find((agent) => typeof actions !== 'object' || actions === null || !(agent in actions));
  if (missing === undefined) return;
  throw argumentError(
    'step',
    `an action is missing. Got ${show(actions)}; expected one for each of ${agents.join(', ')}. Add that of ${missing}.`,
    { missing },
  );
}
