import { everyNumber, numbersOf } from '../spaces/seeded-space.ts';

/** One episode as it was played: what was seen, done and paid. */
export interface Trajectory {
  /** What was seen, as `space.flatten` gives it; one more than there are actions. */
  readonly observations: readonly ArrayLike<number>[];
  /** What was done, as the env takes it: a number, or several. */
  readonly actions: readonly (number | ArrayLike<number>)[];
  readonly rewards: readonly number[];
  readonly terminated: boolean;
  readonly truncated: boolean;
}

/** Refuses what are no episodes, or not of one kind. */
export function checkTrajectories(given: readonly Trajectory[], broken: (message: string) => Error): void {
  if (!Array.isArray(given) || given.length === 0) {
    throw broken('there are no episodes. Got none; expected at least one. Record some with recordTrajectories.');
  }
  const [first] = given as readonly (Partial<Trajectory> | null)[];
  const sizes = { seen: sizeOf(first?.observations?.[0]), done: sizeOf(first?.actions?.[0]) };
  given.forEach((one: Partial<Trajectory> | null, index) => {
    const list = (name: 'observations' | 'actions' | 'rewards'): readonly unknown[] =>
      Array.isArray(one?.[name]) ? (one[name] as unknown[]) : [];
    const [observations, actions, rewards] = [list('observations'), list('actions'), list('rewards')];
    const isWhole =
      actions.length > 0 && observations.length === actions.length + 1 && rewards.length === actions.length;
    const isEven =
      observations.every((row) => typeof row !== 'number' && sizeOf(row) === sizes.seen) &&
      actions.every((action) => sizeOf(action) === sizes.done) &&
      rewards.every((reward) => sizeOf(reward) === 'number');
    const hasEnds = typeof one?.terminated === 'boolean' && typeof one.truncated === 'boolean';
    if (isWhole && isEven && hasEnds) return;
    throw broken(
      `episode ${index + 1} does not fit. Got ${observations.length} observations, ${actions.length} actions and ${rewards.length} ` +
        `rewards; expected n + 1, n and n, all finite numbers, ${inWords('observations', sizes.seen)}, ${inWords('actions', sizes.done)}, ` +
        'and whether it was terminated and truncated. Leave it out.',
    );
  });
}

/** How many finite numbers it is, or a single one; NaN, which equals nothing, for what is neither. */
function sizeOf(value: unknown): number | 'number' {
  if (typeof value === 'number') return Number.isFinite(value) ? 'number' : Number.NaN;
  const numbers = numbersOf(value);
  const isFinite = numbers !== null && numbers.length > 0 && everyNumber(numbers, Number.isFinite);
  return isFinite ? numbers.length : Number.NaN;
}

/** Such as `observations of 4 each`, as the first episode begins. */
const inWords = (name: string, size: number | 'number'): string =>
  Number.isNaN(size) ? `${name} of some` : `${name} of ${size === 'number' ? 'a number' : size} each`;
