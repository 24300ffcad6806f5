/** `pnpm release`, in the release workflow: states the repository (npm provenance wants it), builds and publishes. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedPackages, publishedPrograms, repositoryRoot } from './workspace.ts';

const { GITHUB_REPOSITORY: repository } = process.env;
if (!repository) throw new Error('release: GITHUB_REPOSITORY is not set. Let the release workflow publish.');

for (const { dir, path, manifest } of [...publishedPackages(repositoryRoot), ...publishedPrograms(repositoryRoot)]) {
  const url = `git+https://github.com/${repository}.git`;
  const stated = { ...manifest, repository: { type: 'git', url, directory: path } };
  writeFileSync(join(dir, 'package.json'), `${JSON.stringify(stated, undefined, 2)}\n`);
}
for (const args of [['build'], ['changeset', 'publish']]) {
  const { status } = spawnSync('pnpm', args, { cwd: repositoryRoot, stdio: 'inherit' });
  if (status !== 0) throw new Error(`release: pnpm ${args.join(' ')} failed`);
}
