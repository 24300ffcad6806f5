import { DataError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';

/** Typed arrays that an IDX file can hold. */
export type IdxData = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** The contents of an IDX file. */
export interface IdxArray {
  readonly data: IdxData;
  readonly shape: readonly number[];
  readonly dtype: 'uint8' | 'int8' | 'int16' | 'int32' | 'float32' | 'float64';
}

interface IdxType {
  readonly dtype: IdxArray['dtype'];
  readonly bytes: number;
  readonly read: (view: DataView, offset: number, count: number) => IdxData;
}

/** Element types by the third byte of the magic number. Numbers are big-endian. */
const TYPES: Readonly<Record<number, IdxType>> = {
  0x08: {
    dtype: 'uint8',
    bytes: 1,
    read: (view, at, n) => new Uint8Array(view.buffer, view.byteOffset + at, n).slice(),
  },
  0x09: { dtype: 'int8', bytes: 1, read: (view, at, n) => new Int8Array(view.buffer, view.byteOffset + at, n).slice() },
  0x0b: { dtype: 'int16', bytes: 2, read: (view, at, n) => fill(new Int16Array(n), (i) => view.getInt16(at + 2 * i)) },
  0x0c: { dtype: 'int32', bytes: 4, read: (view, at, n) => fill(new Int32Array(n), (i) => view.getInt32(at + 4 * i)) },
  0x0d: {
    dtype: 'float32',
    bytes: 4,
    read: (view, at, n) => fill(new Float32Array(n), (i) => view.getFloat32(at + 4 * i)),
  },
  0x0e: {
    dtype: 'float64',
    bytes: 8,
    read: (view, at, n) => fill(new Float64Array(n), (i) => view.getFloat64(at + 8 * i)),
  },
};

function fill<T extends Exclude<IdxData, Uint8Array | Int8Array>>(out: T, value: (i: number) => number): T {
  for (let i = 0; i < out.length; i++) out[i] = value(i);
  return out;
}

/** More axes than any data set uses; the format would allow 255. */
const MAX_AXES = 8;

/**
 * Reads the IDX format of MNIST and its relatives: magic number, sizes, then numbers in row-major order.
 *
 * The input is not trusted: the sizes must account for every byte, so memory stays within the size of the input.
 * Unpack `.gz` files first, or use `loadIdxFolder` of `@gai/data/node`.
 *
 * @param bytes - The whole file, uncompressed.
 * @param options.name - How error messages call the file. Default `input`.
 * @returns A copy of the numbers in the byte order of the machine.
 * @throws {@link DataError} if the magic number, type, sizes or length are wrong.
 * @example
 * const bytes = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1);
 * const labels = parseIdx(bytes);
 * labels.shape; // => [3]
 * labels.data; // => [7, 2, 1]
 * @see http://yann.lecun.com/exdb/mnist/
 * @category Formats
 */
export function parseIdx(bytes: Uint8Array, options: { readonly name?: string } = {}): IdxArray {
  checkOptionNames('parseIdx', options, ['name']);
  const { name = 'input' } = options;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { type, axes } = readMagic(view, name);
  const header = 4 + 4 * axes;
  if (bytes.length < header) throw wrongLength(name, bytes.length, `at least ${header} for ${axes} sizes`);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = shape.reduce((product, size) => product * size, 1);
  const expected = header + count * type.bytes;
  if (bytes.length !== expected)
    throw wrongLength(name, bytes.length, `${expected} for ${type.dtype} [${shape.join(',')}]`);
  return { data: type.read(view, header, count), shape, dtype: type.dtype };
}

function readMagic(view: DataView, name: string): { type: IdxType; axes: number } {
  if (view.byteLength < 4) throw wrongLength(name, view.byteLength, 'at least 4 for the magic number');
  const magic = view.getUint32(0);
  const type = TYPES[view.getUint8(2)];
  const axes = view.getUint8(3);
  if (magic >>> 16 === 0 && type && axes >= 1 && axes <= MAX_AXES) return { type, axes };
  const hint = magic >>> 16 === 0x1f8b ? 'It is gzip: unpack it first.' : 'Check that it is an IDX file.';
  throw new DataError(
    `parseIdx: ${name} has a wrong magic number. Got 0x${magic.toString(16).padStart(8, '0')}; expected 0x0000TTAA with ` +
      `type TT one of 08, 09, 0b … 0e and AA in 1 … ${MAX_AXES} axes. ${hint}`,
    { op: 'parseIdx', details: { name, magic } },
  );
}

function wrongLength(name: string, got: number, expected: string): DataError {
  return new DataError(
    `parseIdx: ${name} has a wrong length. Got ${got} bytes; expected ${expected}. It may be cut off: download it again.`,
    { op: 'parseIdx', details: { name, bytes: got } },
  );
}
