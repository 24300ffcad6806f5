import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkTypesOfTarball, lintTarball } from '../src/checks/published.ts';
import { strayPackages, tryPackage } from '../src/pack/install.ts';
import { runCommand } from '../src/run.ts';
import type { Manifest } from '../src/workspace.ts';
import { completeWorkspace, manifest, temporaryFolder } from './fixture.ts';
import type { Files } from './fixture.ts';

const built: Files = {
  ...completeWorkspace,
  'packages/nn/dist/index.js': 'export function one() {\n  return 1;\n}\n',
  'packages/nn/dist/index.d.ts': 'export declare function one(): number;\n',
};

/** Packs `packages/nn` of a temporary workspace and hands tarball, package and an empty folder to `use`. */
async function withTarball<T>(
  files: Files,
  use: (tarball: string, dir: string, consumer: string) => Promise<T>,
): Promise<T> {
  using folder = temporaryFolder(files);
  const dir = join(folder.root, 'packages/nn');
  const { code, output } = await runCommand('npm', ['pack', '--pack-destination', folder.root], { cwd: dir });
  expect(code, output).toBe(0);
  return await use(join(folder.root, 'gai-nn-0.0.0.tgz'), dir, join(folder.root, 'consumer'));
}

const tryIt = (files: Files): Promise<string> =>
  withTarball(files, async (tarball, dir, consumer) => {
    const found = { dir, path: 'packages/nn', manifest: manifest('nn') as Manifest };
    return (await tryPackage(found, new Map([['@gai/nn', tarball]]), consumer)).join('\n');
  });

const readme = (code: string, install = 'npm install @gai/nn'): Files => ({
  ...built,
  'packages/nn/README.md': `${install}\n\`\`\`ts\n${code}\n\`\`\`\n`,
});

test('a package that installs alone and whose README runs passes', async () => {
  expect(await tryIt(built)).toBe('');
});

test('a README that fails, or that forgets the package, is named', async () => {
  expect(await tryIt(readme("import { two } from '@gai/nn';\ntwo();"))).toContain('first example failed');
  expect(await tryIt(readme("import 'left-pad';"))).toContain("Cannot find package 'left-pad'");
  expect(await tryIt(readme('1;', 'npm install typescript'))).toContain('does not name @gai/nn');
});

test('publint and attw accept a good tarball and refuse a bad one', async () => {
  const look = (tarball: string): Promise<[string[], string[]]> =>
    Promise.all([lintTarball('@gai/nn', tarball), checkTypesOfTarball('@gai/nn', tarball)]);
  expect(await withTarball(built, look)).toEqual([[], []]);
  const { 'packages/nn/dist/index.d.ts': _, ...untyped } = built;
  const [lint, types] = await withTarball(untyped, look);
  expect(lint.join()).toContain('dist/index.d.ts');
  expect(types.join()).toContain('@gai/nn');
});

test('only what was asked for may come along', () => {
  expect(strayPackages(['@gai/core'], ['@gai/core'])).toEqual([]);
  expect(strayPackages(['@gai/core'], ['@gai/core', 'left-pad'])).toHaveLength(1);
  expect(strayPackages(['@gai/nn'], ['@gai/core', '@gai/nn'])).toEqual([]);
  expect(strayPackages(['@gai/nn'], ['@gai/nn', 'onnxruntime-node'])).toHaveLength(1);
  expect(strayPackages(['@gai/nn', '@gai/backend-node'], ['onnxruntime-node', 'onnxruntime-common'])).toEqual([]);
});
