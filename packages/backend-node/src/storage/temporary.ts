import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync, rmSync } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** `.<target>.<place>-<process>-<random>.gai-tmp`. */
const PATTERN = /^\.(.+)\.([0-9a-f]{8})-(\d+)-([0-9a-f]+)\.gai-tmp$/;

/** A file that nobody wrote to for so long, in milliseconds, belongs to nobody. */
const ABANDONED = 900_000;

/** Where the number of a process means one process: a machine since it started, and on Linux one namespace of it. */
const place = createHash('sha256')
  .update([hostname(), ...linuxPlace()].join('\n'))
  .digest('hex')
  .slice(0, 8);

/** A name beside the target that no other write has, not even one of the same process number on another machine. */
export function temporaryName(target: string): string {
  const random = randomBytes(8).toString('hex');
  return join(dirname(target), `.${basename(target)}.${place}-${process.pid}-${random}.gai-tmp`);
}

const unfinished = new Set<string>();

/** Removes a file if the process ends, but for a signal that ends it at once, before it is done with; returns what says that it is. */
export function removeAtExit(path: string): () => void {
  if (unfinished.size === 0) process.once('exit', removeUnfinished);
  unfinished.add(path);
  return () => {
    unfinished.delete(path);
    if (unfinished.size === 0) process.off('exit', removeUnfinished);
  };
}

function removeUnfinished(): void {
  for (const path of unfinished) {
    try {
      rmSync(path, { force: true });
    } catch {
      // Nobody is left to be told; a later write to the same file removes it.
    }
  }
}

/** Whether a file is one that is being written, or was when its process died. */
export function isTemporary(name: string): boolean {
  return PATTERN.test(name);
}

/**
 * Removes what killed processes left of their writes to the target: those that are known to be dead, and files that
 * nobody wrote to for a quarter of an hour. Another container may write here, whose processes cannot be seen.
 * @param now - The time of the file system, in milliseconds: when the new file was written.
 */
export async function removeLeftovers(target: string, now: number): Promise<void> {
  const folder = dirname(target);
  for (const name of await readdir(folder)) {
    const [, file, where, pid] = PATTERN.exec(name) ?? [];
    if (file !== basename(target)) continue;
    const path = join(folder, name);
    if ((where === place && !isAlive(Number(pid))) || (await isAbandoned(path, now))) await rm(path, { force: true });
  }
}

/** Another process may have removed it just now. */
async function isAbandoned(path: string, now: number): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found !== undefined && found.isFile() && now - found.mtimeMs > ABANDONED;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // somebody else's process, but alive
  }
}

/** A container has the host's name if it is told to, and its first process has number 1 every time. */
function linuxPlace(): string[] {
  try {
    return [readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'), readlinkSync('/proc/self/ns/pid')];
  } catch {
    return []; // no procfs
  }
}
