import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSafePath } from '../archive/safe-path.ts';
import type { ModelCard } from '../model-card.ts';

/** A file in the cache. */
export interface CachedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What the folder of a model says of itself, beside its files. */
export interface Manifest {
  readonly name: string;
  readonly title: string;
  readonly use: string;
  readonly licence: string;
  readonly sources: ModelCard['sources'];
  readonly files: readonly CachedFile[];
}

/** No file of a model has this name. */
export const MANIFEST = '.gai-model.json';

/** The manifest of the model of a name in the folder of models; undefined if there is none that can be used. */
export async function readManifest(models: string, name: string): Promise<Manifest | undefined> {
  const text = await readFile(join(models, name, MANIFEST), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as Manifest;
    const texts: readonly unknown[] = [value.title, value.use, value.licence];
    const isWhole = value.files.every(isCachedFile) && texts.every((each) => typeof each === 'string');
    // A folder under another name was put there by hand.
    return isWhole && value.name === name && Array.isArray(value.sources) ? value : undefined;
  } catch {
    return undefined; // damaged: the model counts as not fetched
  }
}

function isCachedFile({ path, bytes, sha256 }: CachedFile): boolean {
  return typeof path === 'string' && isSafePath(path) && Number.isSafeInteger(bytes) && /^[0-9a-f]{64}$/.test(sha256);
}

/** Writes the manifest into a folder that nobody sees yet. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await writeFile(join(folder, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`, { flush: true });
}
