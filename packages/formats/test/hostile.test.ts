import { GaiError, data } from '@gai/core';
import type { Tensor } from '@gai/core';
import { describe, expect, it } from 'vitest';
import { openGguf, openTorch } from '../src/index.ts';
import type { Source } from '../src/index.ts';
import { LEGACY_HEAD, fixture, mulberry32 } from './support.ts';

const MUTATIONS = process.env['GAI_FULL'] === '1' ? 10_000 : 300;
/** No tensor of the fixtures is larger; a changed one that is would not be read here. */
const MAX_READ = 1 << 20;

const readers: Readonly<Record<string, (source: Source) => Promise<{ tensors: Readonly<Record<string, Tensor>> }>>> = {
  'zip.pt': openTorch,
  'legacy.pt': openTorch,
  'protocol4.pt': openTorch,
  'nested.pt': (source) => openTorch(source, { key: '' }),
  'nested-legacy.pt': (source) => openTorch(source, { key: '' }),
  'types.gguf': openGguf,
};

/** Numbers that lengths, counts and instructions break on. */
const BYTES = [0, 1, 2, 0x28, 0x2e, 0x52, 0x63, 0x71, 0x7f, 0x80, 0x95, 0xff];

function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const where = (): number => Math.floor(random() * copy.length);
  const action = random();
  if (action < 0.45) {
    for (let times = 0; times <= random() * 4; times += 1) copy[where()] = BYTES[Math.floor(random() * BYTES.length)]!;
  } else if (action < 0.65) copy[where()]! ^= 1 << Math.floor(random() * 8);
  else if (action < 0.75) return copy.subarray(0, where());
  else if (action < 0.85) copy.copyWithin(where(), where(), where());
  else {
    const at = where();
    copy.fill(random() < 0.5 ? 0xff : 0, at, at + 8);
  }
  return copy;
}

it.each(Object.keys(readers))(
  `${MUTATIONS} changed copies of %s give tensors or an error that says why`,
  async (name) => {
    const random = mulberry32(7);
    const original = fixture(name);
    let refused = 0;
    for (let count = 0; count < MUTATIONS; count += 1) {
      const changed = mutate(original, random);
      try {
        const { tensors } = await readers[name]!(changed);
        for (const tensor of Object.values(tensors)) {
          const elements = tensor.shape.reduce<number>((product, size) => product * Number(size), 1);
          if (elements <= MAX_READ) expect((await data(tensor)).length).toBe(elements);
        }
      } catch (error) {
        if (!GaiError.isInstance(error)) throw error;
        expect(error.message).toMatch(/^open(Torch|Gguf): .+\. Got .+; expected .+\./s);
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(MUTATIONS / 10);
    expect(refused).toBeLessThan(MUTATIONS);
  },
  1_800_000,
);

const text = (value: string): number[] => [...new TextEncoder().encode(value)];
const unicode = (value: string): number[] => [0x58, value.length, 0, 0, 0, ...text(value)];

/** The end of the object, and an empty list of storages. */
const TAIL = [0x2e, 0x80, 2, 0x5d, 0x2e];

/** A file of the old format around instructions. */
const legacy = (...instructions: readonly number[]): Uint8Array =>
  Uint8Array.from([...LEGACY_HEAD, ...instructions, ...TAIL]);

const call = (name: string, ...args: readonly number[]): number[] => [...text(`c${name}\n`), ...args, 0x85, 0x52];

describe('files that ask for more than data', () => {
  it.each<[string, readonly number[], string]>([
    ['a shell', call('os\nsystem', ...unicode('true')), "is not plain data. Got 'os.system'"],
    ['posix', call('posix\nsystem', ...unicode('true')), "Got 'posix.system'"],
    ['eval', call('builtins\neval', ...unicode('1')), "Got 'builtins.eval'"],
    ['getattr', call('builtins\ngetattr', ...unicode('x')), "Got 'builtins.getattr'"],
    ['a name of Object.prototype', text('cconstructor\nconstructor\n'), "Got 'constructor.constructor'"],
    ['__proto__', text('c__proto__\n__proto__\n'), "Got '__proto__.__proto__'"],
    ['a pickle in a pickle', call('torch.storage\n_load_from_bytes', ...unicode('x')), '_load_from_bytes'],
    ['a class that is only named', call('torch\nFloatStorage', 0x4e), 'no way to make a value'],
    ['an instance', [0x69, ...text('os\nsystem\n')], 'an instruction that is not for data. Got 0x69'],
    ['an object', [0x28, ...text('cos\nsystem\n'), 0x6f], "Got 'os.system'"],
    ['an extension', [0x82, 1], 'an instruction that is not for data. Got 0x82'],
    ['a persistent id as text', [0x50, ...text('x\n')], 'Got 0x50'],
    ['keyword arguments', [...text('ccollections\nOrderedDict\n'), 0x29, 0x7d, 0x92], 'Got 0x92'],
    ['a state for a list', [0x5d, 0x7d, 0x62], 'a state for what has none'],
    ['an empty stack', [0x30], 'the stack is empty'],
    ['what was not remembered', [0x68, 7], 'nothing is remembered as 7'],
    ['a mark that is missing', [0x74], 'a mark is missing'],
    ['a key without a value', [0x7d, 0x28, 0x4b, 1, 0x75], 'a key without a value'],
    ['a list as key', [0x7d, 0x5d, 0x4b, 1, 0x73], 'a key that is none'],
    ['a number of 2^24 bytes', [0x8b, 0, 0, 0, 1], 'a number that is too long'],
    ['two values', [0x4e, 0x4e], 'values are left over'],
    ['no text', [0x58, 1, 0, 0, 0, 0xff], 'text that is not text'],
    ['no tensors', [0x7d], 'no tensors. Got none in the file'],
    ['a list in itself', [0x5d, 0x71, 0, 0x68, 0, 0x61], 'containers in one another without end'],
  ])('%s', async (_, instructions, message) => {
    const opened = openTorch(legacy(...instructions));
    await expect(opened).rejects.toThrow(message);
    await expect(opened).rejects.toSatisfy(GaiError.isInstance);
  });

  it('lists that hold the one before them ten times, forty levels deep', async () => {
    const level = [0x28, ...Array.from({ length: 10 }, () => [0x68, 0]).flat(), 0x6c, 0x71, 0, 0x30];
    const bomb = [0x5d, 0x71, 0, 0x30, ...Array.from({ length: 40 }, () => level).flat(), 0x68, 0];
    await expect(openTorch(legacy(...bomb))).rejects.toThrow('the same ones again and again');
  });

  it('tuples 100,000 levels deep', async () => {
    const deep = new Uint8Array(100_000).fill(0x85);
    await expect(openTorch(Uint8Array.from([...LEGACY_HEAD, 0x4e, ...deep, ...TAIL]))).rejects.toThrow(
      'over 64 levels',
    );
  });
});

describe('sizes that are not there', () => {
  /** A header with one tensor and nothing behind it. */
  function gguf({ count = 1n, dims = [4n], type = 0, offset = 0n, version = 3 } = {}): Uint8Array {
    const bytes = new DataView(new ArrayBuffer(256));
    let at = 0;
    const u32 = (value: number): void => bytes.setUint32((at += 4) - 4, value, true);
    const u64 = (value: bigint): void => bytes.setBigUint64((at += 8) - 8, value, true);
    u32(0x46554747);
    u32(version);
    u64(count);
    u64(0n);
    u64(1n);
    bytes.setUint8(at, 0x77);
    at += 1;
    u32(dims.length);
    for (const size of dims) u64(size);
    u32(type);
    u64(offset);
    return new Uint8Array(bytes.buffer);
  }

  /** A file long enough for so many tensors without elements. */
  function many(count: number): Uint8Array {
    const bytes = new Uint8Array(24 * (count + 1));
    bytes.set(gguf({ count: BigInt(count) }).subarray(0, 24));
    return bytes;
  }

  it.each<[string, Uint8Array, string]>([
    ['2^60 tensors', gguf({ count: 2n ** 60n }), 'too many tensors'],
    ['more tensors than any model has', many(2 ** 18 + 1), 'too many tensors. Got 262145; expected at most 262144'],
    ['a tensor beyond the end', gguf({ dims: [1000n] }), 'does not lie in the file'],
    ['an offset beyond the end', gguf({ offset: 2n ** 40n }), 'does not lie in the file'],
    ['an offset of 2^64', gguf({ offset: 2n ** 64n - 32n }), 'does not lie in the file'],
    ['a crooked offset', gguf({ offset: 3n }), 'does not lie in the file'],
    ['an axis of 2^63', gguf({ dims: [2n ** 63n] }), 'is too large'],
    ['an overflow', gguf({ dims: [2n ** 30n, 2n ** 30n, 2n ** 30n, 2n ** 30n] }), 'does not lie in the file'],
    ['five axes', gguf({ dims: [1n, 1n, 1n, 1n, 1n] }), 'too many axes'],
    ['half a block', gguf({ dims: [48n], type: 2 }), 'no whole blocks'],
    ['an unknown type', gguf({ type: 999 }), 'unknown element type'],
    ['version 1', gguf({ version: 1 }), 'no such version'],
    ['big-endian numbers', gguf({ version: 0x03000000 }), 'big-endian'],
    ['an empty file', new Uint8Array(), 'too short'],
    ['a checkpoint of torch', fixture('zip.pt'), 'not a GGUF file'],
  ])('%s', async (_, bytes, message) => {
    await expect(openGguf(bytes)).rejects.toThrow(message);
    await expect(openGguf(bytes)).rejects.toSatisfy(GaiError.isInstance);
  });

  it('a source that is none', async () => {
    await expect(openGguf('model.gguf' as unknown as Uint8Array)).rejects.toThrow(
      'openGguf: not a source of bytes. Got string',
    );
  });
});
