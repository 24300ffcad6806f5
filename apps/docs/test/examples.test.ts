import { describe, expect, test } from 'vitest';
import { runDocsExamples, runPackageExamples } from '../../../packages/tooling/src/doctest/package.ts';
import { mapLimit } from '../../../packages/tooling/src/run.ts';
import { publishedPackages, repositoryRoot } from '../../../packages/tooling/src/workspace.ts';

/** Every docstring example, every README's first example and every `ts run` block runs, and its claims hold. */
const groups = await mapLimit(publishedPackages(repositoryRoot), 2, async (found) => ({
  name: found.manifest.name,
  results: await runPackageExamples(repositoryRoot, found),
}));
groups.push({ name: 'docs', results: await runDocsExamples(repositoryRoot) });

for (const { name, results } of groups.filter((group) => group.results.length > 0)) {
  describe(name, () => {
    const seen = new Map<string, string>();
    for (const { where, error } of results) {
      const first = seen.get(error ?? '');
      if (error !== undefined) seen.set(error, first ?? where);
      test(where, () => {
        if (error === undefined) return;
        throw Object.assign(new Error(first ? `same cause as ${first}` : error), { stack: '' });
      });
    }
  });
}

test('the packages have examples', () => {
  expect(groups.flatMap(({ results }) => results).length).toBeGreaterThan(0);
});
