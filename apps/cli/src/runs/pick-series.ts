import { UsageError } from '../errors.ts';
import { didYouMean } from '../suggest.ts';
import type { Run, Series } from './read-run.ts';

/** What a run is judged by, the most telling first. */
const TELLING = ['validationLoss', 'loss', 'eval/mean_reward', 'rollout/ep_rew_mean', 'train/loss', 'step/loss'];

/** The name of the series that is shown if none is asked for: one that all of the runs have, if there is one. */
export function telling(runs: readonly Run[]): string | undefined {
  const names = [...TELLING, ...runs.flatMap(({ series }) => [...series.keys()])];
  return (
    names.find((name) => runs.every(({ series }) => series.has(name))) ??
    names.find((name) => runs[0]?.series.has(name))
  );
}

/** The series of a run by name; a usage error with the nearest name if there is none. */
export function seriesOf(run: Run, name: string): Series {
  const found = run.series.get(name);
  if (found !== undefined) return found;
  const known = [...run.series.keys()];
  throw new UsageError(
    `'${run.folder}' has no numbers called '${name.slice(0, 60)}'. ${didYouMean(name, known)}` +
      (known.length === 0 ? 'It logged none.' : `It has ${known.join(', ')}.`),
  );
}

/** The last value of a series that is a number. */
export const lastOf = ({ y }: Series): number | undefined => y.findLast((value) => !Number.isNaN(value));
