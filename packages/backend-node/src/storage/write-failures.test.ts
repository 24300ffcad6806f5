import type { FileHandle } from 'node:fs/promises';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { fileStorage } from './file-storage.ts';

/** Which system call fails in the next write, and how. */
const fault = vi.hoisted(() => ({ call: '', code: '' }));

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const failing = <A extends unknown[], R>(call: string, run: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      if (fault.call === call)
        throw Object.assign(new Error(`${fault.code}: ${call}`), { code: fault.code, syscall: call });
      return run(...args);
    };
  };
  const open = async (...args: Parameters<typeof real.open>): Promise<FileHandle> => {
    const handle = await real.open(...args);
    if (args[1] !== 'wx') return handle;
    const write = handle.write.bind(handle) as (...args: unknown[]) => Promise<unknown>;
    handle.write = failing('write', write) as unknown as FileHandle['write'];
    handle.sync = failing('fsync', handle.sync.bind(handle));
    return handle;
  };
  return {
    ...real,
    open: failing('open', open),
    mkdir: failing('mkdir', real.mkdir as (...args: unknown[]) => Promise<unknown>),
    rename: failing('rename', real.rename),
  };
});

const folder = await mkdtemp(join(tmpdir(), 'gai-faults-'));
const path = join(folder, 'file.bin');
beforeEach(async () => {
  fault.call = '';
  await writeFile(path, 'old');
});
afterAll(() => rm(folder, { recursive: true }));

describe('a write that fails', () => {
  it.each([
    [
      'write',
      'ENOSPC',
      'the disk is full at PATH (ENOSPC). Nothing was changed. Free some space or choose another folder.',
    ],
    [
      'fsync',
      'ENOSPC',
      'the disk is full at PATH (ENOSPC). Nothing was changed. Free some space or choose another folder.',
    ],
    ['write', 'EDQUOT', 'the disk quota is used up at PATH (EDQUOT). Nothing was changed. Free some space or choose'],
    ['write', 'EFBIG', 'the file is larger than the file system allows at PATH (EFBIG). Nothing was changed.'],
    ['fsync', 'EIO', 'the disk reported an error at PATH (EIO). Nothing was changed. Check the disk.'],
    ['open', 'EACCES', 'permission denied at PATH (EACCES). Nothing was changed. Change the permissions or choose'],
    ['open', 'EROFS', 'the file system is read-only at PATH (EROFS). Nothing was changed. Choose a folder that can'],
    ['open', 'EMFILE', 'too many files are open at PATH (EMFILE). Nothing was changed. Close some, or raise the limit'],
    ['mkdir', 'EACCES', 'permission denied at PATH (EACCES). Nothing was changed. Change the permissions or choose'],
    ['rename', 'EPERM', 'operation not permitted at PATH (EPERM). Nothing was changed. Change the permissions or'],
    ['rename', 'EXDEV', 'EXDEV: rename at PATH (EXDEV). Nothing was changed. Check the path.'],
  ])('in %s with %s keeps the old file, leaves nothing behind and says so', async (call, code, expected) => {
    Object.assign(fault, { call, code });
    const error: Error & { code?: string } = await fileStorage.writeAtomic(path, [new Uint8Array(5)]).then(
      () => new Error('did not fail'),
      (reason: unknown) => reason as Error,
    );
    fault.call = '';
    expect(error.name).toBe('GaiError');
    expect(error.code).toBe('STORAGE');
    expect(error.message.replace(`'${path}'`, 'PATH')).toContain(`writeAtomic: ${expected}`);
    expect(error.message).not.toContain('\n');
    expect((error.cause as NodeJS.ErrnoException).code).toBe(code);
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['file.bin']);
  });
});
