import { DataError } from '@gai/core';
import type { Storage } from '@gai/core/backend';

/** Files of the reader, or what was fetched, as the folder `picked`: read where they are needed, never written. */
export class BlobStorage implements Storage {
  readonly #files: ReadonlyMap<string, Blob>;

  /** @param files - By their names. */
  constructor(files: ReadonlyMap<string, Blob>) {
    this.#files = new Map([...files].map(([name, blob]) => [`${BlobStorage.folder}/${name}`, blob]));
  }

  static readonly folder = 'picked';

  size(path: string): Promise<number | undefined> {
    return Promise.resolve(this.#files.get(path)?.size);
  }

  async read(path: string, offset = 0, length = Infinity): Promise<Uint8Array<ArrayBuffer>> {
    const blob = this.#files.get(path);
    if (blob === undefined) throw noFile(path);
    return new Uint8Array(await blob.slice(offset, Math.min(blob.size, offset + length)).arrayBuffer());
  }

  list(folder: string): Promise<string[]> {
    const paths = [...this.#files.keys()].filter((path) => path.startsWith(`${folder}/`));
    return Promise.resolve(paths.map((path) => path.slice(folder.length + 1)).sort());
  }

  writeAtomic(path: string): Promise<void> {
    return Promise.reject(noFile(path));
  }

  remove(path: string): Promise<void> {
    return Promise.reject(noFile(path));
  }
}

const noFile = (path: string): DataError =>
  new DataError(`The file '${path}' is not among those that were opened. Open the whole folder of the model.`, {
    details: { path },
  });
