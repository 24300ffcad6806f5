import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand } from '../src/run.ts';
import { longTestsLeftOut, timesByProject, workspaceProjects } from '../src/vitest.ts';
import { repositoryRoot } from '../src/workspace.ts';
import { insidePackage, temporaryFolder } from './fixture.ts';

/** Runs vitest with the reporter on some test files; returns its exit code and its last line. */
async function closing(...tests: string[]): Promise<[number, string | undefined]> {
  const preset = join(repositoryRoot, 'packages/tooling/src/vitest.ts');
  const files = {
    'vitest.config.ts': `import { summaryReporter } from '${preset}';\nexport default { test: { reporters: ['default', summaryReporter()] } };`,
    ...Object.fromEntries(tests.map((code, index) => [`${index}.test.ts`, code])),
  };
  using folder = temporaryFolder(files, insidePackage);
  const vitest = join(repositoryRoot, 'node_modules/.bin/vitest');
  const { code, stdout } = await runCommand(vitest, ['run'], { cwd: folder.root, timeout: 30_000 });
  return [code, stdout.trimEnd().split('\n').at(-1)];
}

const start = "import { test, expect } from 'vitest';\n";
const passing = `${start}test('a', () => {}); test.skip('b', () => {});`;

test('passes and skips are counted', async () => {
  expect(await closing(passing)).toEqual([0, '1 passed, 0 failed, 1 skipped']);
});

test('a failure, a file that does not load and an unhandled error all fail the run', async () => {
  const failing = `${start}test('c', () => { expect(1).toBe(2); });`;
  expect(await closing(passing, failing)).toEqual([1, '1 passed, 1 failed, 1 skipped']);
  expect(await closing(passing, "throw new Error('no');")).toEqual([1, '1 passed, 1 failed, 1 skipped']);
  const unhandled = `${start}test('d', async () => { void Promise.reject(new Error('late')); await new Promise((r) => setTimeout(r, 20)); });`;
  expect(await closing(unhandled)).toEqual([1, '1 passed, 1 failed, 0 skipped']);
});

test('what each package took is said, the longest first', () => {
  const module = (name: string, file: string, duration: number): Parameters<typeof timesByProject>[0][number] => ({
    project: { name },
    relativeModuleId: file,
    diagnostic: () => ({
      environmentSetupDuration: 0,
      prepareDuration: 100,
      collectDuration: 900,
      setupDuration: 0,
      duration,
      heap: undefined,
      importDurations: {},
    }),
  });
  const modules = [
    module('nn', 'a.test.ts', 1000),
    module('core', 'b.test.ts', 5000),
    module('core', 'c.test.ts', 80_000),
  ];
  expect(timesByProject(modules)).toEqual([
    'core             87.0 s in 2 files, over 75 s (c.test.ts 81.0 s)',
    'nn                2.0 s in 1 files (a.test.ts 2.0 s)',
  ]);
});

test('long tests are left out of a run that is not full, and named', async () => {
  const { name, exclude } = (
    workspaceProjects(repositoryRoot, false)[0] as { test: { name: string; exclude: string[] } }
  ).test;
  expect([name, exclude.at(-1)]).toEqual(['backend-node', '**/*.full.test.ts']);
  using folder = temporaryFolder({
    'packages/a/package.json': '{ "name": "a", "version": "0.0.0" }',
    'packages/a/test/x.full.test.ts': '',
    'packages/a/test/x.test.ts': '',
  });
  expect(longTestsLeftOut(folder.root, false)).toEqual(['packages/a/test/x.full.test.ts']);
});
