import type { Storage } from '@gai/core/backend';
import { fileSource } from '@gai/core/io';
import { openGguf } from '@gai/formats';
import type { GgufFile } from '@gai/formats';

/** A file whose header was read, and how many are at it. */
interface Held {
  readonly file: Promise<GgufFile>;
  users: number;
}

const held = new WeakMap<Storage, Map<string, Held>>();

/** Opens a GGUF file, or takes the one that {@link holdGguf} holds. */
export async function ggufFile(storage: Storage, path: string, op: string): Promise<GgufFile> {
  return held.get(storage)?.get(path)?.file ?? openGguf(await fileSource(storage, path, op));
}

/** Does what opens a model's file several times, with a header that is read once; what is no GGUF file is left alone. */
export async function holdGguf<R>(
  { storage, path, op }: { readonly storage: Storage; readonly path: string; readonly op: string },
  work: () => Promise<R>,
): Promise<R> {
  if (!path.endsWith('.gguf')) return work();
  const files = held.get(storage) ?? new Map<string, Held>();
  held.set(storage, files);
  const own = files.get(path) ?? { file: ggufFile(storage, path, op), users: 0 };
  files.set(path, own);
  own.users += 1;
  try {
    await own.file;
    return await work();
  } finally {
    own.users -= 1;
    if (own.users === 0) files.delete(path);
  }
}
