import type { Storage } from '@gai/core/backend';
import { concatBytes } from '@gai/core/io';

/** Files in memory. */
export class MemoryStorage implements Storage {
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();

  size(path: string): Promise<number | undefined> {
    return Promise.resolve(this.files.get(path)?.length);
  }

  read(path: string, offset = 0, length = Infinity): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = this.files.get(path);
    if (bytes === undefined) return Promise.reject(new Error(`no file ${path}`));
    return Promise.resolve(bytes.slice(offset, offset + length));
  }

  async writeAtomic(path: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
    const all: Uint8Array[] = [];
    for await (const chunk of chunks) all.push(Uint8Array.from(chunk));
    this.files.set(path, concatBytes(all));
  }

  list(folder: string): Promise<string[]> {
    const names = [...this.files.keys()].filter((path) => path.startsWith(`${folder}/`));
    return Promise.resolve(names.map((path) => path.slice(folder.length + 1)).sort());
  }

  remove(path: string): Promise<void> {
    this.files.delete(path);
    return Promise.resolve();
  }

  /** Puts text in a file. */
  write(path: string, text: string): void {
    this.files.set(path, Uint8Array.from(new TextEncoder().encode(text)));
  }
}
