import type { Info, ResetOptions } from '../env.ts';
import { NO_INFO } from '../envs/reset-options.ts';
import { argumentError, show, stateError } from '../errors.ts';
import type { Space } from '../spaces/space.ts';
import { checkCount } from '../spaces/seeded-space.ts';
import type { AECEnv, LastResult } from './aec-env.ts';

/**
 * The books of an {@link AECEnv}: who is left, whose turn it is, what was paid. An env of your own extends it, calls `begin` in
 * `reset`, and writes `act`: change `rewards`, `terminations`, `truncations` and `infos`, call `accumulate`, and set
 * `agentSelection` to the next agent. Agents that have ended are led out as in PettingZoo.
 *
 * @example
 * import { Discrete } from '@gai/rl';
 * import { checkAec, TurnBasedEnv } from '@gai/rl/multi-agent';
 * class Nim extends TurnBasedEnv<number, number> {
 *   readonly possibleAgents = ['player_0', 'player_1'];
 *   #left = 7; // who takes the last one wins
 *   readonly #spaces = { observation: new Discrete(8), action: new Discrete(2) };
 *   observationSpace = () => this.#spaces.observation;
 *   actionSpace = () => this.#spaces.action;
 *   observe = () => this.#left;
 *   reset() {
 *     this.#left = 7;
 *     this.begin();
 *   }
 *   protected act(action: number) {
 *     this.clearRewards();
 *     this.#left = Math.max(0, this.#left - action - 1);
 *     const other = this.agents.find((agent) => agent !== this.agentSelection)!;
 *     if (this.#left === 0) {
 *       this.rewards = { [this.agentSelection]: 1, [other]: -1 };
 *       this.terminations = { [this.agentSelection]: true, [other]: true };
 *     }
 *     this.accumulate();
 *     this.agentSelection = other;
 *   }
 * }
 * checkAec(new Nim()); // => undefined
 * @category Several agents
 * @since 0.1.0
 */
export abstract class TurnBasedEnv<Observation, Action> implements AECEnv<Observation, Action> {
  abstract readonly possibleAgents: readonly string[];
  agents: string[] = [];
  agentSelection = '';
  rewards: Record<string, number> = {};
  terminations: Record<string, boolean> = {};
  truncations: Record<string, boolean> = {};
  infos: Record<string, Info> = {};
  /** What each agent was paid since its own last turn. */
  protected cumulativeRewards: Record<string, number> = {};
  /** Who goes on once those who have ended are gone. */
  #skipped: string | undefined;

  abstract observationSpace(agent: string): Space<Observation>;
  abstract actionSpace(agent: string): Space<Action>;
  abstract reset(options?: ResetOptions): void;
  abstract observe(agent: string): Observation;

  /** Takes the action of `agentSelection`, which has not ended, and chooses the next agent. */
  protected abstract act(action: Action): void;

  step(action: Action | null): void {
    const agent = this.agentSelection;
    if (this.agents.length === 0) throw notBegun(this.constructor.name);
    if (this.#hasEnded(agent)) return this.#leave(agent, action);
    const space = this.actionSpace(agent);
    if (action === null || !space.contains(action)) {
      throw argumentError(
        `${this.constructor.name}.step`,
        `not an action of ${agent}. Got ${show(action)}; expected an element of ${space}. Pass one; null is for agents that have ended.`,
        { agent, action },
      );
    }
    this.act(action);
  }

  last(observe = true): LastResult<Observation> {
    const agent = this.agentSelection;
    if (this.agents.length === 0) throw notBegun(this.constructor.name);
    return {
      observation: observe ? this.observe(agent) : undefined,
      reward: this.cumulativeRewards[agent]!,
      termination: this.terminations[agent]!,
      truncation: this.truncations[agent]!,
      info: this.infos[agent]!,
    };
  }

  *agentIter(maxIter = Infinity): Iterable<string> {
    if (maxIter !== Infinity) checkCount('agentIter', 'maxIter', maxIter, 0);
    for (let turn = 0; turn < maxIter && this.agents.length > 0; turn++) yield this.agentSelection;
  }

  /** Everybody takes part, nobody was paid, the first begins. */
  protected begin(agents: readonly string[] = this.possibleAgents): void {
    this.agents = [...agents];
    this.agentSelection = agents[0]!;
    this.rewards = perAgent(agents, 0);
    this.cumulativeRewards = perAgent(agents, 0);
    this.terminations = perAgent(agents, false);
    this.truncations = perAgent(agents, false);
    this.infos = perAgent(agents, NO_INFO);
    this.#skipped = undefined;
  }

  /** Adds `rewards` to what each agent is owed; that of the agent who has just acted begins anew. */
  protected accumulate(acted: string = this.agentSelection): void {
    this.cumulativeRewards[acted] = 0;
    for (const [agent, reward] of Object.entries(this.rewards)) this.cumulativeRewards[agent]! += reward;
  }

  /** Nobody is paid, until the env says otherwise. */
  protected clearRewards(): void {
    this.rewards = perAgent(Object.keys(this.rewards), 0);
  }

  /** The turn goes to the first agent that has ended, if there is one; to who has it now after that. */
  protected endedFirst(): void {
    const first = this.agents.find((agent) => this.#hasEnded(agent));
    if (first === undefined) return;
    this.#skipped = this.agentSelection;
    this.agentSelection = first;
  }

  #hasEnded(agent: string): boolean {
    return this.terminations[agent] === true || this.truncations[agent] === true;
  }

  /** The last turn of an agent that has ended. */
  #leave(agent: string, action: Action | null): void {
    if (action !== null) {
      throw argumentError(
        `${this.constructor.name}.step`,
        `${agent} has ended. Got action ${show(action)}; expected null. Ask last() for termination and truncation before each step.`,
        { agent, action },
      );
    }
    const books = [this.rewards, this.cumulativeRewards, this.terminations, this.truncations, this.infos];
    for (const book of books) delete (book as Record<string, unknown>)[agent];
    this.agents = this.agents.filter((other) => other !== agent);
    const next = this.agents.find((other) => this.#hasEnded(other));
    if (next !== undefined) {
      this.#skipped ??= this.agentSelection;
      this.agentSelection = next;
    } else {
      this.agentSelection = this.#skipped ?? this.agentSelection;
      this.#skipped = undefined;
    }
    this.clearRewards();
  }
}

/** The same value for each of some agents. */
export function perAgent<Value>(agents: readonly string[], value: Value): Record<string, Value> {
  return Object.fromEntries(agents.map((agent) => [agent, value]));
}

const notBegun = (name: string): Error =>
  stateError(
    `${name}.step`,
    'nobody takes part. Got a step; expected a reset, before the first episode and after each. Call reset().',
  );
