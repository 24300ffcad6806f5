import { GaiError, data } from '@gai/core';
import { describe, expect, it } from 'vitest';
import { openTorch } from '../src/index.ts';
import { openZip } from '../src/zip/index.ts';
import { describeAll, expected, fixture } from './support.ts';

/** Bytes that are written one number after the other. */
class Writer {
  readonly #bytes: number[] = [];
  get length(): number {
    return this.#bytes.length;
  }
  number(value: number, bytes: 2 | 4 | 8): this {
    for (let at = 0; at < bytes; at += 1) this.#bytes.push(Math.floor(value / 256 ** at) % 256);
    return this;
  }
  append(bytes: Iterable<number>): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }
  done(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

interface Changes {
  readonly flags?: number;
  readonly disk?: number;
  readonly comment?: string;
  readonly extra?: Uint8Array;
  readonly local?: number;
}

/** An archive of stored files whose sizes and offsets all stand in the records of 64 bits. */
function zip64(files: ReadonlyMap<string, Uint8Array>, changes: Changes = {}): Uint8Array {
  const { flags = 0, disk = 0, comment = '', extra, local = 0x04034b50 } = changes;
  const [all, directory] = [new Writer(), new Writer()];
  for (const [name, content] of files) {
    const offset = all.length;
    all.number(local, 4).number(45, 2).number(flags, 2).append(new Uint8Array(18)).number(name.length, 2).number(3, 2);
    all.append(text(name)).append([1, 2, 3]).append(content);
    const large = new Writer().number(1, 2).number(24, 2).number(content.length, 8).number(content.length, 8);
    const own = extra ?? Uint8Array.of(9, 9, 2, 0, 7, 7, ...large.number(offset, 8).done());
    directory.number(0x02014b50, 4).number(45, 2).number(45, 2).number(flags, 2).number(0, 2).append(new Uint8Array(8));
    directory.number(0xffffffff, 4).number(0xffffffff, 4).number(name.length, 2).number(own.length, 2);
    directory.append(new Uint8Array(10)).number(0xffffffff, 4).append(text(name)).append(own);
  }
  const start = all.length;
  all.append(directory.done());
  const end = all.length;
  all.number(0x06064b50, 4).number(44, 8).number(45, 2).number(45, 2).number(disk, 4).number(0, 4);
  all.number(files.size, 8).number(files.size, 8).number(directory.length, 8).number(start, 8);
  all.number(0x07064b50, 4).number(0, 4).number(end, 8).number(1, 4);
  all.number(0x06054b50, 4).number(0, 4).append(new Uint8Array(12).fill(0xff)).number(comment.length, 2);
  return all.append(text(comment)).done();
}

const files = new Map([
  ['a.txt', text('hello')],
  ['b/c', new Uint8Array()],
]);

describe('archives of 64 bits', () => {
  it.each(['', 'a comment'])('are read, with the comment %j', async (comment) => {
    const archive = await openZip(zip64(files, { comment }));
    expect([...archive.entries.keys()]).toEqual(['a.txt', 'b/c']);
    expect(await archive.read(archive.entries.get('a.txt')!)).toEqual(text('hello'));
    expect(await archive.read(archive.entries.get('b/c')!)).toEqual(new Uint8Array());
  });

  it('hold a checkpoint as well', async () => {
    const archive = await openZip(fixture('zip.pt'));
    const copied = new Map<string, Uint8Array>();
    for (const [name, entry] of archive.entries) copied.set(name, await archive.read(entry));
    const { tensors } = await openTorch(zip64(copied));
    expect(await describeAll(tensors)).toEqual(expected['zip.pt']);
  });
});

describe('what is refused', () => {
  const broken = zip64(files);
  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), 'not a whole zip archive'],
    ['an archive cut off', broken.subarray(0, -5), 'not a whole zip archive'],
    ['an encrypted entry', zip64(files, { flags: 1 }), 'an encrypted entry'],
    ['a split archive', zip64(files, { disk: 2 }), 'a split archive'],
    ['no numbers of 64 bits', zip64(files, { extra: new Uint8Array(4) }), 'the list of files breaks off'],
    [
      'numbers beyond 2^53',
      zip64(files, { extra: new Uint8Array(28).fill(255).fill(0, 1, 4).fill(24, 2, 3).fill(1, 0, 1) }),
      'breaks off',
    ],
    [
      'a directory that is not there',
      broken.map((byte, at) => (at === broken.length - 22 - 20 - 8 ? byte ^ 0xff : byte)),
      'the list of files',
    ],
  ])('%s', async (_, bytes, message) => {
    const opened = openZip(bytes);
    await expect(opened).rejects.toThrow(message);
    await expect(opened).rejects.toSatisfy(GaiError.isInstance);
  });

  it('an entry without a header of its own', async () => {
    const archive = await openZip(zip64(files, { local: 1 }));
    await expect(archive.read(archive.entries.get('a.txt')!)).rejects.toThrow("'a.txt' has no header");
  });
});

describe('reading from a source', () => {
  /** A source that counts what is read. */
  function counting(bytes: Uint8Array): {
    size: number;
    read: (offset: number, length: number) => Promise<Uint8Array>;
    total: number;
  } {
    const source = {
      size: bytes.length,
      total: 0,
      read: async (offset: number, length: number) => {
        source.total += length;
        return bytes.slice(offset, offset + length);
      },
    };
    return source;
  }

  it('a checkpoint is opened without its weights, and one tensor is read alone', async () => {
    const archive = await openZip(fixture('zip.pt'));
    const padded = new Map<string, Uint8Array>();
    for (const [name, entry] of archive.entries) padded.set(name, await archive.read(entry));
    padded.set('zip/unused', new Uint8Array(300_000));
    const source = counting(zip64(padded));
    const { tensors } = await openTorch(source);
    const opened = source.total;
    expect(opened).toBeLessThan(90_000); // the last 64 KiB, the list of files and the pickle
    await data(tensors['dtype.float64']!);
    expect(source.total - opened).toBe(3 * 5 * 8);
  });

  it('a source that gives too few bytes is refused', async () => {
    const bytes = fixture('zip.pt');
    const read = async (offset: number, length: number): Promise<Uint8Array> =>
      bytes.slice(offset, offset + length - 1);
    await expect(openTorch({ size: bytes.length, read })).rejects.toThrow('a read came back short');
  });
});
