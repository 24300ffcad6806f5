import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { moduleReferences } from '../../../packages/tooling/src/imports.ts';
import { cliPage } from './cli-page.ts';
import { load } from '../src/load.ts';
import { METHODS } from '../src/rl/methods.ts';
import { METHOD_NAMES, PROBLEM_NAMES } from '../src/rl/names.ts';
import { PROBLEMS } from '../src/rl/problems.ts';
import { NEEDS } from '../src/needs.ts';
import { buildProgram } from '../src/program.ts';

const SOURCES = resolve(import.meta.dirname, '../src');
const manifest = JSON.parse(readFileSync(resolve(SOURCES, '../package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, { optional?: boolean }>;
};

const references = new Map<string, ReturnType<typeof moduleReferences>>();
function referencesOf(file: string): ReturnType<typeof moduleReferences> {
  const found = references.get(file) ?? moduleReferences(file);
  references.set(file, found);
  return found;
}

/** Packages that a file of ours loads when it is read, itself or by way of others. */
function packagesOf(file: string, seen = new Set<string>()): Set<string> {
  const found = new Set<string>();
  if (seen.has(file)) return found;
  seen.add(file);
  for (const { specifier, typeOnly, dynamic } of referencesOf(file)) {
    if (typeOnly || dynamic || specifier.startsWith('node:')) continue;
    if (!specifier.startsWith('.'))
      found.add(
        specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/'),
      );
    else for (const one of packagesOf(resolve(dirname(file), specifier), seen)) found.add(one);
  }
  return found;
}

const CALL = /load\(\(\) => import\('([^']+)'\), '(\w+)'\)/g;
const calls = ['commands', 'demo'].flatMap((folder) =>
  readdirSync(join(SOURCES, folder)).flatMap((name) => {
    const text = readFileSync(join(SOURCES, folder, name), 'utf8');
    return [...text.matchAll(CALL)].map(([, path, need]) => ({
      folder,
      path: path!,
      need: need! as keyof typeof NEEDS,
    }));
  }),
);

it('knows every command that loads packages', () => {
  expect(calls.length).toBeGreaterThan(20);
  expect(new Set(calls.map(({ need }) => need))).toEqual(new Set(Object.keys(NEEDS)));
});

it.each(calls)('$path needs what $need says', ({ folder, path, need }) => {
  const found = path.startsWith('.') ? packagesOf(resolve(SOURCES, folder, path)) : new Set([path]);
  const own = Object.keys(manifest.dependencies);
  expect(
    [...found].filter((name) => !own.includes(name) && !(NEEDS[need] as readonly string[]).includes(name)),
  ).toEqual([]);
});

it('has every package that is needed among its optional peers, and no other', () => {
  const needed = [...new Set(Object.values(NEEDS).flat())].sort();
  expect(Object.keys(manifest.peerDependencies).sort()).toEqual(needed);
  expect(manifest.peerDependenciesMeta).toEqual(Object.fromEntries(needed.map((name) => [name, { optional: true }])));
});

it('reads no package but these until a command is called', () => {
  expect([...packagesOf(join(SOURCES, 'main.ts'))].sort()).toEqual(['@gai/core', 'commander', 'picocolors']);
});

it('has the names of problems and methods in its help', () => {
  expect(PROBLEMS.map(({ name }) => name)).toEqual(PROBLEM_NAMES);
  expect(METHODS.map(({ name }) => name)).toEqual(METHOD_NAMES);
});

it('has a page that says what the commands say: pnpm docs:cli writes it', () => {
  const silent = { write: () => undefined };
  const page = readFileSync(resolve(SOURCES, '../../../docs/cli.md'), 'utf8');
  expect(page).toBe(cliPage(buildProgram({ stdout: silent, stderr: silent })));
});

const notFound = (name: string): Error =>
  Object.assign(new Error(`Cannot find package '${name}' imported from /here`), { code: 'ERR_MODULE_NOT_FOUND' });

it('says what to install for a package that is absent, and passes on every other error', async () => {
  await expect(load(() => Promise.reject(notFound('@gai/rl')), 'rl')).rejects.toThrow(
    'this command needs @gai/rl, which is not installed. Type: npm install @gai/rl',
  );
  await expect(load(() => Promise.reject(notFound('sharp')), 'rl')).rejects.toThrow("Cannot find package 'sharp'");
  await expect(load(() => Promise.reject(new TypeError('a bug')), 'rl')).rejects.toThrow('a bug');
});
