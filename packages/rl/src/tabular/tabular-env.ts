import type { GaiError } from '@gai/core/errors';
import type { ResetOptions } from '../env.ts';
import { refusal } from './errors.ts';

/**
 * The part of an env the tabular algorithms use: Gymnasium's `reset` and `step` with numbers for observations and
 * actions.
 *
 * Every `Env<number, number>` with two `Discrete` spaces is one. `step` may return the same object every time.
 *
 * @category Environments
 * @since 0.1.0
 */
export interface TabularEnv {
  /** A `Discrete` space: `n` elements from 0. */
  readonly observationSpace: object;
  /** A `Discrete` space: `n` elements from 0. */
  readonly actionSpace: object;
  reset(options?: ResetOptions): { observation: number };
  step(action: number): TabularStep;
  /** The actions a state offers, if not all: only these are tried and compared. */
  availableActions?(state: number): ArrayLike<number>;
}

/**
 * What a step gives the tabular algorithms.
 *
 * @category Environments
 * @since 0.1.0
 */
export interface TabularStep {
  readonly observation: number;
  readonly reward: number;
  readonly terminated: boolean;
  readonly truncated: boolean;
}

/** The number of elements of a `Discrete` space that starts at 0; throws for any other space. */
export function discreteSize(op: string, name: string, space: object): number {
  const { n, start } = space as { n?: unknown; start?: unknown };
  if (typeof n === 'number' && Number.isInteger(n) && n > 0 && (start === undefined || start === 0)) return n;
  throw refusal('ARGUMENT', {
    op,
    problem: `${name} is not discrete`,
    got: typeof n === 'number' ? `a space of ${n} starting at ${String(start)}` : `a space without a size n`,
    expected: 'a Discrete space that starts at 0',
    fix: 'Use an env with Discrete spaces, or discretise it with a wrapper.',
  });
}

/** An episode of so many steps is taken for one that never ends. */
export const ENDLESS = 10_000_000;

/** The error of an episode that does not end. */
export function endlessEpisode(op: string): GaiError {
  return refusal('UNBOUNDED', {
    op,
    problem: 'an episode does not end',
    got: `${ENDLESS} steps without terminated or truncated`,
    expected: 'an env that ends its episodes',
    fix: 'Give it a step limit: mdpEnv(mdp, { maxEpisodeSteps: 100 }) or new TimeLimit(env, 100).',
  });
}
