import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { bundleProgram } from '../../../tooling/src/bundle-program.ts';

const cwd = import.meta.dirname;

async function commandOf(program: string, args: readonly string[]): Promise<string[]> {
  return ['--expose-gc', await bundleProgram(join(cwd, program)), ...args];
}

/** Starts a program of this folder. */
export async function start(program: string, ...args: readonly string[]): Promise<ChildProcess> {
  return spawn(process.execPath, await commandOf(program, args), { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs a program of this folder to its end and gives what it printed, as JSON. */
export function runProgram(program: string, ...args: readonly string[]): Promise<unknown> {
  return runProgramWith({}, program, ...args);
}

/** As {@link runProgram}, with further variables in its environment. */
export async function runProgramWith(
  variables: Readonly<Record<string, string>>,
  program: string,
  ...args: readonly string[]
): Promise<unknown> {
  const env = { ...process.env, ...variables };
  const command = await commandOf(program, args);
  return new Promise((resolve, reject) => {
    execFile(process.execPath, command, { cwd, env }, (error, stdout) => {
      if (error) reject(error);
      else resolve(JSON.parse(stdout));
    });
  });
}
