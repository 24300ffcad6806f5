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
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...flags, join(cwd, program), ...args], { cwd }, (error, stdout) => {
      if (error) reject(error);
      else resolve(JSON.parse(stdout));
    });
  });
}
