import { existsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join, relative } from 'node:path';
import type { TestProjectConfiguration } from 'vitest/config';
import type { Reporter, TestModule } from 'vitest/node';
import { listFiles, listPackages } from './workspace.ts';

/** Makes the workspace resolve `@gai/*` to sources, so that no test needs a build. */
export const sourceConditions = {
  resolve: { conditions: ['@gai/source'] },
  ssr: { resolve: { conditions: ['@gai/source', 'node', 'import', 'default'] } },
};

/** Whether the long tests run too: `*.full.test.ts`, which take minutes, gigabytes or many seeds. `pnpm test:full` asks so. */
const isFull = process.env['GAI_FULL'] === '1';

/**
 * Files that run at once. Vitest leaves a core to itself, which on two cores is one file at a time and an idle core: a
 * file needs no more than 0.5 GB, and its own process.
 */
export const workers = Math.max(2, availableParallelism() - 1);

/** Files that hold tests, and those of them left out of a run that is not full. */
const FILES = ['src/**/*.test.ts', 'test/**/*.test.ts'];
const LONG = '**/*.full.test.ts';

/**
 * One vitest project per package, named after its folder.
 *
 * A package that needs other settings has a `vitest.config.ts` of its own, which then replaces the preset.
 */
export function workspaceProjects(root: string, full = isFull): TestProjectConfiguration[] {
  return listPackages(root).map(({ dir }) => {
    const own = join(dir, 'vitest.config.ts');
    if (existsSync(own) && statSync(own).size > 0) return own;
    return {
      ...sourceConditions,
      root: dir,
      // A minute, because CI machines are slow; a test that hangs still ends.
      test: {
        name: basename(dir),
        include: FILES,
        exclude: ['**/node_modules/**', ...(full ? [] : [LONG])],
        testTimeout: full ? 1_800_000 : 60_000,
      },
    };
  });
}

/** Counts test results; a file that does not load and an unhandled error count as failures. */
export function countResults(modules: readonly TestModule[], unhandledErrors: number): string {
  const count = { passed: 0, failed: unhandledErrors, skipped: 0 };
  for (const module of modules) {
    if (module.errors().length > 0) count.failed++;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'pending') count.skipped++;
      else count[state]++;
    }
  }
  return `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`;
}

/** Seconds that the files of a package may take in all in a run that is not full, on two idle cores. */
const MOST_SECONDS = 75;

/** A test file, with the milliseconds that its parts took. */
type Timed = Pick<TestModule, 'diagnostic' | 'relativeModuleId'> & { readonly project: { readonly name: string } };

/** One line per package: what its files took to load and to run, longest first, with the slowest file. */
export function timesByProject(modules: readonly Timed[]): string[] {
  const projects = new Map<string, { seconds: number; files: [seconds: number, name: string][] }>();
  for (const module of modules) {
    const { prepareDuration, environmentSetupDuration, setupDuration, collectDuration, duration } = module.diagnostic();
    const spent = (prepareDuration + environmentSetupDuration + setupDuration + collectDuration + duration) / 1000;
    const found = projects.get(module.project.name) ?? { seconds: 0, files: [] };
    found.seconds += spent;
    found.files.push([spent, module.relativeModuleId]);
    projects.set(module.project.name, found);
  }
  const longestFirst = [...projects].sort(([, a], [, b]) => b.seconds - a.seconds);
  return longestFirst.map(([name, { seconds, files }]) => {
    const [spent, slowest] = files.sort(([a], [b]) => b - a)[0]!;
    const over = !isFull && seconds > MOST_SECONDS ? `, over ${MOST_SECONDS} s` : '';
    return `${name.padEnd(14)} ${seconds.toFixed(1).padStart(6)} s in ${files.length} files${over} (${slowest} ${spent.toFixed(1)} s)`;
  });
}

/** The long tests of the workspace that this run leaves out, as paths below it. */
export function longTestsLeftOut(root: string, full = isFull): string[] {
  if (full) return [];
  return listPackages(root).flatMap(({ dir }) => listFiles(dir, '.full.test.ts').map((file) => relative(root, file)));
}

/**
 * Says what each package took and which long tests were left out, and closes a test run with one line of the form
 * `N passed, N failed, N skipped`.
 */
export function summaryReporter(left: readonly string[] = []): Reporter {
  return {
    onTestRunEnd(modules, unhandledErrors) {
      process.stdout.write(`${['Time by package:', ...timesByProject(modules)].join('\n  ')}\n`);
      if (left.length > 0) {
        process.stdout.write(`Left out because they take long; pnpm test:full runs them: ${left.join(', ')}\n`);
      }
      process.stdout.write(`${countResults(modules, unhandledErrors.length)}\n`);
    },
  };
}
