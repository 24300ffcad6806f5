import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** `.<target>.<machine>-<process>-<number>.gai-tmp`. */
const PATTERN = /^\.(.+)\.([0-9a-f]{8})-(\d+)-(\d+)\.gai-tmp$/;

/** Tells processes of several machines apart that write to one shared folder. */
const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

let written = 0;

/** A name beside the target that no other write uses. */
export function temporaryName(target: string): string {
  return join(dirname(target), `.${basename(target)}.${machine}-${process.pid}-${written++}.gai-tmp`);
}

/** Whether a file is one that is being written, or was when its process died. */
export function isTemporary(name: string): boolean {
  return PATTERN.test(name);
}

/** Removes what killed processes of this machine left of their writes to the target. */
export async function removeLeftovers(target: string): Promise<void> {
  const folder = dirname(target);
  for (const name of await readdir(folder)) {
    const [, file, where, pid] = PATTERN.exec(name) ?? [];
    if (file !== basename(target) || where !== machine || isAlive(Number(pid))) continue;
    await rm(join(folder, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // somebody else's process, but alive
  }
}
