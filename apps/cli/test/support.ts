import { run } from '../src/run.ts';

/** What one command line gave. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in this process and collects what it writes. */
export async function gai(...args: string[]): Promise<Outcome> {
  let [stdout, stderr] = ['', ''];
  const code = await run(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  });
  return { code, stdout, stderr };
}
