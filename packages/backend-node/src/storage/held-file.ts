import { closeSync, fstatSync, open } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { fileError } from '@gai/core/backend';
import type { HeldFile } from '@gai/core/backend';
import { checkRegular } from './regular-file.ts';

/** Text that is another one for another file, and once a file was written to. */
export const versionOf = ({ dev, ino, size, mtimeNs }: BigIntStats): string => [dev, ino, size, mtimeNs].join('-');

/** Closes what nobody let go of. */
const dropped = new FinalizationRegistry<number>((descriptor) => closeSync(descriptor));

/** Opens a file to see what becomes of it, whatever happens to its name. */
export async function hold(path: string): Promise<HeldFile> {
  try {
    checkRegular(await stat(path), path, 'hold'); // opening a pipe would wait for a writer
    const descriptor = await promisify(open)(path, 'r');
    let isOpen = true;
    const held: HeldFile = {
      version: () => versionOf(fstatSync(descriptor, { bigint: true })),
      release: () => {
        if (!isOpen) return;
        isOpen = false;
        dropped.unregister(held);
        closeSync(descriptor);
      },
    };
    dropped.register(held, descriptor, held);
    return held;
  } catch (error) {
    throw fileError(error, 'hold', path);
  }
}
