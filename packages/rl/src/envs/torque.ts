import type { Env, StepResult } from '../env.ts';
import { argumentError, show } from '../errors.ts';

/**
 * One continuous action as envs with `Box(…, (1,))` actions take it. A Float32Array is computed with in float32, as
 * NumPy does with a float32 array; a number or another array in float64.
 */
export type ContinuousAction = Float32Array | ArrayLike<number> | number;

/**
 * An env with one continuous action, which takes it as an array or as a plain number.
 *
 * @category Environments
 * @since 0.1.0
 */
export interface ContinuousEnv extends Env<Float32Array, Float32Array> {
  step(action: ContinuousAction): StepResult<Float32Array>;
  step(action: Float32Array): StepResult<Float32Array>;
}

/** The number in a continuous action. */
export function actionValue(op: string, action: ContinuousAction): number {
  const value = typeof action === 'number' ? action : action[0];
  if (typeof value === 'number' && !Number.isNaN(value) && (typeof action === 'number' || action.length === 1))
    return value;
  throw argumentError(op, `not an action. Got ${show(action)}; expected an array of one number. Pass such an action.`);
}
