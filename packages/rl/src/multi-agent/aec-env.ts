import type { Info, RenderMode, ResetOptions, RgbFrame } from '../env.ts';
import type { Space } from '../spaces/space.ts';

/** A value for each agent, by name. */
export type PerAgent<Value> = Readonly<Record<string, Value>>;

/**
 * What `last` gives of the agent whose turn it is, in PettingZoo's five parts.
 *
 * - `reward`: all it was paid since its own last turn.
 * - `termination`, `truncation`: whether it has ended; its only action is then `null`.
 *
 * @category Several agents
 * @since 0.1.0
 */
export interface LastResult<Observation> {
  /** Undefined where it was not asked for. */
  readonly observation: Observation | undefined;
  readonly reward: number;
  readonly termination: boolean;
  readonly truncation: boolean;
  readonly info: Info;
}

/**
 * An env whose agents act one after another, with PettingZoo's interface ("agent environment cycle"). A plain object that has
 * these members is such an env; {@link TurnBasedEnv} keeps the books.
 *
 * An agent that has ended takes one more turn, with the action `null`, and is then gone from `agents`. The episode is over when
 * nobody is left.
 *
 * @typeParam Observation - An element of each agent's `observationSpace`.
 * @typeParam Action - An element of each agent's `actionSpace`.
 * @example
 * import { TicTacToe } from '@gai/rl/multi-agent';
 * const env = new TicTacToe();
 * env.reset();
 * for (const agent of env.agentIter()) {
 *   const { observation, termination, truncation } = env.last();
 *   const mask = observation!.actionMask;
 *   env.step(termination || truncation ? null : mask.indexOf(1)); // the first free square
 * }
 * env.agents; // => []
 * @category Several agents
 * @since 0.1.0
 */
export interface AECEnv<Observation = unknown, Action = unknown> {
  /** Everybody who may take part. */
  readonly possibleAgents: readonly string[];
  /** Who still takes part, in order. */
  readonly agents: readonly string[];
  /** Whose turn it is. */
  readonly agentSelection: string;
  /** What the last step paid each agent. */
  readonly rewards: PerAgent<number>;
  readonly terminations: PerAgent<boolean>;
  readonly truncations: PerAgent<boolean>;
  readonly infos: PerAgent<Info>;
  /** Whether nothing changes before everybody has acted: {@link aecToParallel} needs that. Default false. */
  readonly isParallelizable?: boolean | undefined;
  /** Of an agent: the same object every time. */
  observationSpace(agent: string): Space<Observation>;
  /** Of an agent: the same object every time. */
  actionSpace(agent: string): Space<Action>;
  /** Starts an episode. `{ seed }` makes it repeatable. */
  reset(options?: ResetOptions): void;
  /** The action of `agentSelection`: `null` if it has ended, else one of its space. */
  step(action: Action | null): void;
  /** What an agent sees now, whoever's turn it is. */
  observe(agent: string): Observation;
  /** What the agent sees whose turn it is, and what it was paid; `last(false)` leaves the observation out. */
  last(observe?: boolean): LastResult<Observation>;
  /** Whose turn it is, again and again, until nobody is left or `maxIter` turns are over. Step in between. */
  agentIter(maxIter?: number): Iterable<string>;
  /** Draws the state, as text or as an RGB frame. */
  render?(mode?: RenderMode): string | RgbFrame;
  /** Releases what the env holds. Safe to call twice. */
  close?(): void;
}
