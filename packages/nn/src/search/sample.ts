import { hostBits, hostKey } from '@gai/core/random';
import { isChoices, stepsIn } from './space.ts';
import type { Choices, NumberRange, SearchSpace } from './space.ts';

/** One of them; 3 steps of 0.1 are a little more than 0.3. */
const stepped = ({ low, high }: NumberRange, step: number, index: number): number => Math.min(high, low + step * index);

/** A value of a range for a number from 0 to 1, which gives `high` itself. */
function inRange(range: NumberRange, part: number): number {
  const { low, high, log = false, int = false, step } = range;
  const spacing = step ?? (int && !log ? 1 : undefined);
  if (spacing !== undefined) {
    const count = stepsIn(range, spacing);
    return stepped(range, spacing, Math.min(count - 1, Math.floor(part * count)));
  }
  // Whole numbers on a logarithmic scale: each has the width from half below to half above it.
  const value = between(int ? low - 0.5 : low, int ? high + 0.5 : high, { log, part });
  return Math.min(high, Math.max(low, int ? Math.round(value) : value));
}

function between(low: number, high: number, { log, part }: { readonly log: boolean; readonly part: number }): number {
  return log ? low ** (1 - part) * high ** part : low + part * (high - low);
}

/** A number from 0 to 1, below 1, with all the bits of a double: of 24 a range of a billion whole numbers would miss most. */
function partOf(text: string): number {
  const [high, low] = hostBits(hostKey(text), 2);
  return (high! * 2 ** 21 + (low! >>> 11)) * 2 ** -53;
}

/** The values of random trial `number`: they hang on the seed, the number and the names alone, so that a search can go on. */
export function drawn(space: SearchSpace, seed: number, number: number): Record<string, unknown> {
  const entries = Object.entries(space).map(([name, one]): [string, unknown] => {
    const part = partOf(`search ${seed} ${number} ${name}`);
    return [name, isChoices(one) ? one.choices[Math.floor(part * one.choices.length)] : inRange(one, part)];
  });
  return Object.fromEntries(entries);
}

/** The values of a grid along one name, both ends exact. */
export function gridValues(one: NumberRange | Choices): readonly unknown[] {
  if (isChoices(one)) return one.choices;
  const { low, high, log = false, int = false, points } = one;
  if (points === undefined) {
    const step = one.step ?? 1;
    return Array.from({ length: stepsIn(one, step) }, (_, index) => stepped(one, step, index));
  }
  const values = Array.from({ length: points }, (_, index) => {
    if (index === 0) return low;
    if (index === points - 1) return high;
    const value = between(low, high, { log, part: index / (points - 1) });
    return Math.min(high, Math.max(low, int ? Math.round(value) : value));
  });
  return [...new Set(values)];
}

/** The values of trial `number` of a grid: the last name changes fastest. */
export function gridPoint(space: SearchSpace, number: number): Record<string, unknown> {
  let rest = number;
  const entries = Object.entries(space)
    .reverse()
    .map(([name, one]): [string, unknown] => {
      const values = gridValues(one);
      const value = values[rest % values.length];
      rest = Math.floor(rest / values.length);
      return [name, value];
    });
  return Object.fromEntries(entries.reverse());
}

/** How many trials a grid has. */
export const gridSize = (space: SearchSpace): number =>
  Object.values(space).reduce((size, one) => size * gridValues(one).length, 1);
