import type { EpisodeMonitor } from './episode-monitor.ts';
import type { Agent } from './agent.ts';

/** What a callback sees of a run, and does to it. */
export interface AgentContext {
  readonly agent: Agent;
  /** Steps of all envs since the agent began. */
  readonly numTimesteps: number;
  /** Where the run ends. */
  readonly totalTimesteps: number;
  /** The latest episodes. */
  readonly episodes: EpisodeMonitor;
  /** Adds numbers to the next row that is logged. */
  record(scalars: Readonly<Record<string, number>>): void;
  /** Ends the run after this step. */
  stop(reason: string): void;
}

/**
 * Something that happens while an agent learns. Hooks may be asynchronous; they run in order and are waited for.
 *
 * @category Deep agents
 * @since 0.1.0
 */
export interface AgentCallback {
  readonly name: string;
  onTrainingStart?(context: AgentContext): void | Promise<void>;
  /** After every step of all envs. */
  onStep?(context: AgentContext): void | Promise<void>;
  /** After the steps that an update learns from, before it. */
  onRolloutEnd?(context: AgentContext): void | Promise<void>;
  /** After an update, with the numbers that are logged. */
  onUpdateEnd?(context: AgentContext, scalars: Readonly<Record<string, number>>): void | Promise<void>;
  /** Also after an error. */
  onTrainingEnd?(context: AgentContext): void | Promise<void>;
}
