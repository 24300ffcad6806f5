import type { Info, RenderMode, ResetOptions, RgbFrame } from '../env.ts';
import type { Space } from '../spaces/space.ts';
import type { PerAgent } from './aec-env.ts';

/** What `reset` of a {@link ParallelEnv} gives. */
export interface ParallelResetResult<Observation> {
  readonly observations: PerAgent<Observation>;
  readonly infos: PerAgent<Info>;
}

/** What `step` of a {@link ParallelEnv} gives, for everybody who acted. */
export interface ParallelStepResult<Observation> extends ParallelResetResult<Observation> {
  readonly rewards: PerAgent<number>;
  readonly terminations: PerAgent<boolean>;
  readonly truncations: PerAgent<boolean>;
}

/**
 * An env whose agents act at the same time, with PettingZoo's interface. A plain object that has these members is such an env.
 *
 * `agents` are those who act in the next step; whoever has ended is told so once, in the results of that step.
 *
 * @category Several agents
 * @since 0.1.0
 */
export interface ParallelEnv<Observation = unknown, Action = unknown> {
  /** Everybody who may take part. */
  readonly possibleAgents: readonly string[];
  /** Who acts next; empty once the episode is over. */
  readonly agents: readonly string[];
  /** Of an agent: the same object every time. */
  observationSpace(agent: string): Space<Observation>;
  /** Of an agent: the same object every time. */
  actionSpace(agent: string): Space<Action>;
  /** Starts an episode. `{ seed }` makes it repeatable. */
  reset(options?: ResetOptions): ParallelResetResult<Observation>;
  /** One action for each of `agents`. */
  step(actions: PerAgent<Action>): ParallelStepResult<Observation>;
  /** Draws the state, as text or as an RGB frame. */
  render?(mode?: RenderMode): string | RgbFrame;
  /** Releases what the env holds. Safe to call twice. */
  close?(): void;
}
