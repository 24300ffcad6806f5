/**
 * `pnpm site:models [gpt] [smollm2] [--quick]` makes or fetches the models of the live pages into the cache, from where `pnpm docs:dev` and
 * `pnpm docs:build` serve them. What is there already stays; without names it is all of them.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { siteModels, siteModelsFolder } from '../../../apps/docs/.vitepress/site-models.ts';
import { sourceRunner } from './example.ts';
import { repositoryRoot } from './workspace.ts';

const args = process.argv.slice(2);
const asked = args.filter((arg) => arg !== '--quick');
/** By steps and not by the clock: a busy machine gives the same model, later. About five minutes on two idle cores, or one. */
const size = args.includes('--quick')
  ? ['--preset', 'quick', '--steps', '250']
  : ['--preset', 'standard', '--steps', '800'];

/** What `gai` is told to do for each model. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  gpt: ['train', 'gpt', ...size, '--out', join(siteModelsFolder(), 'gpt')],
  smollm2: ['models', 'fetch', 'smollm2'],
};

function gai(command: readonly string[]): Promise<number> {
  const main = join(repositoryRoot, 'apps/cli/src/main.ts');
  const child = spawn(process.execPath, [...sourceRunner, main, ...command], { cwd: repositoryRoot, stdio: 'inherit' });
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
}

const unknown = asked.find((name) => COMMANDS[name] === undefined);
if (unknown !== undefined) {
  console.error(`There is no model '${unknown}' for the pages. Choose among ${Object.keys(COMMANDS).join(', ')}.`);
  process.exitCode = 2;
} else {
  for (const name of asked.length > 0 ? asked : Object.keys(COMMANDS)) {
    const found = siteModels().find((model) => model.name === name);
    if (found !== undefined) {
      console.log(`${name} is there: ${found.folder}`);
      continue;
    }
    const isBroken = name === 'gpt' && existsSync(join(siteModelsFolder(), 'gpt', 'last.safetensors'));
    const code = await gai(
      isBroken ? ['train', 'gpt', '--resume', '--out', join(siteModelsFolder(), 'gpt')] : COMMANDS[name]!,
    );
    if (code !== 0) process.exitCode = code;
  }
}
