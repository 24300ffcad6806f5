import type { RenderMode, ResetOptions, RgbFrame } from '../env.ts';
import type { Space } from '../spaces/space.ts';
import { AecAsParallel } from './aec-as-parallel.ts';
import type { AECEnv, PerAgent } from './aec-env.ts';
import type { ParallelEnv } from './parallel-env.ts';
import { TurnBasedEnv } from './turn-based-env.ts';

/**
 * An env whose agents act at once, as one in which they act one after another, with PettingZoo's `parallel_to_aec`: actions are
 * kept until everybody has acted. What {@link aecToParallel} made is unwrapped.
 *
 * @param env - Any env whose agents act at once.
 * @example
 * import { Discrete } from '@gai/rl';
 * import { checkAec, parallelToAec } from '@gai/rl/multi-agent';
 * import type { ParallelEnv } from '@gai/rl/multi-agent';
 * const agents = ['left', 'right'];
 * const [see, act] = [new Discrete(1), new Discrete(2)];
 * const both = <Value>(left: Value, right: Value) => ({ left, right });
 * const matching: ParallelEnv<number, number> & { agents: string[] } = {
 *   possibleAgents: agents,
 *   agents: [],
 *   observationSpace: () => see,
 *   actionSpace: () => act,
 *   reset() {
 *     this.agents = [...agents];
 *     return { observations: both(0, 0), infos: both({}, {}) };
 *   },
 *   step({ left, right }) {
 *     this.agents = [];
 *     const paid = left === right ? 1 : -1;
 *     const ends = { terminations: both(true, true), truncations: both(false, false) };
 *     return { observations: both(0, 0), rewards: both(paid, -paid), ...ends, infos: both({}, {}) };
 *   },
 * };
 * checkAec(parallelToAec(matching)); // => undefined
 * @category Several agents
 * @since 0.1.0
 */
export function parallelToAec<Observation, Action>(env: ParallelEnv<Observation, Action>): AECEnv<Observation, Action> {
  const given: unknown = env;
  return given instanceof AecAsParallel ? (given as AecAsParallel<Observation, Action>).env : new ParallelAsAec(env);
}

/** What {@link parallelToAec} makes. */
export class ParallelAsAec<Observation, Action> extends TurnBasedEnv<Observation, Action> {
  /** The env inside. */
  readonly env: ParallelEnv<Observation, Action>;
  readonly possibleAgents: readonly string[];
  readonly isParallelizable = true;
  readonly render?: (mode?: RenderMode) => string | RgbFrame;
  #observations: PerAgent<Observation> = {};
  /** The actions of this cycle so far. */
  #actions: Record<string, Action> = {};
  /** Who acts in this cycle, in order. */
  #cycle: readonly string[] = [];

  constructor(env: ParallelEnv<Observation, Action>) {
    super();
    this.env = env;
    this.possibleAgents = env.possibleAgents;
    if (env.render !== undefined) this.render = (mode) => env.render!(mode);
  }

  observationSpace(agent: string): Space<Observation> {
    return this.env.observationSpace(agent);
  }

  actionSpace(agent: string): Space<Action> {
    return this.env.actionSpace(agent);
  }

  observe(agent: string): Observation {
    return this.#observations[agent]!;
  }

  close(): void {
    this.env.close?.();
  }

  reset(options?: ResetOptions): void {
    const { observations, infos } = this.env.reset(options);
    this.begin(this.env.agents);
    this.#observations = observations;
    this.infos = { ...this.infos, ...infos };
    this.#cycle = [...this.env.agents];
    this.#actions = {};
  }

  protected act(action: Action): void {
    this.#actions[this.agentSelection] = action;
    const place = this.#cycle.indexOf(this.agentSelection);
    if (place + 1 === this.#cycle.length) return this.#stepAll();
    if (place === 0) this.clearRewards();
    this.agentSelection = this.#cycle[place + 1]!;
  }

  /** Everybody has acted. */
  #stepAll(): void {
    const { observations, rewards, terminations, truncations, infos } = this.env.step(this.#actions);
    this.#observations = observations;
    this.rewards = { ...rewards };
    this.cumulativeRewards = { ...rewards };
    this.terminations = { ...terminations };
    this.truncations = { ...truncations };
    this.infos = { ...infos };
    this.#actions = {};
    const { agents } = this.env;
    this.agents = [
      ...agents,
      ...Object.keys(observations)
        .filter((agent) => !agents.includes(agent))
        .sort(),
    ];
    this.#cycle = [...agents];
    this.agentSelection = agents[0] ?? this.agentSelection;
    this.endedFirst();
  }
}
