import { checkOptionNames } from '../argument.ts';
import { ArgumentError, DataError } from '../errors.ts';
import type { QuantizedWeight } from '../ops/quantized-weight.ts';
import { hostLeaf } from '../trace/literal.ts';
import { fromFloat16Bits } from '../number.ts';

/** The formats of llama.cpp's files (GGUF) that are blocks of 4 or 8 bits with one scale. */
export type GgmlType = 'Q4_0' | 'Q4_1' | 'Q8_0';

/** Numbers of a block in all these formats. */
const BLOCK = 32;

/** Bytes before the codes: a float16 scale, and a float16 minimum where there is one. */
const FORMATS: Readonly<Record<GgmlType, { readonly bits: 4 | 8; readonly hasMinimum: boolean }>> = {
  Q4_0: { bits: 4, hasMinimum: false },
  Q4_1: { bits: 4, hasMinimum: true },
  Q8_0: { bits: 8, hasMinimum: false },
};

/**
 * A quantized weight from the blocks of a GGUF file, number for number: every code, and every scale and minimum as float32.
 *
 * The halves of a block are interleaved on the way (GGUF has number i beside number i + 16, here it is beside its
 * neighbour), signed bytes get the middle added, and a minimum becomes an offset.
 * @param bytes - The tensor's bytes in the file.
 * @param options.type - The tensor's format in the file.
 * @param options.rows - Number of rows, the last size that GGUF lists.
 * @param options.columns - Length of a row, the first size that GGUF lists: a multiple of 32.
 * @throws {@link DataError} if there are too few or too many bytes.
 * @example
 * const block = new Uint8Array(34).fill(1, 2); // A scale of 0, and 32 times the code 1.
 * ggmlWeight(block, { type: 'Q8_0', rows: 1, columns: 32 }).packed.shape; // => [1, 1, 32]
 * @category Quantized weights
 */
export function ggmlWeight(
  bytes: Uint8Array,
  options: { readonly type: GgmlType; readonly rows: number; readonly columns: number },
): QuantizedWeight {
  checkOptionNames('ggmlWeight', options, ['type', 'rows', 'columns']);
  const { type, rows, columns } = options;
  const format = Object.hasOwn(FORMATS, type) ? FORMATS[type] : undefined;
  if (format === undefined || !isSize(rows) || !isSize(columns) || columns % BLOCK !== 0) {
    throw new ArgumentError(
      `ggmlWeight: no such weight. Got ${String(type)} with ${String(rows)} rows of ${String(columns)}; expected one of ` +
        `${Object.keys(FORMATS).join(', ')}, whole numbers, and a multiple of ${BLOCK}.`,
      { op: 'ggmlWeight', details: { type, columns } },
    );
  }
  const { bits, hasMinimum } = format;
  const count = (rows * columns) / BLOCK;
  const head = hasMinimum ? 4 : 2;
  const size = (BLOCK * bits) / 8;
  checkLength(bytes, count * (head + size), type);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packed = new Uint8Array(count * size);
  const scales = new Float32Array(count);
  const offsets = new Float32Array(hasMinimum ? count : 0);
  for (let at = 0; at < count; at += 1) {
    const start = at * (head + size);
    scales[at] = fromFloat16Bits(view.getUint16(start, true));
    if (hasMinimum) offsets[at] = fromFloat16Bits(view.getUint16(start + 2, true)) + scales[at]! * 2 ** (bits - 1);
    const codes = bytes.subarray(start + head, start + head + size);
    if (bits === 4) interleave(codes, packed.subarray(at * size));
    else for (let byte = 0; byte < size; byte += 1) packed[at * size + byte] = codes[byte]! ^ 0x80;
  }
  const shape = [rows, columns / BLOCK];
  return {
    packed: hostLeaf(packed, { dtype: 'uint8', shape: [...shape, size] }, false),
    scales: hostLeaf(scales, { dtype: 'float32', shape }, false),
    ...(hasMinimum ? { offsets: hostLeaf(offsets, { dtype: 'float32', shape }, false) } : {}),
    bits,
    block: BLOCK,
    columns,
  };
}

const isSize = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

function checkLength(bytes: Uint8Array, expected: number, type: GgmlType): void {
  if (bytes.length === expected) return;
  throw new DataError(
    `ggmlWeight: the bytes do not fill the weight. Got ${bytes.length}; expected ${expected} for ${type} of this size.`,
    { op: 'ggmlWeight', details: { bytes: bytes.length, expected } },
  );
}

/** Byte i holds the codes i (lower half) and i + 16; ours the codes 2i and 2i + 1. */
function interleave(codes: Uint8Array, into: Uint8Array): void {
  const code = (at: number): number => (at < BLOCK / 2 ? codes[at]! & 15 : codes[at - BLOCK / 2]! >> 4);
  for (let byte = 0; byte < BLOCK / 2; byte += 1) into[byte] = code(2 * byte) | (code(2 * byte + 1) << 4);
}
