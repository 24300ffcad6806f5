import type { FinishedTrial } from './trial.ts';

/** When a trial is stopped because others are better. */
export interface MedianStopOptions {
  /** Trials that must be complete before one is stopped. Default 5. */
  readonly startupTrials?: number | undefined;
  /** Steps of a trial before it may be stopped. Default 0. */
  readonly warmupSteps?: number | undefined;
}

/**
 * The rule of Optuna's MedianPruner: a trial is stopped if its best value so far is worse than the median of what complete trials
 * reported at the same step.
 * @param sign - 1 where less is better, -1 where more is.
 */
export function isBelowMedian(
  reported: readonly (readonly [number, number])[],
  finished: readonly FinishedTrial[],
  { startupTrials, warmupSteps, sign }: Required<MedianStopOptions> & { readonly sign: 1 | -1 },
): boolean {
  const complete = finished.filter(({ state }) => state === 'complete');
  const step = reported.at(-1)![0];
  if (complete.length < (startupTrials ?? 5) || step < (warmupSteps ?? 0)) return false;
  const others = complete.flatMap((trial) =>
    trial.reported.filter(([at]) => at === step).map(([, value]) => sign * value),
  );
  const middle = median(others.filter((value) => !Number.isNaN(value)));
  const own = reported.map(([, value]) => sign * value).filter((value) => !Number.isNaN(value));
  if (middle === undefined) return false;
  return own.length === 0 || Math.min(...own) > middle;
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? undefined : low === high ? low : (low + high) / 2;
}
