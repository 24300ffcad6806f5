import { exitCodeOf, reportError } from './errors.ts';
import { buildProgram } from './program.ts';
import type { Streams } from './streams.ts';

/** Runs one command line and returns the exit code; nothing is thrown. */
export async function run(args: readonly string[], streams: Streams): Promise<number> {
  try {
    await buildProgram(streams).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    reportError(error, streams.stderr, { verbose: args.includes('--verbose') });
    return exitCodeOf(error);
  }
}
