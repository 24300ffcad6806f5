#!/usr/bin/env node
import { reportError } from './errors.ts';
import { run } from './run.ts';

// A reader that has seen enough (head, a closed pager) is no failure of ours, and no reason to drop the work: what is
// written to it from then on goes nowhere, and the files are written. So they are where the disk is full of the output.
let isLost = false;
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || isLost) return;
    isLost = true;
    void import('@gai/core/backend').then(({ fileError }) =>
      reportError(fileError(error, 'output', 'standard output'), process.stderr, { verbose: false }),
    );
  });
}
process.on('exit', () => {
  if (isLost && process.exitCode === 0) process.exitCode = 1;
});

// As these signals end any program, but nothing is left of files that are written. Commands that stop by themselves listen too.
for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => {
    if (process.listenerCount(signal) === 1) process.exit(exitCode);
  });
}

process.exitCode = await run(process.argv.slice(2), process);
