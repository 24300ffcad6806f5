/**
 * `pnpm example cnn/digits [arguments]` runs `packages/cnn/examples/digits.ts` from the sources, in this terminal;
 * `pnpm bench data/loader` runs `packages/data/bench/loader.bench.ts` with vitest, or a plain `loader.ts`, and
 * `pnpm bench train` a command of the benchmark beside other libraries (`bench/src/train.ts`).
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { sourceRunner } from './example.ts';
import { listFiles, publishedPackages, repositoryRoot } from './workspace.ts';

const [folder = 'examples', wanted = '', ...args] = process.argv.slice(2);
const [packageName = '', name = ''] = wanted.split('/');
const file = join(repositoryRoot, 'packages', packageName, folder, name);

function run(program: string, programArgs: readonly string[]): void {
  const child = spawn(program, programArgs, { stdio: 'inherit' });
  child.on('close', (code) => (process.exitCode = code ?? 1));
}

const command = join(repositoryRoot, 'bench/src', `${wanted}.ts`);
if (folder === 'bench' && wanted !== '' && name === '' && existsSync(command)) {
  run(process.execPath, [...sourceRunner, join(repositoryRoot, 'bench/src/main.ts'), wanted, ...args]);
} else if (name !== '' && existsSync(`${file}.ts`)) {
  run(process.execPath, [...sourceRunner, `${file}.ts`, ...args]);
} else if (name !== '' && existsSync(`${file}.bench.ts`)) {
  const vitest = join(repositoryRoot, 'node_modules/.bin/vitest');
  run(vitest, ['bench', '--run', '--root', repositoryRoot, '--project', packageName, name, ...args]);
} else {
  const known = publishedPackages(repositoryRoot).flatMap(({ dir }) =>
    listFiles(join(dir, folder), '.ts').map(
      (path) => `  ${basename(dir)}/${basename(path).replace(/(\.bench)?\.ts$/, '')}`,
    ),
  );
  console.error(`There is no '${wanted}' in ${folder}. Choose one of:\n${known.join('\n')}`);
  process.exitCode = 2;
}
