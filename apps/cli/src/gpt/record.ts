import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileStorage } from '@gai/backend-node';
import { DataError } from '@gai/core';
import type { Storage } from '@gai/core/backend';
import { UsageError } from '../errors.ts';
import type { Baselines } from './baselines.ts';
import { GPT_PRESETS } from './presets.ts';
import type { GptPresetName } from './presets.ts';

/** What a run is asked to be. */
export interface RunSettings {
  readonly preset: GptPresetName;
  readonly seed: number;
  /** The file or folder, from the root on; null: the Brown corpus. */
  readonly text: string | null;
  readonly steps: number | null;
  readonly seconds: number | null;
}

/** What a run is of: written beside the checkpoint, so that `--resume` goes on with the same. */
export interface RunRecord extends RunSettings {
  /** SHA-256 of the documents that are held out. */
  readonly heldOut: string;
  /** SHA-256 of tokenizer.json. */
  readonly tokenizer: string;
  /** Whether it was trained to its end, measured and saved. */
  readonly finished: boolean;
  /** What the models that only count foresee; undefined where they have not counted yet, or an older version wrote the record. */
  readonly baselines?: Baselines | undefined;
  /** Which process trains it: another one that begins in the same folder, or goes on, has another; see {@link ownedStorage}. */
  readonly owner?: string | undefined;
}

/** The record of a run that this process trains. */
export interface OwnedRecord extends RunRecord {
  readonly owner: string;
}

/** What was asked for: undefined where nothing was. */
export type AskedRun = { readonly [Name in keyof RunSettings]: RunSettings[Name] | undefined };

const RECORD = 'run.json';
/** The files of a run that cost time: a new run would leave the first of them beside another tokenizer. */
const TRAINED = ['last.safetensors', 'model.safetensors'];
/** Weights of any kind: a new run would put its tokenizer and configuration beside them. */
const WEIGHTS = /\.(safetensors|safetensors\.index\.json|gguf|bin|pt|pth|onnx|npz|h5)$/;

/** Refuses to begin a run where an older one, or another model, is. */
export async function refuseOldRun(out: string): Promise<void> {
  const names = (await fileStorage.list(out)).filter((name) => !/[/\\]/.test(name));
  const found =
    names.find((name) => TRAINED.includes(name)) ??
    names.find((name) => WEIGHTS.test(name)) ??
    // Without a record the tokenizer is of something else; with one, of a run that was stopped before its first checkpoint.
    (names.includes(RECORD) ? await strangeRecord(out) : names.find((name) => name === 'tokenizer.json'));
  if (found === undefined) return;
  const [what, remedy] = TRAINED.includes(found)
    ? ['a run', 'Go on with it by --resume, or name another folder with --out.']
    : [found === RECORD ? 'a run of another kind' : 'another model', 'Name another folder with --out.'];
  throw new UsageError(
    `train gpt: the folder holds ${what}. Got ${found} in ${out}; expected a folder without a model. ${remedy}`,
  );
}

/** The name of the record, if it is not of `gai train gpt`: other commands have such a file, too. */
async function strangeRecord(out: string): Promise<string | undefined> {
  const text = (await readRunFile(join(out, RECORD))).toString();
  try {
    parseRecordText(text, out);
    return undefined;
  } catch {
    return RECORD;
  }
}

/** Removes what {@link refuseOldRun} minds. */
export async function removeOldRun(out: string): Promise<void> {
  for (const name of TRAINED) await fileStorage.remove(join(out, name));
}

/** The record of the run in a folder, which what was asked for must not contradict; one of a run that can go on. */
export async function readRecord(out: string, asked: AskedRun): Promise<RunRecord> {
  const text = (await readRunFile(join(out, RECORD))).toString();
  const record = parseRecordText(text, out);
  for (const [name, value] of Object.entries(asked)) {
    const had = record[name as keyof RunSettings];
    if (value === undefined || (name === 'text' ? resolve(`${value}`) : value) === had) continue;
    throw new UsageError(
      `train gpt: the run in ${out} was another one. Got --${name} ${value}; expected ${had ?? 'none'}, with which it was begun. Leave it ` +
        `out, or train anew in another folder.`,
    );
  }
  if (!record.finished || record.steps !== null) return record;
  throw new UsageError(
    `train gpt: the run is finished. Got --resume for ${out}, whose time was used; expected a run that was interrupted. Use its model, or ` +
      `train a longer one in another folder: its learning rate has run down.`,
  );
}

/** Makes a run that of this process: whoever trained in the folder before writes nothing any more. */
export async function claimRun<Run extends RunRecord>(out: string, run: Run): Promise<Run & OwnedRecord> {
  const record = { ...run, owner: randomUUID() };
  await writeJson(join(out, RECORD), record, fileStorage);
  return record;
}

/** Writes the record of a run that this process has, whole or not at all. */
export const writeRecord = (out: string, record: OwnedRecord): Promise<void> =>
  writeJson(join(out, RECORD), record, ownedStorage(out, record.owner));

/**
 * The files of a folder, written only as long as the run in it is that of `owner`: two processes on one folder would leave the weights of the
 * one beside the tokenizer of the other. The one that began last goes on.
 */
export function ownedStorage(out: string, owner: string): Storage {
  return {
    ...fileStorage,
    writeAtomic: async (path, chunks) => {
      const text = (await readRunFile(join(out, RECORD))).toString();
      if (parseRecordText(text, out).owner !== owner) throw takenOver(out);
      await fileStorage.writeAtomic(path, chunks);
    },
  };
}

const takenOver = (out: string): DataError =>
  new DataError(
    `train gpt: another process trains in this folder. Got another run in ${join(out, RECORD)}; expected this one, of which nothing is ` +
      `written any more. Train in a folder of its own, by --out.`,
    { op: 'train gpt', details: { out } },
  );

/** Writes JSON to a file, whole or not at all. */
export const writeJson = (path: string, value: object, storage: Storage): Promise<void> =>
  storage.writeAtomic(path, [new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)]);

/** SHA-256 of texts, told apart by their lengths, or of bytes. */
export function digestOf(parts: readonly string[] | Uint8Array): string {
  const hash = createHash('sha256');
  if (parts instanceof Uint8Array) return hash.update(parts).digest('hex');
  for (const text of parts) hash.update(`${text.length} `).update(text);
  return hash.digest('hex');
}

/** Reads a file of a run. */
export async function readRunFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new DataError(
      `train gpt: there is no run to go on with. Got ${code} for ${path}; expected the folder of an earlier run. Name it with --out, or ` +
        `leave --resume out.`,
      { op: 'train gpt', details: { path, code }, cause },
    );
  }
}

function parseRecordText(text: string, out: string): RunRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw noRecord(out);
  }
  return parseRecord(value, out);
}

/** The record in what `run.json` holds. */
export function parseRecord(value: unknown, out: string): RunRecord {
  const given = (value ?? {}) as Readonly<Record<keyof RunRecord, unknown>>;
  const { preset, seed, text: from, steps, seconds, heldOut, tokenizer, finished, owner } = given;
  const isCount = (one: unknown): one is number => Number.isSafeInteger(one) && (one as number) >= 0;
  const isPreset = typeof preset === 'string' && Object.hasOwn(GPT_PRESETS, preset);
  const isLength = (one: unknown): one is number | null => one === null || (isCount(one) && one > 0);
  if (!isPreset || !isCount(seed) || !isLength(steps) || !isLength(seconds)) throw noRecord(out);
  if (from !== null && typeof from !== 'string') throw noRecord(out);
  if (typeof heldOut !== 'string' || typeof tokenizer !== 'string' || typeof finished !== 'boolean')
    throw noRecord(out);
  const baselines = given.baselines === undefined ? {} : { baselines: parseBaselines(given.baselines, out) };
  return {
    preset: preset as GptPresetName,
    seed,
    text: from,
    steps,
    seconds,
    heldOut,
    tokenizer,
    finished,
    ...baselines,
    ...(typeof owner === 'string' && { owner }),
  };
}

function parseBaselines(value: unknown, out: string): Baselines {
  const { kn3, kn5, characters, counted } = (value ?? {}) as Readonly<Record<keyof Baselines, unknown>>;
  const isPositive = (one: unknown): one is number => typeof one === 'number' && one > 0 && one < Infinity;
  if (isPositive(kn3) && isPositive(kn5) && isPositive(characters) && isPositive(counted)) {
    return { kn3, kn5, characters, counted };
  }
  throw noRecord(out);
}

const noRecord = (out: string): DataError =>
  new DataError(
    `train gpt: this is no record of a run. Got other contents of ${join(out, RECORD)}; expected what gai train gpt writes. Train anew, ` +
      `in another folder.`,
    { op: 'train gpt', details: { out } },
  );
