import { ArgumentError, DataError, getDefaultBackend } from '@gai/core';
import type { Storage } from '@gai/core/backend';
import { quoted } from '@gai/core/io';

/** The storage of the default backend. */
export function defaultStorage(op: string): Storage {
  const { storage, name } = getDefaultBackend();
  if (storage !== undefined) return storage;
  throw new ArgumentError(
    `${op}: there are no files here. Got the backend '${name}', which has no storage; expected one with files, or { storage }. ` +
      `Pass a storage.`,
    { op },
  );
}

/** A file in a folder. */
export const fileIn = (folder: string, name: string): string => `${folder.replace(/[/\\]+$/, '')}/${name}`;

/** The first `.gguf` file of a folder, as a path. */
export async function ggufIn(storage: Storage, folder: string): Promise<string | undefined> {
  const name = (await storage.list(folder)).find((each) => /^[^/\\]+\.gguf$/.test(each));
  return name === undefined ? undefined : fileIn(folder, name);
}

/** Configuration files are small: what is larger is none. */
const MOST_TEXT = 64 << 20;

/** The text of a file; undefined if there is none. */
export async function readText(storage: Storage, path: string): Promise<string | undefined> {
  const size = await storage.size(path);
  if (size === undefined) return undefined;
  if (size > MOST_TEXT) {
    throw new DataError(
      `fromPretrained: a file is too large. Got ${size} bytes in '${path}'; expected JSON of at most ${MOST_TEXT}. Look into the ` +
        `folder.`,
      { op: 'fromPretrained', details: { path } },
    );
  }
  return new TextDecoder().decode(await storage.read(path));
}

/**
 * An object in a JSON file; undefined if there is no such file.
 * @throws {@link DataError} if it is no JSON, or no object.
 */
export async function readJson(storage: Storage, path: string): Promise<Record<string, unknown> | undefined> {
  const value = await readAnyJson(storage, path);
  if (value === undefined || isRecord(value)) return value;
  throw notJson(path, `JSON of type ${Array.isArray(value) ? 'array' : typeof value}`);
}

/**
 * A list of objects in a JSON file; undefined if there is no such file.
 * @throws {@link DataError} if it is no JSON, or no list of objects.
 */
export async function readJsonList(storage: Storage, path: string): Promise<Record<string, unknown>[] | undefined> {
  const value = await readAnyJson(storage, path);
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every(isRecord)) return value;
  throw notJson(path, `JSON of type ${typeof value} that is no list of objects`);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

async function readAnyJson(storage: Storage, path: string): Promise<unknown> {
  const text = await readText(storage, path);
  if (text === undefined) return undefined;
  const value = parse(path, text);
  if (isDeeper(value, MOST_LEVELS)) throw notJson(path, `more than ${MOST_LEVELS} lists and objects in each other`);
  return value;
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw notJson(path, quoted(cause instanceof Error ? cause.message : 'no JSON'), cause);
  }
}

/** JSON is parsed to any depth, and written again to some: deeper is no configuration. */
const MOST_LEVELS = 50;

function isDeeper(value: unknown, most: number): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > most) return true;
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return false;
}

const notJson = (path: string, got: string, cause?: unknown): DataError =>
  new DataError(
    `fromPretrained: a file cannot be read. Got ${got} in '${path}'; expected other JSON. Fetch it again.`,
    {
      op: 'fromPretrained',
      details: { path },
      cause,
    },
  );
