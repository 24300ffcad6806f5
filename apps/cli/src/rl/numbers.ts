import { InvalidArgumentError } from 'commander';

/** Parses a number from `low` to `high`, both included. */
export const numberBetween =
  (low: number, high: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`Got '${text}'; expected a number from ${low} to ${high}.`);
  };

/** Parses a whole number from `low` to `high`, both included. */
export const wholeBetween =
  (low: number, high: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`Got '${text}'; expected a whole number from ${low} to ${high}.`);
  };

/** A rate that goes from one number to another while learning. */
export interface ChangingRate {
  readonly kind: 'linear' | 'exponential';
  readonly from: number;
  readonly to: number;
}

/**
 * Parses a rate that may change while learning: `0.1`, or `1:0.05` for from 1 to 0.05 over the run, in a straight line
 * or (`kind` exponential) by a constant factor.
 */
export const rate =
  (kind: 'linear' | 'exponential') =>
  (text: string): number | ChangingRate => {
    const parts = text.split(':');
    const values = parts.map(Number);
    const lowest = kind === 'exponential' && values.length === 2 ? Number.MIN_VALUE : 0;
    const isGood = values.length <= 2 && parts.every((part) => part.trim() !== '');
    if (isGood && values.every((value) => value >= lowest && value <= 1)) {
      return values.length === 1 ? values[0]! : { kind, from: values[0]!, to: values[1]! };
    }
    throw new InvalidArgumentError(`Got '${text}'; expected a number from 0 to 1, or two as in 0.5:0.01.`);
  };

/** Parses how many moves a windy gridworld has. */
export function moveSet(text: string): 4 | 8 | 9 {
  const value = Number(text);
  if (value === 4 || value === 8 || value === 9) return value;
  throw new InvalidArgumentError(`Got '${text}'; expected 4, 8 (a king's moves) or 9 (and staying).`);
}
