import type { Parameter } from '../parameter.ts';
import type { Slots } from './slots.ts';

/** Parameters by the number of updates they have had: one group, unless some came later than others. */
export interface Cohorts {
  /** The updates of each group. */
  readonly updates: readonly number[];
  /** The group of each parameter. */
  readonly of: readonly number[];
}

/** Which parameters have had as many updates as others, so that what depends on that number is computed once for all. */
export function cohortsOf(slots: Slots, parameters: readonly Parameter[]): Cohorts {
  const all = parameters.map((parameter) => slots.updates(parameter));
  const updates = [...new Set(all)];
  return { updates, of: all.map((count) => updates.indexOf(count)) };
}
