import type { Limits } from './limits.ts';
import { checkSamples } from './check-samples.ts';
import type { Sample } from './sample.ts';

/** What {@link backendConformance} needs of a test runner. */
export interface ConformanceOptions {
  /** Declares a test; `test` of vitest, jest or node:test will do. */
  readonly test: (name: string, run: () => Promise<void>) => unknown;
  /** Samples by op name, one record per family. */
  readonly samples: readonly Readonly<Record<string, readonly Sample[]>>[];
  /** What the device cannot promise. Default: it keeps all that IEEE 754 says. */
  readonly limits?: Limits | undefined;
}

/**
 * Declares one test per op: its samples' results, gradients and second derivatives on the default backend against a
 * float64 reference, eagerly, compiled and with symbolic sizes. Every backend runs it; set the backend first.
 *
 * @param options.test - Declares a test.
 * @param options.samples - What to check; `allSamples` for every op of the library.
 * @example
 * const names: string[] = [];
 * backendConformance({ test: (name) => names.push(name), samples: [{ add: [] }] });
 * names; // => ['add']
 * @category Testing
 */
export function backendConformance({ test, samples, limits }: ConformanceOptions): void {
  for (const family of samples) {
    for (const [name, list] of Object.entries(family)) {
      test(name, async () => {
        const problems = await checkSamples(list, limits);
        if (problems.length > 0) throw new Error(`${name}: ${problems.length} problems\n  ${problems.join('\n  ')}`);
      });
    }
  }
}
