import { spawn } from 'node:child_process';

/** What a finished command left behind. */
export interface CommandResult {
  code: number;
  /** Standard output and standard error in the order they came. */
  output: string;
  stdout: string;
}

/** Settings of {@link runCommand}. */
export interface CommandOptions {
  cwd: string;
  env?: Record<string, string>;
  /** Milliseconds until the command is killed. Default 300,000. */
  timeout?: number;
}

/** Runs a program without a shell and without standard input, and waits for it. */
export function runCommand(program: string, args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeout ?? 300_000,
    });
    let stdout = '';
    let output = '';
    // A letter whose bytes come in two chunks stays one.
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
      output += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal) output += `\n${program} was stopped by ${signal}`;
      resolve({ code: code ?? 1, output, stdout });
    });
  });
}

/** Maps with at most `limit` calls in flight; results keep the order of `items`. */
export async function mapLimit<T, R>(items: readonly T[], limit: number, fn: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      results[index] = await fn(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
