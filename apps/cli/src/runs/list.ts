import { GaiError } from '@gai/core/errors';
import { UsageError } from '../errors.ts';
import type { Streams } from '../streams.ts';
import { plain, plainJson } from '../terminal/plain.ts';
import { lastOf, telling } from './pick-series.ts';
import { plainTable } from './plain-table.ts';
import { findRuns, readRun } from './read-run.ts';
import type { Run } from './read-run.ts';

/** `gai runs list`: every run below a folder, the newest first. */
export async function listRuns(root: string, { json }: { readonly json?: boolean }, streams: Streams): Promise<void> {
  const { runs, unread } = await readAll(await findRuns(root));
  for (const { run, error } of unread) streams.stderr.write(`gai: ${plain(run)} is left out: ${plain(error)}\n`);
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
    streams.stdout.write(`${plainJson({ runs: facts, ...(unread.length > 0 && { unread }) })}\n`);
    return;
  }
  if (facts.length === 0) {
    if (unread.length === 0)
      streams.stderr.write(`There are no runs in ${root}. gai train and gai rl train write some.\n`);
    return;
  }
  const rows = facts.map(({ run, step, name, last, updated }) => [
    run,
    step === null ? '-' : String(step),
    last === null ? '-' : `${name} ${Number(last.toPrecision(4))}`,
    updated.slice(0, 16).replace('T', ' '),
  ]);
  streams.stdout.write(`${plainTable({ columns: ['run', 'step', 'last', 'written (UTC)'], rows })}\n`);
}

/** A folder that looks like that of a run, and is none. */
interface Unread {
  readonly run: string;
  readonly error: string;
}

/** Reads one run after the other, for logs may be long; one that cannot be read does not hide the others. */
async function readAll(folders: readonly string[]): Promise<{ readonly runs: Run[]; readonly unread: Unread[] }> {
  const [runs, unread]: [Run[], Unread[]] = [[], []];
  for (const folder of folders) {
    try {
      runs.push(await readRun(folder));
    } catch (error) {
      if (!(error instanceof UsageError) && !GaiError.isInstance(error)) throw error;
      unread.push({ run: folder, error: error.message });
    }
  }
  return { runs, unread };
}
