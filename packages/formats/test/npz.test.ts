import { GaiError } from '@gai/core';
import { describe, expect, it } from 'vitest';
import { openNpz } from '../src/index.ts';
import { entrySource } from '../src/npz/entry-source.ts';
import { toByteSource } from '../src/source.ts';
import { openZip } from '../src/zip/open-zip.ts';
import { describeAll, fixture, mulberry32 } from './support.ts';
import type { Expected } from './support.ts';

const expected = JSON.parse(new TextDecoder().decode(fixture('npz.json'))) as Record<string, Expected>;

describe('what NumPy reads is read', () => {
  it('stored arrays, and what is no tensor is named', async () => {
    const { tensors, others } = await openNpz(fixture('arrays.npz'));
    const { zeros: _, ...rest } = expected;
    expect(await describeAll(tensors)).toEqual(rest);
    expect([...others]).toEqual([
      ['text', 'elements of type <U2'],
      ['objects', 'elements of type |O'],
      ['records', 'elements of type a record'],
    ]);
  });

  it('packed arrays', async () => {
    expect(await describeAll((await openNpz(fixture('packed.npz'))).tensors)).toEqual(expected);
  });
});

/** A zip archive of stored files. */
function zip(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const [parts, list] = [[] as Buffer[], [] as Buffer[]];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    for (const [into, at] of [
      [head, 18],
      [entry, 20],
    ] as const) {
      into.writeUInt32LE(content.length, at);
      into.writeUInt32LE(content.length, at + 4);
      into.writeUInt16LE(name.length, at + 8);
    }
    entry.writeUInt32LE(offset, 42);
    parts.push(head, Buffer.from(name), Buffer.from(content));
    list.push(entry, Buffer.from(name));
    offset += 30 + name.length + content.length;
  }
  const directory = Buffer.concat(list);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Uint8Array.from(Buffer.concat([...parts, directory, end]));
}

/** A `.npy` file with a header and so many bytes behind it. */
function npy(header: string, bytes: number, version = 1): Uint8Array {
  const head = Buffer.from(
    `\u0093NUMPY${String.fromCharCode(version, 0, header.length & 255, header.length >> 8)}`,
    'latin1',
  );
  return Uint8Array.from(Buffer.concat([head, Buffer.from(header, 'latin1'), Buffer.alloc(bytes)]));
}

const DICT = (descr: string, shape: string): string =>
  `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }`;

describe('what is refused', () => {
  it.each<[string, Uint8Array, string]>([
    ['no archive', Uint8Array.of(1, 2, 3), 'not a whole zip archive'],
    ['no array', zip({ 'a.npy': npy('', 0).fill(7) }), 'is no array of NumPy'],
    ['a later version', zip({ 'a.npy': npy(DICT('<f4', '2,'), 8, 9) }), 'a version that is not known'],
    ['another byte order', zip({ 'a.npy': npy(DICT('>f4', '2,'), 8) }), 'convert it with astype'],
    ['integers that no dtype holds', zip({ 'a.npy': npy(DICT('<u8', '1,'), 8) }), 'Got <u8'],
    ['too few elements', zip({ 'a.npy': npy(DICT('<f4', '3,'), 8) }), 'has another length'],
    ['too many elements', zip({ 'a.npy': npy(DICT('<f4', '1,'), 8) }), 'has another length'],
    [
      'an axis beyond 2^31',
      zip({ 'a.npy': npy(DICT('<f4', '99999999999, 99999999999'), 8) }),
      'a shape that does not fit',
    ],
    ['no shape', zip({ 'a.npy': npy("{'descr': '<f4'}", 8) }), 'a header that is not understood'],
    ['text alone', zip({ 'a.npy': npy(DICT('<U1', '2,'), 8) }), 'no arrays of numbers'],
    ['other files', zip({ 'readme.txt': Uint8Array.of(65) }), 'a file of another kind'],
    ['nothing', zip({}), 'no arrays of numbers. Got none'],
  ])('%s', async (_, bytes, message) => {
    await expect(openNpz(bytes)).rejects.toThrow(message);
    await expect(openNpz(bytes)).rejects.toSatisfy(GaiError.isInstance);
  });

  it.each(['arrays.npz', 'packed.npz'])(
    'an array of %s with another checksum than the archive states',
    async (name) => {
      const changed = Uint8Array.from(fixture(name));
      const entry = Buffer.from(changed.buffer).indexOf('PK\u0001\u0002');
      changed[entry + 16]! ^= 1;
      const read = async (): Promise<unknown> => describeAll((await openNpz(changed)).tensors);
      await expect(read()).rejects.toThrow(/^openNpz: '.+' is damaged. Got CRC-32 [0-9a-f]+; expected [0-9a-f]+. Get/);
    },
  );

  it('a stored array that is read piece by piece and has one other byte', async () => {
    const bytes = Uint8Array.from(fixture('arrays.npz'));
    const archive = await openZip(bytes);
    const entry = [...archive.entries.values()].toSorted((a, b) => b.size - a.size)[0]!;
    const content = await entrySource(archive, entry, toByteSource(bytes, 'test'));
    const pieces = async (): Promise<void> => {
      for (let at = 128; at < entry.size; at += 10) await content.read(at, Math.min(10, entry.size - at));
    };
    await pieces();
    await pieces(); // Again, from the beginning.
    bytes[(await archive.dataOffset(entry)) + 131]! ^= 1;
    await expect(pieces()).rejects.toThrow(/is damaged. Got CRC-32/);
  });

  it('a name like that of a prototype is a name', async () => {
    const { tensors } = await openNpz(zip({ '__proto__.npy': npy(DICT('<f4', '2,'), 8) }));
    expect(Object.keys(tensors)).toEqual(['__proto__']);
  });

  it.each(['arrays.npz', 'packed.npz'])('changed copies of %s give tensors or an error that says why', async (name) => {
    const random = mulberry32(3);
    const original = fixture(name);
    let refused = 0;
    for (let count = 0; count < 100; count += 1) {
      const changed = Uint8Array.from(original);
      for (let times = 0; times <= count % 4; times += 1)
        changed[Math.floor(random() * changed.length)] = random() * 256;
      try {
        const { tensors } = await openNpz(changed);
        const found = await describeAll(tensors);
        // By the checksum it is read as it was, though its name may be another.
        for (const key of Object.keys(found)) if (key in expected) expect(found[key]).toEqual(expected[key]);
      } catch (error) {
        if (!GaiError.isInstance(error)) throw error;
        expect(error.message).toMatch(/^openNpz: .+\. Got .+; expected .+\./s);
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(10);
    expect(refused).toBeLessThan(100);
  });
});
