import { refuse } from '../refuse.ts';
import type { Optimizer } from './optimizer.ts';

/** Refuses what is no optimizer: most often one that was not made. */
export function checkOptimizer(op: string, optimizer: unknown): void {
  const { slots, scalars, update } = (optimizer ?? {}) as Partial<Optimizer>;
  if (Array.isArray(slots) && typeof scalars === 'function' && typeof update === 'function') return;
  const isFactory = typeof optimizer === 'function';
  const remedy = isFactory ? `Call it: ${optimizer.name || 'adam'}({ learningRate }).` : 'Make one with adamW().';
  refuse({ op, what: 'the optimizer is none', got: optimizer, expected: 'an Optimizer', remedy });
}

type Numbers = Readonly<Record<string, number>>;

/** Refuses decays of running averages outside `[0, 1)`: the averages would vanish, grow or change their sign. */
export function checkDecays(op: string, decays: Numbers): void {
  for (const [name, value] of Object.entries(decays)) {
    if (value >= 0 && value < 1) continue;
    refuse({ op, what: `${name} is out of range`, got: value, expected: 'a number of 0 or more, below 1' });
  }
}

/** Refuses numbers below 0, infinite ones and NaN. */
export function checkNotNegative(op: string, numbers: Numbers): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (Number.isFinite(value) && value >= 0) continue;
    refuse({ op, what: `${name} is out of range`, got: value, expected: 'a finite number of 0 or more' });
  }
}
