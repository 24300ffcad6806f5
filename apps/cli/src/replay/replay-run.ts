import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '@gai/core/backend';
import { DataError } from '@gai/core/errors';
import { UsageError } from '../errors.ts';
import { load } from '../load.ts';
import type { Streams } from '../streams.ts';

/** Options of `gai replay`. */
export interface ReplayRunOptions {
  readonly step: number;
  readonly device?: string;
  readonly threads?: number;
  readonly json?: boolean;
}

/** A run and the step of it that is made again. */
export interface ReplayedRun {
  readonly folder: string;
  /** What `run.json` holds. */
  readonly record: Readonly<Record<string, unknown>>;
  readonly options: ReplayRunOptions;
}

/** `gai replay`: makes a step of a run of `gai train` again, with every op checked. */
export async function replayRun(folder: string, options: ReplayRunOptions, streams: Streams): Promise<void> {
  const record = await readRecord(folder);
  const run = { folder, record, options };
  if (record['command'] === 'train digits') {
    const { replayDigits } = await load(() => import('./replay-digits.ts'), 'digits');
    return replayDigits(run, streams);
  }
  if ('preset' in record && 'tokenizer' in record) {
    const { replayGpt } = await load(() => import('./replay-gpt.ts'), 'gpt');
    return replayGpt(run, streams);
  }
  throw new UsageError(
    `'${folder.slice(0, 80)}' is not a run of gai train digits or gai train gpt. A run of fit in a program of yours is made again by ` +
      'replay of @gai/nn.',
  );
}

async function readRecord(folder: string): Promise<Readonly<Record<string, unknown>>> {
  const path = join(folder, 'run.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw fileError(
      cause,
      'replay',
      path,
      ' gai train digits and gai train gpt write it; other runs cannot be made again here.',
    );
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new DataError(
    `replay: the record of a run is damaged. Got other contents of ${path}; expected an object in JSON. Name another run: gai runs list.`,
    { op: 'replay', details: { path } },
  );
}
