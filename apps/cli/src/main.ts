#!/usr/bin/env node
import { run } from './run.ts';

// A reader that has seen enough (head, a closed pager) is no failure of ours, and no reason to drop the work: what is
// written to it from then on goes nowhere, and the files are written.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

process.exitCode = await run(process.argv.slice(2), process);
