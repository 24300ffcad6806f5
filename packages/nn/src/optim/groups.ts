import { ArgumentError } from '@gai/core';
import { scheduleValue } from './schedules.ts';
import type { Schedule } from './schedules.ts';
import type { OptimizerItem, OptimizerUpdate, UpdateOptions } from './optimizer.ts';
import { updatePacked } from './pack.ts';

/** Which parameters a group holds: an exact name, a pattern, or a test of the name. */
export type ParameterFilter = string | RegExp | ((name: string) => boolean);

/** Parameters that are trained with settings of their own. */
export type ParameterGroup<Settings> = { readonly parameters: ParameterFilter } & Partial<Settings>;

/** Settings every optimizer has. */
export interface BaseSettings {
  /** Step size per update, or a schedule of it. */
  readonly learningRate: Schedule;
}

/** True if the filter takes the parameter. */
export function matches(filter: ParameterFilter, name: string): boolean {
  if (typeof filter === 'string') return filter === name;
  return filter instanceof RegExp ? filter.test(name) : filter(name);
}

/** Settings of the first group that takes each item, over the optimizer's own. */
export class Groups<Settings extends BaseSettings> {
  readonly #own: Settings;
  readonly #groups: readonly ParameterGroup<Settings>[];

  constructor(own: Settings, groups: readonly ParameterGroup<Settings>[] = []) {
    this.#own = own;
    this.#groups = groups;
    for (const settings of this.all) {
      checkRate(settings.learningRate);
      checkDecay((settings as { readonly weightDecay?: number }).weightDecay);
    }
  }

  /** The settings of each group; the optimizer's own come last. */
  get all(): Settings[] {
    return [...this.#groups.map((group) => ({ ...this.#own, ...group })), this.#own];
  }

  /** Which of {@link all} an item belongs to. */
  indexOf(item: OptimizerItem): number {
    const found = this.#groups.findIndex((group) => matches(group.parameters, item.name));
    return found < 0 ? this.#groups.length : found;
  }

  /** Applies an elementwise rule to each item with the number of its group; small items of a group as one tensor. */
  update(
    items: readonly OptimizerItem[],
    rule: (item: OptimizerItem, group: number) => OptimizerUpdate,
    { pack = true }: UpdateOptions = {},
  ): OptimizerUpdate[] {
    if (!pack) return items.map((item) => rule(item, this.indexOf(item)));
    const groups = new Map(items.map((item) => [item.name, this.indexOf(item)]));
    return updatePacked(
      items,
      (item) => String(groups.get(item.name)),
      (item) => rule(item, groups.get(item.name)!),
    );
  }

  /** The rates of a step as scalars `learningRate0`, `learningRate1`, …, each after `change`. */
  rateScalars(step: number, change = (rate: number): number => rate, name = 'learningRate'): Record<string, number> {
    return Object.fromEntries(this.rates(step).map((rate, index) => [`${name}${index}`, change(rate)]));
  }

  /** The learning rate of each group at a step counted from 1; schedules count from 0. */
  rates(step: number): number[] {
    return this.all.map((settings) => scheduleValue(settings.learningRate, step - 1));
  }
}

function checkRate(rate: Schedule): void {
  if (typeof rate !== 'number' || (Number.isFinite(rate) && rate >= 0)) return;
  throw new ArgumentError(
    `optimizer: not a learning rate. Got ${rate}; expected a finite number of 0 or more, or a schedule.`,
    { op: 'optimizer' },
  );
}

function checkDecay(decay: number | undefined): void {
  if (decay === undefined || (Number.isFinite(decay) && decay >= 0)) return;
  throw new ArgumentError(`optimizer: not a weight decay. Got ${decay}; expected a finite number of 0 or more.`, {
    op: 'optimizer',
  });
}
