import type { Output } from './terminal/style.ts';

/** Where a command writes: results on stdout, progress and errors on stderr. */
export interface Streams {
  readonly stdout: Output;
  readonly stderr: Output;
}
