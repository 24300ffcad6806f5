import { ArgumentError, GaiError, GraphError } from '@gai/core';
import { hostBits, hostKey } from '@gai/core/random';
import type { Storage } from '@gai/core/backend';
import { quoted } from '@gai/core/io';
import { checkOptionNames } from '@gai/core/ops';
import { defaultStorage } from '../train/checkpoint-file.ts';
import { isBelowMedian } from './median-stop.ts';
import type { MedianStopOptions } from './median-stop.ts';
import { drawn, gridPoint, gridSize } from './sample.ts';
import { checkSpace } from './space.ts';
import type { SearchParams, SearchSpace } from './space.ts';
import { TrialFile } from './trial-file.ts';
import { Trial } from './trial.ts';
import type { FinishedTrial } from './trial.ts';

/** Options of {@link search}. */
export interface SearchOptions<S extends SearchSpace> {
  /** What is searched: `{ low, high, log?, int?, step? }` or `{ choices }` by name. */
  readonly space: S;
  /** Trains with the values of a trial and gives how good that was. */
  readonly run: (params: SearchParams<S>, trial: Trial<SearchParams<S>>) => number | Promise<number>;
  /** Draws at random, or takes every combination. Default `random`. */
  readonly sampler?: 'random' | 'grid' | undefined;
  /** Trials in all, those of earlier calls among them. Default: 20, or the whole grid. */
  readonly trials?: number | undefined;
  /** Default `minimize`. */
  readonly direction?: 'minimize' | 'maximize' | undefined;
  /** Stops trials that are worse than the median of others at the same step. Default false; true takes the defaults. */
  readonly medianStop?: boolean | MedianStopOptions | undefined;
  /** Fixes what is drawn, and the seeds of trials. Default 0. */
  readonly seed?: number | undefined;
  /** A file of finished trials: a search that was interrupted goes on behind them. */
  readonly file?: string | undefined;
  /** Where the file is. Default: the default backend's storage. */
  readonly storage?: Storage | undefined;
  /** Called after every trial. */
  readonly onTrial?: ((trial: FinishedTrial<SearchParams<S>>) => void | Promise<void>) | undefined;
  /** Ends the search after the present trial, with an error of code `ABORTED`. */
  readonly signal?: AbortSignal | undefined;
}

/** What {@link search} found. */
export interface SearchResult<P> {
  /** The best complete trial. */
  readonly best: FinishedTrial<P>;
  /** All of them in their order. */
  readonly trials: readonly FinishedTrial<P>[];
}

const OPTIONS = [
  'space',
  'run',
  'sampler',
  'trials',
  'direction',
  'medianStop',
  'seed',
  'file',
  'storage',
  'onTrial',
  'signal',
];

/**
 * Tunes settings: runs trials with values drawn from a space, or with all combinations of a grid, and tells the best.
 *
 * The values of a trial hang on the seed and its number alone, so a search that goes on from its file runs the same trials as one
 * that was not interrupted; the trial that ran then begins anew. A trial whose loss is not finite has failed, and the search
 * goes on; any other error ends it.
 * @param options - Space, run, sampler, trials, direction, median stop, seed, file.
 * @throws {@link ArgumentError} if the space or a setting cannot be honoured, or no trial was complete.
 * @throws {@link DataError} if the file holds another search.
 * @example
 * import { search } from '@gai/nn/search';
 * const { best, trials } = await search({
 *   space: { x: { low: -3, high: 3 }, sign: { choices: [1, -1] } },
 *   run: ({ x, sign }) => (sign * x - 2) ** 2,
 *   trials: 50,
 * });
 * trials.length; // => 50
 * best.value! < 0.1; // => true
 * @see Bergstra & Bengio 2012, Random Search for Hyper-Parameter Optimization; names as in Optuna.
 * @category Search
 * @since 0.1.0
 */
export async function search<const S extends SearchSpace>(
  options: SearchOptions<S>,
): Promise<SearchResult<SearchParams<S>>> {
  checkOptionNames('search', options, OPTIONS);
  const { space, sampler = 'random', direction = 'minimize', seed = 0, signal } = options;
  const total = checkOptions(options);
  const sign = direction === 'minimize' ? 1 : -1;
  const file = fileOf(options);
  const paramsOf = (number: number): SearchParams<S> =>
    (sampler === 'grid' ? gridPoint(space, number) : drawn(space, seed, number)) as SearchParams<S>;
  const trials = (await file?.read(paramsOf)) ?? [];
  const stop = options.medianStop ?? false;
  const median = { startupTrials: 5, warmupSteps: 0, ...(typeof stop === 'object' && stop), sign } as const;
  for (let number = trials.length; number < total; number++) {
    if (signal?.aborted === true) throw aborted(number, signal.reason);
    const params = paramsOf(number);
    const judged = (reported: readonly (readonly [number, number])[]): boolean =>
      stop !== false && isBelowMedian(reported, trials as readonly FinishedTrial[], median);
    const trial = new Trial({ number, params, seed: seedOf(seed, number) }, judged);
    const finished = await runTrial(options.run, trial);
    trials.push(finished);
    await file?.add(finished as FinishedTrial);
    await options.onTrial?.(finished);
  }
  return { best: bestOf(trials, sign), trials };
}

async function runTrial<P>(
  run: (params: P, trial: Trial<P>) => number | Promise<number>,
  trial: Trial<P>,
): Promise<FinishedTrial<P>> {
  const { number, params, reported } = trial;
  const began = performance.now();
  const finish = (state: FinishedTrial['state'], value: number | null): FinishedTrial<P> => {
    const seconds = (performance.now() - began) / 1000;
    return { number, params, state, value, reported: [...reported], seconds };
  };
  let value: unknown;
  try {
    value = await run(params, trial);
  } catch (error) {
    if (error instanceof GraphError && error.details['nonFinite'] === true) return finish('failed', null);
    throw error;
  }
  if (trial.shouldPrune) return finish('pruned', reported.at(-1)![1]);
  if (typeof value !== 'number') {
    throw new ArgumentError(
      `search: run gave no number. Got ${typeof value} from trial ${number}; expected how good it was, such as the last validation ` +
        'loss. Return it.',
      { op: 'search', details: { number } },
    );
  }
  return Number.isFinite(value) ? finish('complete', value) : finish('failed', null);
}

function bestOf<P>(trials: readonly FinishedTrial<P>[], sign: 1 | -1): FinishedTrial<P> {
  const complete = trials.filter(({ state }) => state === 'complete');
  if (complete.length > 0) return complete.reduce((best, one) => (sign * one.value! < sign * best.value! ? one : best));
  throw new ArgumentError(
    `search: no trial was complete. Got ${trials.length} that failed: their losses were not finite. Narrow the space, such as the ` +
      'learning rates.',
    { op: 'search' },
  );
}

/** Refuses settings that cannot be honoured; gives how many trials there are. */
function checkOptions<S extends SearchSpace>(options: SearchOptions<S>): number {
  const { space, sampler = 'random', direction = 'minimize', trials, seed = 0, medianStop = false } = options;
  oneOf('sampler', sampler, ['random', 'grid']);
  oneOf('direction', direction, ['minimize', 'maximize']);
  checkSpace(space, sampler === 'grid');
  if (typeof options.run !== 'function')
    throw wrong('run', options.run, 'a function of the values that gives a number');
  if (!Number.isSafeInteger(seed)) throw wrong('seed', seed, 'a whole number');
  if (trials !== undefined && !(Number.isSafeInteger(trials) && trials >= 1))
    throw wrong('trials', trials, '1 or more');
  if (typeof medianStop === 'object') checkOptionNames('search', medianStop, ['startupTrials', 'warmupSteps']);
  else if (typeof medianStop !== 'boolean') throw wrong('medianStop', medianStop, 'true, false or its settings');
  for (const [name, value] of Object.entries(typeof medianStop === 'object' ? medianStop : {})) {
    if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) continue;
    throw wrong(`medianStop.${name}`, value, '0 or more');
  }
  if (sampler === 'random') return trials ?? 20;
  return Math.min(trials ?? Infinity, gridSize(space));
}

function oneOf(name: string, value: unknown, allowed: readonly string[]): void {
  if (!allowed.includes(value as string)) throw wrong(name, value, allowed.map((one) => `'${one}'`).join(' or '));
}

const wrong = (name: string, got: unknown, expected: string): ArgumentError =>
  new ArgumentError(`search: ${name} cannot be honoured. Got ${quoted(got)}; expected ${expected}.`, {
    op: 'search',
    details: { name },
  });

const aborted = (number: number, cause: unknown): GaiError =>
  new GaiError(
    'ABORTED',
    `search: interrupted after ${number} trials. Ask for the same again with its file to go on.`,
    {
      op: 'search',
      cause,
    },
  );

const seedOf = (seed: number, number: number): number => hostBits(hostKey(`trial ${seed} ${number}`), 1)[0]! >>> 1;

function fileOf<S extends SearchSpace>(options: SearchOptions<S>): TrialFile | undefined {
  const { file, space, sampler = 'random', direction = 'minimize', seed = 0 } = options;
  if (file === undefined) return undefined;
  return new TrialFile(options.storage ?? defaultStorage('search'), file, { space, sampler, direction, seed });
}
