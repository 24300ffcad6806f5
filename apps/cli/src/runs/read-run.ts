import type { Dirent } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileStorage } from '@gai/backend-node';
import { fileError } from '@gai/core/backend';
import { DataError, GaiError } from '@gai/core/errors';
import { openSafetensors, quoted } from '@gai/core/io';
import { readLog } from '@gai/nn';
import { UsageError } from '../errors.ts';

/** A number of a run over its course. */
export interface Series {
  /** Steps, or epochs where the run kept no others. */
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** A training run as its folder tells it. */
export interface Run {
  readonly folder: string;
  /** When its files were written last. */
  readonly updated: Date;
  /** Updates; of an agent steps of its environments, as its logs count them. */
  readonly step: number | undefined;
  /** What x counts. */
  readonly unit: 'steps' | 'epochs';
  readonly series: ReadonlyMap<string, Series>;
  /** What the run was begun with, by dotted name. */
  readonly settings: ReadonlyMap<string, string>;
  readonly files: readonly string[];
}

const LOG = /^[^.].*\.(?:csv|jsonl)$/;
const CHECKPOINT = 'last.safetensors';

/** Whether a folder with these files is that of a run. */
const isRun = (names: readonly string[]): boolean =>
  names.includes(CHECKPOINT) || names.includes('run.json') || names.some((name) => /^log\.(?:csv|jsonl)$/.test(name));

/** Folders below the one that is searched. */
const DEEPEST = 4;

/** The folders of runs in a folder, itself included, by name. */
export async function findRuns(root: string): Promise<string[]> {
  if (!(await isFolder(root))) throw noFolder(root);
  return below(root, 0);
}

async function below(folder: string, depth: number): Promise<string[]> {
  const entries = await entriesOf(folder);
  const files = filesOf(entries);
  const found = isRun(files) ? [folder] : [];
  if (depth === DEEPEST) return found;
  // Not those behind symbolic links: they may lead in a circle.
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
  for (const name of folders.sort()) found.push(...(await below(join(folder, name), depth + 1)));
  return found;
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    throw fileError(cause, 'runs', folder);
  }
}

const filesOf = (entries: readonly Dirent[]): string[] =>
  entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

const noFolder = (path: string): UsageError =>
  new UsageError(`there is no folder '${path.slice(0, 80)}'. Name one that holds runs: gai runs list FOLDER.`);

/** Reads what a run left in its folder: logs, the head of its checkpoint, and its record. */
export async function readRun(folder: string): Promise<Run> {
  if (!(await isFolder(folder))) throw noFolder(folder);
  const files = filesOf(await entriesOf(folder)).sort();
  if (!isRun(files)) {
    throw new UsageError(
      `'${folder.slice(0, 80)}' holds no run. Expected log.csv, log.jsonl, ${CHECKPOINT} or run.json in it; gai runs list shows what there is.`,
    );
  }
  // Of a link its own time: what it leads to may be gone.
  const times = await Promise.all(files.map(async (name) => (await lstat(join(folder, name))).mtimeMs));
  const checkpoint = files.includes(CHECKPOINT) ? await readState(join(folder, CHECKPOINT)) : undefined;
  const logged = await readLogs(folder, files);
  const fromHistory = logged.size === 0 ? historyOf(checkpoint?.progress) : new Map<string, Series>();
  const lastRow = largest([...logged.values()].map(({ x }) => x.at(-1) ?? -Infinity));
  return {
    folder,
    updated: new Date(largest(times)),
    step: stepsOf(checkpoint) ?? (Number.isFinite(lastRow) ? lastRow : undefined),
    unit: logged.size > 0 ? 'steps' : 'epochs',
    series: logged.size > 0 ? logged : fromHistory,
    settings: await settingsOf(folder, files, checkpoint?.progress),
    files,
  };
}

/** The largest of any number of numbers; as arguments of `Math.max` there may be too many. */
const largest = (values: readonly number[]): number => values.reduce((most, one) => Math.max(most, one), -Infinity);

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Step and progress of a checkpoint; its tensors are not read. Nothing where it is a file of weights alone. */
async function readState(path: string): Promise<{ readonly step: number; readonly progress: Fields } | undefined> {
  const { metadata } = await openSafetensors(fileStorage, path);
  const state = parsed(metadata.get('state') ?? '');
  if (!isFields(state) || typeof state['step'] !== 'number' || !isFields(state['progress'])) return undefined;
  return { step: state['step'], progress: state['progress'] };
}

/** What a checkpoint has done: an agent makes several updates after many steps, or none. */
function stepsOf(checkpoint: Awaited<ReturnType<typeof readState>>): number | undefined {
  const steps = checkpoint?.progress['numTimesteps'];
  return typeof steps === 'number' ? steps : checkpoint?.step;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * Every log of the folder; a file that only ends like one is passed over. What several have, as where a run writes a table and lines of JSON,
 * is taken from the first of them.
 */
async function readLogs(folder: string, files: readonly string[]): Promise<Map<string, Series>> {
  const isOurs = (name: string): boolean => name.startsWith('log.');
  const logs = files.filter((name) => LOG.test(name)).sort((a, b) => Number(isOurs(b)) - Number(isOurs(a)));
  const series = new Map<string, Series>();
  for (const name of logs) {
    const rows = await readLog(join(folder, name), { storage: fileStorage }).catch((error: unknown) => {
      if (!isOurs(name) && GaiError.isInstance(error)) return [];
      throw error;
    });
    for (const [key, one] of seriesIn(rows.map(({ step, scalars }) => [step, scalars]))) {
      if (!series.has(key)) series.set(key, one);
    }
  }
  return series;
}

/** Numbers by name, of rows at a place each; what is no number is passed over. */
function seriesIn(rows: Iterable<readonly [number, Fields]>): Map<string, Series> {
  const series = new Map<string, { x: number[]; y: number[] }>();
  for (const [x, row] of rows) {
    for (const [key, value] of Object.entries(row)) {
      if (typeof value !== 'number') continue;
      const one = series.get(key) ?? { x: [], y: [] };
      one.x.push(x);
      one.y.push(value);
      series.set(key, one);
    }
  }
  return series;
}

/** What fit keeps of every epoch. */
function historyOf(progress: Fields | undefined): Map<string, Series> {
  const history = progress?.['history'];
  const epochs = Array.isArray(history) ? history : [];
  return seriesIn(epochs.map((logs: unknown, index) => [index + 1, isFields(logs) ? logs : {}]));
}

/** Names in names, in settings: what lies deeper is one text. */
const DEEPEST_NAME = 16;
/** Bytes of a record, at most. */
const LARGEST_RECORD = 1 << 24;

/** run.json, and what agents keep in their checkpoints. */
async function settingsOf(
  folder: string,
  files: readonly string[],
  progress: Fields | undefined,
): Promise<Map<string, string>> {
  const settings = new Map<string, string>();
  const add = (value: unknown, path: readonly string[]): void => {
    if (isFields(value) && path.length < DEEPEST_NAME) {
      for (const [key, inner] of Object.entries(value)) add(inner, [...path, key]);
    } else settings.set(path.join('.'), typeof value === 'string' ? value : textOf(value));
  };
  for (const key of ['agent', 'options', 'run']) if (progress?.[key] !== undefined) add(progress[key], [key]);
  if (files.includes('run.json')) add(await readRecord(join(folder, 'run.json')), []);
  return settings;
}

async function readRecord(path: string): Promise<Fields> {
  const size = (await fileStorage.size(path)) ?? 0;
  if (size <= LARGEST_RECORD) {
    const record = parsed(new TextDecoder().decode(await fileStorage.read(path)));
    if (isFields(record)) return record;
  }
  throw new DataError(
    `runs: the record of a run is damaged. Got ${size} bytes in ${path}; expected an object in JSON. Remove it.`,
    {
      op: 'runs',
      details: { path },
    },
  );
}

/** A value as JSON, whole, so that two of them can be compared; lists in lists beyond what can be written as words. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return quoted(value);
  }
}
