import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DTYPE_NAMES, allocate, bytesPerElement } from '../dtype.ts';
import type { DType } from '../dtype.ts';
import type { HostTensor } from '../backend/backend.ts';
import { toNumber } from '../number.ts';
import { concatBytes, readSafetensors, writeSafetensors } from './safetensors.ts';

const bytesOf = ({ data }: HostTensor): number[] => [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];

/** A tensor whose bytes are 1, 2, 3, … */
function counting(dtype: DType, shape: readonly number[]): HostTensor {
  const data = allocate(
    dtype,
    shape.reduce((product, size) => product * size, 1),
  );
  const bytes = new Uint8Array(data.buffer);
  bytes.forEach((_, index) => (bytes[index] = dtype === 'bool' ? index % 2 : (index + 1) % 256));
  return { dtype, shape, data };
}

describe('a round trip', () => {
  it.each(DTYPE_NAMES)('keeps every bit of %s', (dtype) => {
    const tensors = new Map([
      ['matrix', counting(dtype, [3, 5])],
      ['scalar', counting(dtype, [])],
      ['none', counting(dtype, [0, 4])],
    ]);
    const read = readSafetensors(concatBytes(writeSafetensors(tensors)));
    expect([...read.tensors.keys()].sort()).toEqual(['matrix', 'none', 'scalar']);
    for (const [name, tensor] of tensors) {
      expect(read.tensors.get(name)).toMatchObject({ dtype, shape: tensor.shape });
      expect(bytesOf(read.tensors.get(name)!)).toEqual(bytesOf(tensor));
    }
  });

  it('keeps metadata, awkward names, and files without any tensor', () => {
    const metadata = new Map([
      ['format', 'gai'],
      ['note', 'zwölf "Wörter"\n'],
      ['__proto__', 'x'],
      ['', ''],
    ]);
    const names = ['a.b.c', '0', 'toString', 'ü/"\\', '\ud800', ' '];
    const tensors = new Map(names.map((name) => [name, counting('float32', [2])]));
    const read = readSafetensors(concatBytes(writeSafetensors(tensors, metadata)));
    expect(read.metadata).toEqual(metadata);
    expect([...read.tensors.keys()].sort()).toEqual([...names].sort());
    expect(readSafetensors(concatBytes(writeSafetensors(new Map())))).toEqual({
      tensors: new Map(),
      metadata: new Map(),
    });
  });

  it('keeps what a view of a larger memory shows, and no more', () => {
    const data = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    const read = readSafetensors(
      concatBytes(writeSafetensors(new Map([['v', { dtype: 'float32', shape: [2], data }]]))),
    );
    expect(read.tensors.get('v')!.data).toEqual(Float32Array.of(2, 3));
  });

  it('aligns every tensor, so that reading copies nothing', () => {
    const shapes: [DType, number[]][] = [
      ['uint8', [3]],
      ['float64', [1]],
      ['float16', [3]],
      ['bool', [1]],
      ['int32', [1]],
      ['int64', [2]],
    ];
    const tensors = new Map(
      shapes.map(([dtype, shape]) => [`${dtype} of a name of odd length`, counting(dtype, shape)]),
    );
    const file = concatBytes(writeSafetensors(tensors));
    for (const { data } of readSafetensors(file).tensors.values()) {
      expect(data.buffer).toBe(file.buffer);
      expect(data.byteOffset % data.BYTES_PER_ELEMENT).toBe(0);
    }
  });

  it.each(['Uint8Array', 'Buffer'])('reads a file that lies askew in memory (%s)', (kind) => {
    const file = concatBytes(writeSafetensors(new Map([['w', counting('float64', [2])]])));
    const memory = kind === 'Buffer' ? Buffer.alloc(file.length + 3) : new Uint8Array(file.length + 3);
    for (let skew = 0; skew < 4; skew++) {
      memory.set(file, skew);
      const read = readSafetensors(memory.subarray(skew, skew + file.length));
      expect(bytesOf(read.tensors.get('w')!)).toEqual(bytesOf(counting('float64', [2])));
    }
  });
});

describe('writeSafetensors', () => {
  const refused: [string, string, HostTensor, string][] = [
    ['metadata as a name', '__metadata__', counting('float32', [1]), 'reserved name'],
    ['a prototype as a name', '__proto__', counting('float32', [1]), 'reserved name'],
    ['too few elements', 'w', { ...counting('float32', [1]), shape: [2] }, 'does not fill its shape'],
    ['an array of another dtype', 'w', { ...counting('float32', [1]), dtype: 'int32' }, 'holds another dtype'],
  ];
  it.each(refused)('refuses %s', (_, name, tensor, message) => {
    expect(() => writeSafetensors(new Map([[name, tensor]]))).toThrow(message);
  });

  it('refuses metadata that no reader would take', () => {
    for (const entry of [
      ['epoch', 5],
      ['a', null],
      [5, 'a'],
    ]) {
      const metadata = new Map([entry as [string, string]]);
      expect(() => writeSafetensors(new Map(), metadata)).toThrow('metadata is not text. Got ');
    }
  });

  it('is the same file for the same tensors in any order', () => {
    const entries: [string, HostTensor][] = [
      ['b', counting('float32', [2])],
      ['a', counting('float32', [1])],
      ['c', counting('int64', [1])],
    ];
    const file = (order: number[]): Uint8Array =>
      concatBytes(writeSafetensors(new Map(order.map((index) => entries[index]!))));
    expect(file([0, 1, 2])).toEqual(file([2, 1, 0]));
  });
});

describe('a file that Python’s safetensors wrote', () => {
  const { tensors, metadata } = readSafetensors(
    readFileSync(new URL('../../test/fixtures/python.safetensors', import.meta.url)),
  );

  it('has its metadata and names', () => {
    expect(metadata).toEqual(
      new Map([
        ['format', 'np'],
        ['note', 'é'],
      ]),
    );
    expect(tensors.size).toBe(13);
  });

  it.each(DTYPE_NAMES)('has the numbers of %s', (dtype) => {
    const { data, shape } = tensors.get(dtype)!;
    const expected: Partial<Record<DType, number[]>> = {
      uint32: [0, 1, 4294967295],
      uint8: [0, 1, 255],
      bool: [0, 1, 1, 1, 1, 1],
      int64: [0, 1, -2, 3, 100, 0],
      int32: [0, 1, -2, 3, 100, 0],
      int8: [0, 1, -2, 3, 100, 0],
    };
    const numbers = expected[dtype] ?? [0, 1, -2, 3.5, 100, -0.25];
    expect(Array.from(data as ArrayLike<number | bigint>, (element) => toNumber(element, dtype))).toEqual(numbers);
    expect(shape).toEqual(numbers.length === 6 ? [2, 3] : [3]);
    expect(data.BYTES_PER_ELEMENT).toBe(bytesPerElement(dtype));
  });

  it('has a scalar, an empty tensor and a name beyond ASCII', () => {
    expect(tensors.get('scalar')).toMatchObject({ shape: [], data: Float32Array.of(7) });
    expect(tensors.get('empty')).toMatchObject({ shape: [0, 3], data: new Float32Array() });
    expect(tensors.get('layer.0.weight ü')).toMatchObject({ shape: [2, 1], data: Float32Array.of(1, 2) });
  });
});
