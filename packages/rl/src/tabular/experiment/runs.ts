import { checkOptionNames } from '@gai/core/errors';
import { checkInteger, refusal } from '../errors.ts';
import { runSeed } from '../random.ts';

/**
 * The mean of many runs and how sure it is.
 *
 * @category Experiments
 * @since 0.1.0
 */
export interface RunStatistics {
  /** One mean per number a run gives. */
  readonly mean: Float64Array;
  /** Standard error of each mean: sample standard deviation / √runs. */
  readonly standardError: Float64Array;
  readonly runs: number;
}

/** Adds runs up one at a time (Welford), in order, so that the result does not depend on who ran them. */
export class RunAccumulator {
  #runs = 0;
  #means = new Float64Array(0);
  #squares = new Float64Array(0);

  add(values: ArrayLike<number>): void {
    if (this.#runs === 0) {
      this.#means = new Float64Array(values.length);
      this.#squares = new Float64Array(values.length);
    } else if (values.length !== this.#means.length) {
      throw refusal('ARGUMENT', {
        op: 'runMany',
        problem: 'runs give different amounts of numbers',
        got: `${values.length} numbers from run ${this.#runs}`,
        expected: `${this.#means.length} as from run 0`,
        fix: 'Give equally many numbers from every run.',
      });
    }
    this.#runs++;
    for (let i = 0; i < values.length; i++) {
      const delta = values[i]! - this.#means[i]!;
      this.#means[i]! += delta / this.#runs;
      this.#squares[i]! += delta * (values[i]! - this.#means[i]!);
    }
  }

  statistics(): RunStatistics {
    const runs = this.#runs;
    const means = this.#means;
    const squares = this.#squares;
    const standardError = squares.map((x) => (runs > 1 ? Math.sqrt(x / (runs - 1) / runs) : Number.NaN));
    return { mean: means, standardError, runs };
  }
}

/**
 * Options of {@link runMany}.
 *
 * @category Experiments
 * @since 0.1.0
 */
export interface RunManyOptions {
  /** How many runs. */
  readonly runs: number;
  /** Seeds all runs; each gets its own seed. Default 0. */
  readonly seed?: number | undefined;
}

/**
 * Repeats an experiment with different seeds and gives the mean and standard error of every number it returns.
 *
 * @param experiment - Called with a run's seed and index; returns one number or a list, equally long each time.
 * @param options.runs - How many.
 * @example
 * import { runMany } from '@gai/rl/tabular';
 * const { mean, standardError } = runMany((_, run) => [run, 1], { runs: 3 });
 * mean; // => new Float64Array([1, 1])
 * standardError[1]; // => 0
 * @category Experiments
 * @since 0.1.0
 */
export function runMany(
  experiment: (seed: number, run: number) => number | ArrayLike<number>,
  options: RunManyOptions,
): RunStatistics {
  checkOptionNames('runMany', options, ['runs', 'seed']);
  const { runs, seed = 0 } = options;
  checkInteger('runMany', 'runs', [runs, 1, 1_000_000_000]);
  const accumulator = new RunAccumulator();
  for (let run = 0; run < runs; run++) {
    const values = experiment(runSeed(seed, run), run);
    accumulator.add(typeof values === 'number' ? [values] : values);
  }
  return accumulator.statistics();
}
