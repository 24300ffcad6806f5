import { expect, it } from 'vitest';
import type { Platform } from '../platform.ts';
import { opfsStorage } from './opfs-storage.ts';

/** One folder in memory that keeps the rules of a browser's: a write is in place once it is closed. */
function memoryPlatform(): Platform {
  const files = new Map<string, Blob>();
  const handle = (name: string) => ({
    getFile: async () => files.get(name)!,
    createWritable: async () => {
      const parts: Uint8Array<ArrayBuffer>[] = [];
      return {
        write: async (part: Uint8Array<ArrayBuffer>) => void parts.push(part),
        close: async () => void files.set(name, new Blob(parts)),
        abort: async () => undefined,
      };
    },
  });
  const folder = {
    async getFileHandle(name: string, { create = false } = {}) {
      if (!files.has(name) && !create) throw new DOMException('none', 'NotFoundError');
      if (!files.has(name)) files.set(name, new Blob([]));
      return handle(name);
    },
    removeEntry: async (name: string) => void files.delete(name),
    keys: async function* keys() {
      yield* files.keys();
    },
  };
  return { navigator: { storage: { getDirectory: async () => folder } } } as unknown as Platform;
}

async function* failing(meanwhile: () => Promise<void>): AsyncGenerator<Uint8Array> {
  yield Uint8Array.of(1);
  await meanwhile();
  throw new Error('no more data');
}

it('removes the empty file of a write that failed', async () => {
  const storage = opfsStorage(memoryPlatform())!;
  await expect(
    storage.writeAtomic(
      'new',
      failing(async () => undefined),
    ),
  ).rejects.toThrow('no more data');
  expect(await storage.list('/')).toEqual([]);
});

it('never removes what another writer put in its place', async () => {
  const storage = opfsStorage(memoryPlatform())!;
  const other = (): Promise<void> => storage.writeAtomic('new', [Uint8Array.of(7, 8)]);
  await expect(storage.writeAtomic('new', failing(other))).rejects.toThrow('no more data');
  expect([...(await storage.read('new'))]).toEqual([7, 8]);
});
