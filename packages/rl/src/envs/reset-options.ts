import { checkOptionNames } from '@gai/core/ops';
import { argumentError, show } from '../errors.ts';
import { Generator } from '../random/generator.ts';
import type { Info, ResetOptions } from '../env.ts';

/** The info of envs that have nothing to add. */
export const NO_INFO: Info = Object.freeze({});

/** The env's generator after a reset: a new one if a seed was given, else the old one, else a fresh one. */
export function resetGenerator(current: Generator | undefined, options: ResetOptions): Generator {
  checkOptionNames('reset', options, ['seed', 'options']);
  const { seed } = options;
  if (seed !== undefined) return new Generator(seed);
  return current ?? new Generator();
}

/** The numbers of `options.state`, or undefined if the option is absent. */
export function stateOption(op: string, { options }: ResetOptions, length: number): Float64Array | undefined {
  const state = options?.['state'];
  if (state === undefined) return undefined;
  const numbers =
    Array.isArray(state) || ArrayBuffer.isView(state) ? Float64Array.from(state as ArrayLike<number>) : null;
  if (numbers === null || numbers.length !== length || !numbers.every(Number.isFinite)) {
    throw argumentError(
      op,
      `options.state is not a state. Got ${show(state)}; expected ${length} finite numbers. Pass the state as an array.`,
    );
  }
  return numbers;
}

/** A finite number among the reset options, or its default. */
export function numberOption(op: string, { options }: ResetOptions, name: string, fallback: number): number {
  const value = options?.[name];
  if (value === undefined) return fallback;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw argumentError(op, `options.${name} is not a number. Got ${show(value)}; expected a finite number. Pass one.`);
}

/** Gymnasium's `low` and `high` of the initial draw. */
export function boundsOption(op: string, reset: ResetOptions, low: number, high: number): [number, number] {
  const bounds: [number, number] = [numberOption(op, reset, 'low', low), numberOption(op, reset, 'high', high)];
  if (bounds[0] <= bounds[1]) return bounds;
  throw argumentError(
    op,
    `the bounds cross. Got low ${bounds[0]} and high ${bounds[1]}; expected low <= high. Swap them.`,
  );
}

/** The error for an action outside `Discrete(n)`. */
export function actionError(op: string, action: unknown, n: number): Error {
  return argumentError(
    op,
    `not an action. Got ${show(action)}; expected an integer from 0 to ${n - 1}. Pass an element of actionSpace.`,
    { action },
  );
}
