import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DataError } from '@gai/core';
import { quoted } from '@gai/core/io';
import type { Archive, ArchiveFile } from './archive.ts';
import { checkCount, checkUnpacked } from './limits.ts';

const op = 'fetchModel';
const BLOCK = 512;
/** A name beyond this is refused before it is read. */
const MAX_NAME = 64 * 1024;

/**
 * Opens a tar archive packed with gzip: a package of npm. It can only be walked through from its beginning: files that are asked for in
 * their order are read in one walk.
 */
export async function openTarball(path: string): Promise<Archive> {
  const { size } = await stat(path);
  const places = new Map<string, number>();
  const files: ArchiveFile[] = [];
  for await (const { file, skip } of entriesOf(path, size)) {
    if (places.has(file.path)) throw broken(`${quoted(file.path)} twice`, 'every file once');
    places.set(file.path, files.push(file) - 1);
    checkCount(files.length, path);
    await skip();
  }
  let walk: Walk | undefined;
  return {
    files,
    async *read(wanted) {
      const place = places.get(wanted.path)!;
      const own = walk !== undefined && walk.next <= place ? walk : new Walk(entriesOf(path, size));
      if (own !== walk) await walk?.close();
      walk = undefined; // until this file was read to its end
      try {
        yield* await own.contentOf(place);
        walk = own;
      } finally {
        if (walk !== own) await own.close();
      }
    },
    close: async () => walk?.close(),
  };
}

/** A walk through an archive, from one file to a later one. */
class Walk {
  readonly #entries: AsyncGenerator<TarEntry>;
  /** The place of the file that comes next. */
  next = 0;

  constructor(entries: AsyncGenerator<TarEntry>) {
    this.#entries = entries;
  }

  async contentOf(place: number): Promise<AsyncGenerator<Uint8Array>> {
    for (;;) {
      const { value, done } = await this.#entries.next();
      if (done === true) throw broken('another archive than before', 'the same');
      if (this.next++ === place) return value.content();
      await value.skip();
    }
  }

  async close(): Promise<void> {
    await this.#entries.return(undefined);
  }
}

interface TarEntry {
  readonly file: ArchiveFile;
  content(): AsyncGenerator<Uint8Array>;
  skip(): Promise<void>;
}

/** The regular files; folders are left out, links and devices are refused. */
async function* entriesOf(path: string, size: number): AsyncGenerator<TarEntry> {
  const input = new TarInput(path, size);
  try {
    let longName: string | undefined;
    for (let header = await input.header(); header !== undefined; header = await input.header()) {
      const { kind, bytes } = header;
      if (kind === 'x' || kind === 'L') longName = nameOf(await input.whole(bytes), kind);
      else if (kind === 'g' || kind === '5') await input.skip(bytes);
      else if (kind !== '0')
        throw broken(`an entry of kind ${quoted(kind)}, ${quoted(header.name)}`, 'files and folders');
      else {
        const file = { path: longName ?? header.name, bytes };
        longName = undefined;
        yield { file, content: () => input.pieces(bytes), skip: () => input.skip(bytes) };
      }
      if (kind === '5') longName = undefined;
    }
  } finally {
    input.close();
  }
}

/** A name that was too long for its header: as it is, or as `LENGTH path=NAME` among other facts. */
function nameOf(bytes: Uint8Array, kind: string): string | undefined {
  const text = new TextDecoder().decode(bytes);
  if (kind === 'L') return text.replace(/\0.*$/s, '');
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(text)?.[1];
}

/** The unpacked bytes of an archive, one after the other. */
class TarInput {
  readonly #stream: NodeJS.ReadableStream & { destroy(): void };
  readonly #iterator: AsyncIterator<Uint8Array>;
  readonly #packed: number;
  #rest = new Uint8Array();
  #total = 0;

  /** @param packed - Bytes of the archive. */
  constructor(path: string, packed: number) {
    this.#packed = packed;
    const gunzip = createGunzip();
    pipeline(createReadStream(path), gunzip, () => undefined); // an error comes out of the iterator too
    this.#stream = gunzip;
    this.#iterator = (gunzip as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  }

  close(): void {
    this.#stream.destroy();
  }

  async header(): Promise<{ name: string; kind: string; bytes: number } | undefined> {
    const block = await this.whole(BLOCK);
    if (block.every((byte) => byte === 0)) return undefined;
    const text = (start: number, length: number): string =>
      new TextDecoder('latin1').decode(block.subarray(start, start + length)).replace(/\0.*$/s, '');
    const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
    if (Number.parseInt(text(148, 8).trim(), 8) !== sum)
      throw broken('a header with another checksum', 'a tar archive');
    const size = text(124, 12).trim();
    if (!/^[0-7]{1,11}$/.test(size)) throw broken(`a size '${size}'`, 'digits from 0 to 7');
    const name = new TextDecoder().decode(
      block.subarray(0, block.indexOf(0) < 100 ? Math.max(block.indexOf(0), 0) : 100),
    );
    const prefix = text(257, 5) === 'ustar' ? text(345, 155) : '';
    const kind = text(156, 1);
    return {
      name: prefix === '' ? name : `${prefix}/${name}`,
      kind: kind === '' ? '0' : kind,
      bytes: Number.parseInt(size, 8),
    };
  }

  /** A part that is small: a header or a name. What fills its last block is left out. */
  async whole(length: number): Promise<Uint8Array> {
    if (length > MAX_NAME) throw broken(`a name of ${length} bytes`, `${MAX_NAME} at most`);
    const whole = new Uint8Array(length);
    let at = 0;
    for await (const piece of this.pieces(length)) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }

  async skip(length: number): Promise<void> {
    for await (const piece of this.pieces(length)) void piece;
  }

  async *pieces(length: number): AsyncGenerator<Uint8Array> {
    for (let left = length; left > 0;) {
      const piece = await this.#take(left);
      left -= piece.length;
      yield piece;
    }
    for (let left = (BLOCK - (length % BLOCK)) % BLOCK; left > 0;) left -= (await this.#take(left)).length;
  }

  async #take(most: number): Promise<Uint8Array> {
    while (this.#rest.length === 0) {
      const { value, done } = await this.#next();
      if (done === true) throw broken('an archive that breaks off', 'a whole one');
      this.#total += value.length;
      checkUnpacked(this.#total, this.#packed);
      this.#rest = value as Uint8Array<ArrayBuffer>;
    }
    const piece = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    try {
      return await this.#iterator.next();
    } catch (cause) {
      throw broken('bytes that do not unpack', 'a tar archive packed with gzip', cause);
    }
  }
}

function broken(got: string, expected: string, cause?: unknown): DataError {
  return new DataError(`${op}: the archive cannot be unpacked. Got ${got}; expected ${expected}. Fetch it again.`, {
    op,
    cause,
  });
}
