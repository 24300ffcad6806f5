import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileStorage } from '@gai/backend-node';
import { GaiError } from '@gai/core/errors';
import { openSafetensors } from '@gai/core/io';
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
  /** Updates, or steps of an environment. */
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
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  const found = isRun(files) ? [folder] : [];
  if (depth === DEEPEST) return found;
  // Not those behind symbolic links: they may lead in a circle.
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
  for (const name of folders.sort()) found.push(...(await below(join(folder, name), depth + 1)));
  return found;
}

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
  const files = (await readdir(folder)).sort();
  if (!isRun(files)) {
    throw new UsageError(
      `'${folder.slice(0, 80)}' holds no run. Expected log.csv, log.jsonl, ${CHECKPOINT} or run.json in it; gai runs list shows what there is.`,
    );
  }
  const times = await Promise.all(files.map(async (name) => (await stat(join(folder, name))).mtimeMs));
  const checkpoint = files.includes(CHECKPOINT) ? await readState(join(folder, CHECKPOINT)) : undefined;
  const logged = await readLogs(folder, files);
  const fromHistory = logged.size === 0 ? historyOf(checkpoint?.progress) : new Map<string, Series>();
  const lastRow = Math.max(-Infinity, ...[...logged.values()].map(({ x }) => x.at(-1) ?? -Infinity));
  return {
    folder,
    updated: new Date(Math.max(...times)),
    step: checkpoint?.step ?? (Number.isFinite(lastRow) ? lastRow : undefined),
    unit: logged.size > 0 ? 'steps' : 'epochs',
    series: logged.size > 0 ? logged : fromHistory,
    settings: await settingsOf(folder, files, checkpoint?.progress),
    files,
  };
}

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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Every log of the folder; a file that only ends like one is passed over. */
async function readLogs(folder: string, files: readonly string[]): Promise<Map<string, Series>> {
  const series = new Map<string, { x: number[]; y: number[] }>();
  for (const name of files.filter((one) => LOG.test(one))) {
    const isOurs = basename(name).startsWith('log.');
    const rows = await readLog(join(folder, name), { storage: fileStorage }).catch((error: unknown) => {
      if (!isOurs && GaiError.isInstance(error)) return [];
      throw error;
    });
    for (const { step, scalars } of rows) {
      for (const [key, value] of Object.entries(scalars)) {
        const one = series.get(key) ?? { x: [], y: [] };
        one.x.push(step);
        one.y.push(value);
        series.set(key, one);
      }
    }
  }
  return series;
}

/** What fit keeps of every epoch. */
function historyOf(progress: Fields | undefined): Map<string, Series> {
  const history = progress?.['history'];
  const series = new Map<string, { x: number[]; y: number[] }>();
  if (!Array.isArray(history)) return series;
  for (const [index, logs] of history.entries()) {
    if (!isFields(logs)) continue;
    for (const [key, value] of Object.entries(logs)) {
      if (typeof value !== 'number') continue;
      const one = series.get(key) ?? { x: [], y: [] };
      one.x.push(index + 1);
      one.y.push(value);
      series.set(key, one);
    }
  }
  return series;
}

/** run.json, and what agents keep in their checkpoints. */
async function settingsOf(
  folder: string,
  files: readonly string[],
  progress: Fields | undefined,
): Promise<Map<string, string>> {
  const settings = new Map<string, string>();
  const add = (value: unknown, name: string): void => {
    if (isFields(value))
      for (const [key, inner] of Object.entries(value)) add(inner, name === '' ? key : `${name}.${key}`);
    else settings.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  };
  for (const key of ['agent', 'options', 'run']) if (progress?.[key] !== undefined) add(progress[key], key);
  if (files.includes('run.json')) {
    const record = parsed(await readFile(join(folder, 'run.json'), 'utf8'));
    if (!isFields(record)) throw new UsageError(`'${join(folder, 'run.json')}' is not a record in JSON. Remove it.`);
    add(record, '');
  }
  return settings;
}
