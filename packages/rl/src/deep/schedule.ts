import { argumentError, show } from '../errors.ts';

/**
 * A setting that may change while an agent learns: a number; `'lin_0.001'`, which falls in a straight line from 0.001 to 0 at
 * the end (as RL Baselines3 Zoo writes it); or a function of the progress that remains, from 1 at the beginning to 0.
 *
 * @category Deep agents
 * @since 0.1.0
 */
export type AgentSchedule = number | `lin_${number}` | ((progressRemaining: number) => number);

/**
 * The value of a schedule.
 *
 * @throws ArgumentError if a function gives no finite number, or one below 0: weights would be NaN from then on.
 */
export function scheduleAt(schedule: AgentSchedule, progressRemaining: number): number {
  const value = valueAt(schedule, progressRemaining);
  if (Number.isFinite(value) && value >= 0) return value;
  throw argumentError(
    'learn',
    `a schedule has gone wrong. Got ${show(value)} with ${progressRemaining} of the run remaining; expected a finite number of 0 or ` +
      'more. Mend the function.',
    { progressRemaining },
  );
}

function valueAt(schedule: AgentSchedule, progressRemaining: number): number {
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
  const first = isKnown ? valueAt(schedule, 1) : Number.NaN;
  if (Number.isFinite(first) && first >= least) return;
  throw argumentError(
    op,
    `${name} is no schedule. Got ${show(schedule)}; expected a number of at least ${least}, 'lin_' and one, or a function of ` +
      'the progress that remains. Pass one of them.',
    { [name]: schedule },
  );
}
