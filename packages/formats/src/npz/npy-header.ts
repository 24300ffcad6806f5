import { quote, refuse } from '../errors.ts';
import { TORCH_TYPES } from '../torch/storage.ts';
import type { TorchType } from '../torch/storage.ts';

/** What stands before the elements of an array. */
export interface NpyHeader {
  /** Undefined for elements that are no numbers of a dtype there is. */
  readonly type: TorchType | undefined;
  /** As NumPy writes it: `<f4`. */
  readonly descr: string;
  readonly shape: readonly number[];
  /** Whether the first axis is the one whose elements are neighbours. */
  readonly isFortran: boolean;
  /** Where the elements begin. */
  readonly offset: number;
}

const op = 'openNpz';
/** NumPy itself refuses headers beyond 10,000 characters. */
export const MAX_NPY_HEADER = 1 << 14;
const PREFIX = 12;
const MAX_AXES = 64;
const MAX_SIZE = 2 ** 31 - 1;

/** Names of NumPy's types without the order of bytes; a single byte has none. */
const TYPES: Readonly<Record<string, string>> = {
  '<f4': 'float32',
  '<f8': 'float64',
  '<f2': 'float16',
  '<i8': 'int64',
  '<i4': 'int32',
  '<i2': 'int16',
  '<u4': 'uint32',
  '<u2': 'uint16',
  '|u1': 'uint8',
  '|i1': 'int8',
  '|b1': 'bool',
};

/** Reads the header of a `.npy` file, of whose bytes at least {@link MAX_NPY_HEADER} are given, or all. */
export function readNpyHeader(name: string, bytes: Uint8Array): NpyHeader {
  const wrong = (problem: string, got: string, expected: string): never =>
    refuse({ op, problem: `${quote(name)} ${problem}`, got, expected });
  const latin = (from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));
  if (bytes.length < PREFIX || latin(0, 6) !== '\u0093NUMPY') {
    return wrong('is no array of NumPy', JSON.stringify(latin(0, 6)), 'a file that begins with \\x93NUMPY');
  }
  const version = bytes[6]!;
  if (version < 1 || version > 3) wrong('has a version that is not known', `${version}`, '1, 2 or 3');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [start, length] = version === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  const offset = start + length;
  if (offset > Math.min(bytes.length, MAX_NPY_HEADER))
    wrong('has a header that does not end', `${length} bytes`, `at most ${Math.min(bytes.length, MAX_NPY_HEADER)}`);
  const text = latin(start, offset);
  const order = /'fortran_order': ?(True|False)/.exec(text)?.[1];
  const sizes = /'shape': ?\(([\dL, ]*)\)/.exec(text)?.[1];
  if (order === undefined || sizes === undefined)
    return wrong('has a header that is not understood', quote(text), "{'descr', 'fortran_order', 'shape'}");
  const shape = sizes
    .split(',')
    .filter((size) => size.trim() !== '')
    .map((size) => Number(size.trim().replace(/L$/, '')));
  if (shape.length > MAX_AXES || !shape.every((size) => Number.isInteger(size) && size <= MAX_SIZE))
    wrong(
      'has a shape that does not fit',
      `(${sizes})`.slice(0, 80),
      `at most ${MAX_AXES} axes of at most ${MAX_SIZE}`,
    );
  // Records and objects have another form: they are no tensors.
  const descr = /'descr': ?'([^']{1,40})'/.exec(text)?.[1] ?? 'a record';
  const type = Object.hasOwn(TYPES, descr) ? TORCH_TYPES[TYPES[descr]!] : undefined;
  return { type, descr, shape, isFortran: order === 'True', offset };
}
