import { ArgumentError } from '@gai/core';
import { quoted } from '@gai/core/io';
import { checkOptionNames } from '@gai/core/ops';

/** Numbers from `low` to `high`, both included. */
export interface NumberRange {
  readonly low: number;
  readonly high: number;
  /** Drawn so that each factor is as likely as any other: for learning rates and sizes. Default false. */
  readonly log?: boolean | undefined;
  /** Whole numbers only. Default false. */
  readonly int?: boolean | undefined;
  /** Only `low` and multiples of this from there; not with `log`. */
  readonly step?: number | undefined;
  /** How many values a grid takes of it, evenly from `low` to `high`. Needed for a grid, unless there is a `step`: never both. */
  readonly points?: number | undefined;
}

/** One of a list. */
export interface Choices<T = unknown> {
  readonly choices: readonly T[];
}

/** What is searched, by name. */
export type SearchSpace = Readonly<Record<string, NumberRange | Choices>>;

/** The values of one trial. */
export type SearchParams<S extends SearchSpace> = {
  readonly [Name in keyof S]: S[Name] extends Choices<infer T> ? T : number;
};

export const isChoices = (one: NumberRange | Choices): one is Choices => 'choices' in one;

/** How many multiples of a step, from `low` on, a range holds. */
export const stepsIn = ({ low, high }: NumberRange, step: number): number => Math.floor((high - low) / step + 1e-9) + 1;

const refused = (name: string, what: string, got: unknown, expected: string): ArgumentError =>
  new ArgumentError(`search: space.${name} ${what}. Got ${quoted(got)}; expected ${expected}.`, {
    op: 'search',
    details: { name },
  });

/** Refuses a space that nothing can be drawn from. */
export function checkSpace(space: SearchSpace, isGrid: boolean): void {
  if (typeof space !== 'object' || space === null || Object.keys(space).length === 0) {
    throw new ArgumentError(
      `search: the space is empty. Got ${quoted(space)}; expected ranges and choices by name, such as ` +
        `{ learningRate: { low: 1e-4, high: 1e-1, log: true } }.`,
      { op: 'search' },
    );
  }
  for (const [name, one] of Object.entries(space)) {
    if (typeof one !== 'object' || one === null || Array.isArray(one))
      throw refused(name, 'is no range', one, '{ low, high } or { choices }');
    if (isChoices(one)) checkChoices(name, one);
    else checkRange(name, one, isGrid);
  }
}

function checkChoices(name: string, one: Choices): void {
  checkOptionNames('search', one, ['choices']);
  if (!Array.isArray(one.choices) || one.choices.length === 0) {
    throw refused(name, 'has no choices', one.choices, 'a list of at least one');
  }
}

function checkRange(name: string, one: NumberRange, isGrid: boolean): void {
  checkOptionNames('search', one, ['low', 'high', 'log', 'int', 'step', 'points']);
  const { low, high, log = false, int = false, step, points } = one;
  // Of a range from -1e308 to 1e308 the width is no number.
  const fits = Number.isFinite(low) && Number.isFinite(high) && Number.isFinite(high - low) && low <= high;
  if (!fits) throw refused(name, 'is no range', { low, high }, 'two numbers, low at most high');
  if (log && !(low > 0)) throw refused(name, 'has no logarithm', { low }, 'low above 0 where log is true');
  if (int && !(Number.isSafeInteger(low) && Number.isSafeInteger(high))) {
    throw refused(name, 'has ends that are not whole', { low, high }, 'whole numbers where int is true');
  }
  if (step !== undefined && (log || !(step > 0 && step < Infinity) || (int && !Number.isSafeInteger(step)))) {
    throw refused(
      name,
      'has a step that does not fit',
      { step, log, int },
      'a number above 0, whole with int, and none with log',
    );
  }
  if (points !== undefined && !(Number.isSafeInteger(points) && points >= 1)) {
    throw refused(name, 'has no number of points', { points }, 'a whole number of 1 or more');
  }
  if (points !== undefined && step !== undefined) {
    throw refused(name, 'has points and a step', { points, step }, 'one of them');
  }
  checkCount(name, one, isGrid);
}

/** Values along one name of a grid, or steps of a range, at most. */
const MOST = { grid: 100_000, range: Number.MAX_SAFE_INTEGER };

function checkCount(name: string, one: NumberRange, isGrid: boolean): void {
  const { log = false, int = false, points } = one;
  const step = one.step ?? (int && !log ? 1 : undefined);
  if (isGrid && step === undefined && points === undefined) {
    throw refused(name, 'has no grid', one, 'points or a step');
  }
  const count = (isGrid ? points : undefined) ?? (step === undefined ? 1 : stepsIn(one, step));
  const most = isGrid ? MOST.grid : MOST.range;
  if (!(count <= most))
    throw refused(name, 'has too many values', count, `at most ${most}: fewer points, or a larger step`);
}
