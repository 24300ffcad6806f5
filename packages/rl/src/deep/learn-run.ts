import { checkOptionNames } from '@gai/core/ops';
import type { LogSink } from '@gai/nn/train';
import { checkInteger } from '../tabular/errors.ts';
import type { AgentCallback, AgentContext } from './agent-callback.ts';
import type { Agent } from './agent.ts';

/** Arguments of an agent's `learn`. */
export interface LearnOptions {
  /** Steps of all envs; the rollout that reaches it is finished. */
  readonly totalTimesteps: number;
  readonly callbacks?: readonly AgentCallback[] | undefined;
  /** Where numbers go: sinks of `@gai/nn/train`. */
  readonly sinks?: readonly LogSink[] | undefined;
  /** Updates from one row of numbers to the next, default 1; of agents that learn off-policy episodes, default 4. */
  readonly logInterval?: number | undefined;
  /**
   * Begin anew: reset the envs and count from 0. False goes on where the agent is, `totalTimesteps` further; schedules then
   * run to the new end. Default true.
   */
  readonly resetNumTimesteps?: boolean | undefined;
}

/** One call of `learn`: how far it goes, who looks on, where the numbers go. */
export class LearnRun implements AgentContext {
  readonly agent: Agent;
  readonly totalTimesteps: number;
  /** Why the run ends before its time. */
  reason: string | undefined;
  /** Who looks on at every step. */
  readonly steppers: readonly AgentCallback[];
  readonly #callbacks: readonly AgentCallback[];
  readonly #sinks: readonly LogSink[];
  readonly #logInterval: number;
  readonly #first: number;
  readonly #began = performance.now();
  #iterations = 0;
  #logged: number;
  #recorded: Readonly<Record<string, number>> = {};

  constructor(agent: Agent, options: LearnOptions) {
    const names = ['totalTimesteps', 'callbacks', 'sinks', 'logInterval', 'resetNumTimesteps'];
    checkOptionNames('learn', options, names);
    const {
      totalTimesteps,
      callbacks = [],
      sinks = [],
      logInterval = agent.logUnit.interval,
      resetNumTimesteps = true,
    } = options;
    checkInteger('learn', 'totalTimesteps', [totalTimesteps, 1, Number.MAX_SAFE_INTEGER]);
    checkInteger('learn', 'logInterval', [logInterval, 1, Number.MAX_SAFE_INTEGER]);
    this.agent = agent;
    this.#first = resetNumTimesteps ? 0 : agent.numTimesteps;
    this.totalTimesteps = totalTimesteps + this.#first;
    this.steppers = callbacks.filter(({ onStep }) => onStep !== undefined);
    this.#callbacks = callbacks;
    this.#sinks = sinks;
    this.#logInterval = logInterval;
    this.#logged = Math.floor(this.#count / logInterval);
  }

  get numTimesteps(): number {
    return this.agent.numTimesteps;
  }

  get episodes(): AgentContext['episodes'] {
    return this.agent.episodes;
  }

  get isOver(): boolean {
    return this.reason !== undefined || this.numTimesteps >= this.totalTimesteps;
  }

  /** From 1 at the beginning to 0; a last rollout may go beyond the end. */
  get progressRemaining(): number {
    return Math.max(0, 1 - this.numTimesteps / this.totalTimesteps);
  }

  readonly record = (scalars: Readonly<Record<string, number>>): void => {
    this.#recorded = { ...this.#recorded, ...scalars };
  };

  /** May be taken apart from the run. */
  readonly stop = (reason: string): void => {
    this.reason ??= reason;
  };

  /** Begins, learns and ends: every callback and sink comes to its end, whatever went wrong before. */
  async through(learn: () => Promise<void>): Promise<void> {
    const errors: unknown[] = [];
    const attempt = async (part: () => unknown): Promise<void> => {
      try {
        await part();
      } catch (error) {
        errors.push(error);
      }
    };
    await attempt(async () => {
      await this.#begin();
      await learn();
    });
    for (const callback of this.#callbacks) await attempt(() => callback.onTrainingEnd?.(this));
    for (const sink of this.#sinks) await attempt(() => sink.close?.());
    if (errors.length > 1) throw new AggregateError(errors, errors.map(messageOf).join(' And then: '));
    if (errors.length === 1) throw errors[0];
  }

  async #begin(): Promise<void> {
    for (const sink of this.#sinks) await sink.open?.(this.#first);
    for (const callback of this.#callbacks) await callback.onTrainingStart?.(this);
  }

  /** What `logInterval` counts. */
  get #count(): number {
    return this.agent.logUnit.unit === 'episodes' ? this.episodes.episodes : this.#iterations;
  }

  async rolloutEnd(): Promise<void> {
    for (const callback of this.#callbacks) await callback.onRolloutEnd?.(this);
  }

  async updateEnd(scalars: Readonly<Record<string, number>>): Promise<void> {
    this.#iterations++;
    const row = this.#rowOf(scalars);
    await this.#log(row);
    for (const callback of this.#callbacks) await callback.onUpdateEnd?.(this, row);
  }

  /** What was collected is told, and nothing was learned from it: an agent that still fills its buffer. */
  async rolloutOnly(scalars: Readonly<Record<string, number>>): Promise<void> {
    if (this.#isDue) await this.#log(this.#rowOf(scalars));
  }

  #rowOf(scalars: Readonly<Record<string, number>>): Record<string, number> {
    const seconds = (performance.now() - this.#began) / 1000;
    return {
      ...this.episodes.scalars(),
      'time/fps': Math.round((this.numTimesteps - this.#first) / seconds),
      [`time/${this.agent.logUnit.unit}`]: this.#count,
      'time/time_elapsed': seconds,
      'time/total_timesteps': this.numTimesteps,
      ...scalars,
      ...this.#recorded,
    };
  }

  /** Whether a row is to be handed to the sinks. */
  get #isDue(): boolean {
    return Math.floor(this.#count / this.#logInterval) > this.#logged;
  }

  /** Hands a row to the sinks, where it is due. */
  async #log(row: Record<string, number>): Promise<void> {
    if (!this.#isDue) return;
    this.#logged = Math.floor(this.#count / this.#logInterval);
    this.#recorded = {};
    for (const sink of this.#sinks) await sink.log(this.numTimesteps, row);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
