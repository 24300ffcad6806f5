import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { TestProjectConfiguration } from 'vitest/config';
import type { Reporter, TestModule } from 'vitest/node';
import { listPackages } from './workspace.ts';

/** Makes the workspace resolve `@gai/*` to sources, so that no test needs a build. */
export const sourceConditions = {
  resolve: { conditions: ['@gai/source'] },
  ssr: { resolve: { conditions: ['@gai/source', 'node', 'import', 'default'] } },
};

/**
 * One vitest project per package, named after its folder.
 *
 * A package that needs other settings has a `vitest.config.ts` of its own, which then replaces the preset.
 */
export function workspaceProjects(root: string): TestProjectConfiguration[] {
  return listPackages(root).map(({ dir }) => {
    const own = join(dir, 'vitest.config.ts');
    if (existsSync(own) && statSync(own).size > 0) return own;
    return {
      ...sourceConditions,
      root: dir,
      // A minute, because CI machines are slow; a test that hangs still ends.
      test: { name: basename(dir), include: ['src/**/*.test.ts', 'test/**/*.test.ts'], testTimeout: 60_000 },
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

/** Closes a test run with one line of the form `N passed, N failed, N skipped`. */
export function summaryReporter(): Reporter {
  return {
    onTestRunEnd(modules, unhandledErrors) {
      process.stdout.write(`${countResults(modules, unhandledErrors.length)}\n`);
    },
  };
}
