import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runCommand } from '../../../tooling/src/run.ts';
import { sourceRunner } from '../../../tooling/src/example.ts';

const folder = await mkdtemp(join(tmpdir(), 'gai-copy-'));
afterAll(() => rm(folder, { recursive: true }));

const run = (...args: string[]): ReturnType<typeof runCommand> =>
  runCommand(process.execPath, [...sourceRunner, join(import.meta.dirname, 'main.ts'), ...args], {
    cwd: import.meta.dirname,
  });

it('copies the four files, and overwrites old ones', async () => {
  const target = join(folder, 'public/ort');
  expect(await run(target)).toMatchObject({ code: 0 });
  expect(await readdir(target)).toEqual([
    'ort-wasm-simd-threaded.asyncify.mjs',
    'ort-wasm-simd-threaded.asyncify.wasm',
    'ort-wasm-simd-threaded.mjs',
    'ort-wasm-simd-threaded.wasm',
  ]);
  await writeFile(join(target, 'ort-wasm-simd-threaded.wasm'), 'old');
  expect((await run(target)).output.trim().split('\n')).toHaveLength(4);
  const bytes = await readFile(join(target, 'ort-wasm-simd-threaded.wasm'));
  expect(bytes.subarray(0, 4)).toEqual(Buffer.from('\0asm'));
  expect((await stat(join(target, 'ort-wasm-simd-threaded.asyncify.wasm'))).size).toBeGreaterThan(20_000_000);
});

it('says how it is called, and why it failed', async () => {
  const usage = await run();
  expect([usage.code, usage.output.trim()]).toEqual([
    2,
    'Usage: gai-backend-web <folder>, for example gai-backend-web public/ort: the folder that your site serves as /ort/.',
  ]);
  await writeFile(join(folder, 'file'), '');
  const failed = await run(join(folder, 'file'));
  expect(failed.code).toBe(1);
  expect(failed.output).toMatch(/^gai-backend-web: cannot copy to '.*file': EEXIST/);
});
