import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ArgumentError } from '@gai/core';
import type { ModelCard, ModelSource } from '../model-card.ts';
import type { CachedFile, Manifest } from './manifest.ts';

/** Where everything lies in the cache. */
export interface CachePlaces {
  readonly models: string;
  readonly downloads: string;
  readonly staging: string;
}

/** Whether every file is there in its size; `check` reads them too. */
export async function isWhole(folder: string, { files }: Pick<Manifest, 'files'>): Promise<boolean> {
  const sizes = await Promise.all(
    files.map(async ({ path }) => (await stat(join(folder, ...path.split('/'))).catch(() => undefined))?.size),
  );
  return files.every(({ bytes }, index) => sizes[index] === bytes);
}

/** Whether a model has these files; what a card names may be newer than what was fetched. */
export function hasFiles(
  model: Pick<Manifest, 'files'>,
  wanted: readonly Pick<CachedFile, 'path' | 'sha256'>[],
): boolean {
  return wanted.every((file) => model.files.some((each) => each.path === file.path && each.sha256 === file.sha256));
}

/** Whether a model is the one of a card: its files, or all files of the same packages. A folder may have changed since. */
export function isModelOf(model: Manifest, { files, sources }: ModelCard): boolean {
  if (files !== undefined) return hasFiles(model, files);
  return sources.every((source) => !('path' in source)) && isDeepStrictEqual(model.sources, sources);
}

/** Refuses to put another model in the place of one; another version of it, or what its card names now, may be. */
export function checkReplaced({ name, sources }: Manifest, card: ModelCard): void {
  const isSame = isDeepStrictEqual(sources.map(withoutVersion), card.sources.map(withoutVersion));
  if (card.files !== undefined || isSame) return;
  const said = (of: ModelCard['sources']): string => of.map(describe).join(' and ');
  throw new ArgumentError(
    `fetchModel: there is another model of that name. Got ${said(card.sources)} for '${name}'; expected ${said(sources)}, from which the ` +
      `one that is here was made. Choose another name, or remove it first.`,
    { op: 'fetchModel', details: { name } },
  );
}

const withoutVersion = (source: ModelSource): ModelSource => ('path' in source ? source : { ...source, version: '' });

const describe = (source: ModelSource): string =>
  'path' in source ? `'${source.path}'` : `${source.kind}:${source.name} ${source.version}`;

/** Removes a model, out of sight first: a folder that is half removed would look like one. False if there was none. */
export async function removeModel({ models, staging }: CachePlaces, name: string): Promise<boolean> {
  const aside = join(staging, `removed-${name}-${randomBytes(8).toString('hex')}`);
  try {
    await stat(join(models, name));
    await mkdir(staging, { recursive: true });
    await rename(join(models, name), aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  await rm(aside, { recursive: true, force: true });
  return true;
}
