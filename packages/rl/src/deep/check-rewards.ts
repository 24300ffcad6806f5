import { DataError } from '@gai/core';

/**
 * Throws for a reward that is no finite number, before anything is learned from it.
 *
 * @param step - Which step of each env it was, from 1, counted as `numTimesteps` is.
 */
export function checkRewards(op: string, rewards: Float64Array, step: number): void {
  const env = rewards.findIndex((reward) => !Number.isFinite(reward));
  if (env < 0) return;
  throw new DataError(
    `${op}: a reward is no finite number. Got ${rewards[env]} from env ${env} at step ${step}; expected a number. Mend the ` +
      'env; new VecCheckNan(envs) also looks at observations and actions.',
    { op, details: { env, step, reward: rewards[env] } },
  );
}
