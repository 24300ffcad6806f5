import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { DataError } from '@gai/core';
import { checkArgument } from '@gai/core/ops';
import { unreadable } from '../files/unreadable.ts';
import { HEADER_BYTES, damaged, readHeader, startsAt } from './token-header.ts';
import type { TokenHeader } from './token-header.ts';
import type { TokenSource } from './token-source.ts';

/**
 * Opens a file of {@link writeTokens} to read any part of it: what is in memory is where the documents begin. The file is not trusted: its
 * sizes must account for every byte, and ids that the vocabulary lacks are refused when they are read.
 * @param path - The file.
 * @throws {@link DataError} if it cannot be read, or is no whole token file.
 * @example
 * import { tmpdir } from 'node:os';
 * const path = `${tmpdir()}/gai-open-tokens.tokens`;
 * await writeTokens(path, [[5, 6], [7]], { vocabSize: 8, separator: 0 });
 * await using tokens = await openTokens(path);
 * await tokens.read(1, 3); // => [5, 6, 0]
 * @category Tokens
 */
export async function openTokens(path: string): Promise<TokenFile> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const status = await file.stat();
    if (!status.isFile()) throw damaged(path, 'it is no regular file', 'another kind', 'a file');
    const first = await readFully(file, { at: 0, length: Math.min(HEADER_BYTES, status.size) }, path);
    const header = readHeader(first, status.size, path);
    const table = await readFully(
      file,
      { at: startsAt(header.tokens, header.width), length: 8 * (header.documents + 1) },
      path,
    );
    return new TokenFile(file, header, { path, starts: readStarts(table, header, path) });
  } catch (error) {
    await file?.close();
    throw DataError.isInstance(error) ? error : unreadable('openTokens', path, error);
  }
}

/**
 * A file of token ids that is open; see {@link openTokens}.
 * @category Tokens
 */
export class TokenFile implements TokenSource, AsyncDisposable {
  readonly path: string;
  readonly length: number;
  readonly starts: Float64Array;
  readonly separator: number | undefined;
  /** Ids are below it. */
  readonly vocabSize: number;
  /** SHA-256 of the tokenizer in hexadecimal digits, if the writer said it. */
  readonly tokenizer: string | undefined;
  readonly #file: FileHandle;
  readonly #width: 2 | 4;

  /** @internal */
  constructor(file: FileHandle, header: TokenHeader, { path, starts }: { path: string; starts: Float64Array }) {
    this.#file = file;
    this.#width = header.width;
    this.path = path;
    this.starts = starts;
    this.length = header.tokens;
    this.separator = header.separator;
    this.vocabSize = header.vocabSize;
    this.tokenizer = header.tokenizer;
  }

  /**
   * `count` ids from `start` on.
   * @throws {@link ArgumentError} if the file has no such ids, {@link DataError} if the file was changed or cannot be read, or an id is none of the vocabulary.
   */
  async read(start: number, count: number): Promise<Int32Array> {
    const isIn = [start, count, start + count].every((place) => Number.isSafeInteger(place) && place >= 0);
    const rule = `ids within 0 to ${this.length}`;
    checkArgument(isIn && start + count <= this.length, [start, start + count], { op: 'read', name: 'range', rule });
    const width = this.#width;
    const bytes = await readFully(this.#file, { at: HEADER_BYTES + start * width, length: count * width }, this.path);
    const view = new DataView(bytes.buffer);
    const ids = new Int32Array(count);
    for (let index = 0; index < count; index++) {
      const id = width === 2 ? view.getUint16(2 * index, true) : view.getUint32(4 * index, true);
      if (id >= this.vocabSize) throw damaged(this.path, 'an id is no token', `${id}`, `less than ${this.vocabSize}`);
      ids[index] = id;
    }
    return ids;
  }

  /** Closes the file. */
  close(): Promise<void> {
    return this.#file.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function readStarts(bytes: Uint8Array, { tokens, documents }: TokenHeader, path: string): Float64Array {
  const view = new DataView(bytes.buffer);
  const starts = Float64Array.from({ length: documents + 1 }, (_, index) => Number(view.getBigUint64(8 * index, true)));
  const rises = starts.every((start, index) => index === 0 || start >= starts[index - 1]!);
  if (starts[0] === 0 && starts[documents] === tokens && rises) return starts;
  throw damaged(
    path,
    'the documents do not follow one another',
    'other starts',
    `starts that rise from 0 to ${tokens}`,
  );
}

async function readFully(
  file: FileHandle,
  { at, length }: { at: number; length: number },
  path: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(bytes, done, length - done, at + done).catch((cause: unknown) => {
      throw unreadable('openTokens', path, cause);
    });
    if (bytesRead === 0) throw damaged(path, 'it is cut off', `${at + done} bytes`, `${at + length} or more`);
    done += bytesRead;
  }
  return bytes;
}
