import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { runExample } from '../../../packages/tooling/src/example.ts';
import { listFiles, publishedPackages, repositoryRoot } from '../../../packages/tooling/src/workspace.ts';

/** Every example program runs to its end with `--smoke`, which cuts it to seconds. */
const files = publishedPackages(repositoryRoot).flatMap(({ dir }) => listFiles(join(dir, 'examples'), '.ts'));

test.for(files.map((file) => relative(repositoryRoot, file)))('%s --smoke', { timeout: 120_000 }, async (file) => {
  const { code, output } = await runExample(join(repositoryRoot, file), ['--smoke']);
  expect(code, output).toBe(0);
});
