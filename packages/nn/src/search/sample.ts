import { hostKey, hostUniform } from '@gai/core/random';
import { isChoices } from './space.ts';
import type { Choices, NumberRange, SearchSpace } from './space.ts';

/** A value of a range for a number from 0 to 1. */
function inRange({ low, high, log = false, int = false, step }: NumberRange, part: number): number {
  const spacing = step ?? (int && !log ? 1 : undefined);
  if (spacing !== undefined) {
    const count = Math.floor((high - low) / spacing + 1e-9) + 1;
    return low + spacing * Math.min(count - 1, Math.floor(part * count));
  }
  // Whole numbers on a logarithmic scale: each has the width from half below to half above it.
  const [from, to] = int ? [low - 0.5, high + 0.5] : [low, high];
  const value = log ? Math.exp(Math.log(from) + part * (Math.log(to) - Math.log(from))) : from + part * (to - from);
  return Math.min(high, Math.max(low, int ? Math.round(value) : value));
}

/** The values of random trial `number`: they hang on the seed, the number and the names alone, so that a search can go on. */
export function drawn(space: SearchSpace, seed: number, number: number): Record<string, unknown> {
  const entries = Object.entries(space).map(([name, one]): [string, unknown] => {
    const part = hostUniform(hostKey(`search ${seed} ${number} ${name}`), 1)[0]!;
    return [name, isChoices(one) ? one.choices[Math.floor(part * one.choices.length)] : inRange(one, part)];
  });
  return Object.fromEntries(entries);
}

/** The values of a grid along one name. */
export function gridValues(one: NumberRange | Choices): readonly unknown[] {
  if (isChoices(one)) return one.choices;
  const { low, high, log = false, int = false, points } = one;
  if (points === undefined) {
    const spacing = one.step ?? 1;
    const count = Math.floor((high - low) / spacing + 1e-9) + 1;
    return Array.from({ length: count }, (_, index) => low + spacing * index);
  }
  const values = Array.from({ length: points }, (_, index) => {
    const part = points === 1 ? 0 : index / (points - 1);
    const value = log ? low * (high / low) ** part : low + part * (high - low);
    return int ? Math.round(value) : value;
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
