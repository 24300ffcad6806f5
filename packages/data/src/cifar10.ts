import { DataError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';

/** The contents of one file of CIFAR-10's binary version. */
export interface Cifar10Rows {
  /** `[images, 3, 32, 32]`, uint8: red, green, blue planes, row by row. */
  readonly data: Uint8Array;
  readonly shape: readonly [images: number, channels: 3, height: 32, width: 32];
  /** `[images]`, 0 … 9. */
  readonly labels: Int32Array;
}

const PIXELS = 3 * 32 * 32;
/** A label and its pixels. */
const ROW = 1 + PIXELS;
const CLASSES = 10;

/**
 * Reads the binary version of CIFAR-10: rows of one label byte and 3,072 pixel bytes.
 *
 * The input is not trusted: the length must be a whole number of rows and every label one of the ten, so memory stays
 * within the size of the input. Unpack `.gz` files first, or use `loadCifar10` of `@gai/data/node`.
 *
 * @param bytes - The whole file.
 * @param options.name - How error messages call the file. Default `input`.
 * @returns A copy of the pixels and labels.
 * @throws {@link DataError} if the length or a label is wrong.
 * @example
 * const file = new Uint8Array(2 * 3073);
 * file[3073] = 9; // the second label
 * const { shape, labels } = parseCifar10(file);
 * shape; // => [2, 3, 32, 32]
 * labels; // => [0, 9]
 * @see https://www.cs.toronto.edu/~kriz/cifar.html
 * @category Formats
 */
export function parseCifar10(bytes: Uint8Array, options: { readonly name?: string } = {}): Cifar10Rows {
  checkOptionNames('parseCifar10', options, ['name']);
  const { name = 'input' } = options;
  const count = bytes.length / ROW;
  if (count === 0 || !Number.isInteger(count)) throw wrongLength(name, bytes.length);
  const data = new Uint8Array(count * PIXELS);
  const labels = new Int32Array(count);
  for (let image = 0; image < count; image++) {
    const at = image * ROW;
    const label = bytes[at]!;
    if (label >= CLASSES) throw wrongLabel(name, image, label);
    labels[image] = label;
    data.set(bytes.subarray(at + 1, at + ROW), image * PIXELS);
  }
  return { data, shape: [count, 3, 32, 32], labels };
}

function wrongLength(name: string, length: number): DataError {
  return new DataError(
    `parseCifar10: ${name} has a wrong length. Got ${length} bytes; expected 1 or more rows of ${ROW}. It may be cut ` +
      `off, packed, or another version: take the binary version of CIFAR-10 and unpack it.`,
    { op: 'parseCifar10', details: { name, bytes: length } },
  );
}

function wrongLabel(name: string, image: number, label: number): DataError {
  return new DataError(
    `parseCifar10: a label of ${name} is out of range. Got ${label} in row ${image}; expected 0 … ${CLASSES - 1}. The ` +
      `file is damaged or not CIFAR-10: download it again.`,
    { op: 'parseCifar10', details: { name, row: image, label } },
  );
}
