import { argumentError, show } from '../errors.ts';

/**
 * A setting that may change while an agent learns: a number; `'lin_0.001'`, which falls in a straight line from 0.001 to 0 at
 * the end (as RL Baselines3 Zoo writes it); or a function of the progress that remains, from 1 at the beginning to 0.
 *
 * @category Deep agents
 * @since 0.1.0
 */
export type AgentSchedule = number | `lin_${number}` | ((progressRemaining: number) => number);

/** The value of a schedule. */
export function scheduleAt(schedule: AgentSchedule, progressRemaining: number): number {
  if (typeof schedule === 'number') return schedule;
  if (typeof schedule === 'function') return schedule(progressRemaining);
  return Number(schedule.slice(4)) * progressRemaining;
}

/** Refuses what is no schedule, or begins below `least`. */
export function checkSchedule(op: string, name: string, schedule: AgentSchedule, least = 0): void {
  const isKnown =
    typeof schedule === 'number' ||
    typeof schedule === 'function' ||
    (typeof schedule === 'string' && /^lin_[^\s]+$/.test(schedule));
  const first = isKnown ? scheduleAt(schedule, 1) : Number.NaN;
  if (Number.isFinite(first) && first >= least) return;
  throw argumentError(
    op,
    `${name} is no schedule. Got ${show(schedule)}; expected a number of at least ${least}, 'lin_' and one, or a function of ` +
      'the progress that remains. Pass one of them.',
    { [name]: schedule },
  );
}
