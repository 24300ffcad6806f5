import { join } from 'node:path';
import { bundleProgram } from './bundle-program.ts';
import type { CommandResult } from './run.ts';
import { runCommand } from './run.ts';
import { repositoryRoot } from './workspace.ts';

/** Arguments of Node that run a TypeScript file, and its workers, against the sources of the workspace. */
export const sourceRunner = ['--conditions=@gai/source', '--import', join(import.meta.dirname, 'register.mjs')];

/** Runs an example program from the sources, bundled, and waits for it. */
export async function runExample(file: string, args: readonly string[]): Promise<CommandResult> {
  const cwd = join(repositoryRoot, 'packages/tooling');
  return runCommand(process.execPath, [await bundleProgram(file), ...args], { cwd, timeout: 110_000 });
}
