import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DataError } from '@gai/core';

/** A file that appears under its name when it is whole. What the system refuses is a {@link DataError}. */
export class WholeFile {
  readonly #op: string;
  readonly #path: string;
  readonly #temporary: string;
  #file: FileHandle | undefined;

  constructor(op: string, path: string) {
    this.#op = op;
    this.#path = path;
    this.#temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  }

  /** Makes the folders that are missing, and an empty file beside the one to be written. */
  async open(): Promise<void> {
    await this.#try(mkdir(dirname(this.#path), { recursive: true }));
    this.#file = await this.#try(open(this.#temporary, 'wx'));
  }

  async write(bytes: Uint8Array, at: number): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.#try(this.#file!.write(bytes, done, bytes.length - done, at + done));
      done += bytesWritten;
    }
  }

  /** Flushes the file and gives it its name. */
  async finish(): Promise<void> {
    await this.#try(this.#file!.sync());
    await this.#try(this.#file!.close());
    this.#file = undefined;
    await this.#try(rename(this.#temporary, this.#path));
  }

  /** Leaves nothing of it. */
  async discard(): Promise<void> {
    await this.#file?.close();
    await rm(this.#temporary, { force: true });
  }

  #try<T>(work: Promise<T>): Promise<T> {
    return work.catch((cause: unknown) => {
      const { code } = cause as NodeJS.ErrnoException;
      const path = this.#path;
      throw new DataError(
        `${this.#op}: the file cannot be written. Got ${code} for ${path}; expected a writable folder with room. Check the path, ` +
          `its permissions and the disk.`,
        { op: this.#op, details: { path, code }, cause },
      );
    });
  }
}
