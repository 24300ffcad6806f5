import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';

const flags = ['--expose-gc', '--conditions=@gai/source', '--import', 'tsx'];
const cwd = import.meta.dirname;

/** Starts a program of this folder. */
export function start(program: string, ...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [...flags, join(cwd, program), ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs a program of this folder to its end and gives what it printed, as JSON. */
export function runProgram(program: string, ...args: readonly string[]): Promise<unknown> {
  return runProgramWith({}, program, ...args);
}

/** As {@link runProgram}, with further variables in its environment. */
export function runProgramWith(
  variables: Readonly<Record<string, string>>,
  program: string,
  ...args: readonly string[]
): Promise<unknown> {
  const env = { ...process.env, ...variables };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...flags, join(cwd, program), ...args], { cwd, env }, (error, stdout) => {
      if (error) reject(error);
      else resolve(JSON.parse(stdout));
    });
  });
}
