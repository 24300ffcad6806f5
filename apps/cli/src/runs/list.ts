import { tableText } from '@gai/rl/tabular';
import type { Streams } from '../streams.ts';
import { lastOf, telling } from './pick-series.ts';
import { findRuns, readRun } from './read-run.ts';

/** `gai runs list`: every run below a folder, the newest first. */
export async function listRuns(root: string, { json }: { readonly json?: boolean }, streams: Streams): Promise<void> {
  const runs = await Promise.all((await findRuns(root)).map((folder) => readRun(folder)));
  runs.sort((a, b) => b.updated.getTime() - a.updated.getTime() || (a.folder < b.folder ? -1 : 1));
  const facts = runs.map((run) => {
    const name = telling([run]);
    const last = name === undefined ? undefined : lastOf(run.series.get(name)!);
    return {
      run: run.folder,
      step: run.step ?? null,
      name: name ?? null,
      last: last ?? null,
      updated: run.updated.toISOString(),
    };
  });
  if (json === true) {
    streams.stdout.write(`${JSON.stringify({ runs: facts })}\n`);
    return;
  }
  if (facts.length === 0) {
    streams.stderr.write(`There are no runs in ${root}. gai train and gai rl train write some.\n`);
    return;
  }
  const rows = facts.map(({ run, step, name, last, updated }) => [
    run,
    step === null ? '-' : String(step),
    last === null ? '-' : `${name} ${Number(last.toPrecision(4))}`,
    updated.slice(0, 16).replace('T', ' '),
  ]);
  streams.stdout.write(`${tableText({ columns: ['run', 'step', 'last', 'written (UTC)'], rows })}\n`);
}
