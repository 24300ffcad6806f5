import { describeValue } from '../argument.ts';
import { dimEquals } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { isFloat } from '../dtype.ts';
import { ArgumentError, ShapeError } from '../errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { isTensor } from '../ir/tensor.ts';
import { formatShape, shapesEqual } from '../shape.ts';

/**
 * A matrix `[rows, columns]` kept as whole numbers of 4 or 8 bits, with a scale for each block of a row:
 * `w = (code − zero) · scale + offset`.
 *
 * A plain tree of tensors and numbers: it goes through `jit`, `mapTree` and the like as it is. The layout is that of ONNX
 * Runtime's `MatMulNBits`. Made by `quantizeWeight`, or from a file.
 * @category Quantized weights
 */
export interface QuantizedWeight {
  /**
   * uint8 `[rows, ⌈columns / block⌉, block · bits / 8]`. With 4 bits a byte holds two neighbours, the first in its lower
   * half. The last block of a row is full; what lies beyond `columns` is not read.
   */
  readonly packed: Tensor;
  /** `[rows, ⌈columns / block⌉]`, a float dtype. */
  readonly scales: Tensor;
  /**
   * The code that stands for 0 in each block, packed as the codes are: uint8 `[rows, ⌈blocks · bits / 8⌉]`. Default: the
   * middle, 2^(bits − 1).
   */
  readonly zeroPoints?: Tensor | undefined;
  /**
   * What is added to each block, `[rows, ⌈columns / block⌉]`, in place of zero points: for formats whose zero is no whole
   * number. A minimum `m` (GGUF: `w = scale · code + m`) is the offset `m + scale · 2^(bits − 1)`.
   */
  readonly offsets?: Tensor | undefined;
  /** Bits of a code. */
  readonly bits: 4 | 8;
  /** Neighbours in a row that share a scale: a power of two from 16 to 256. */
  readonly block: number;
  /** Length of a row. */
  readonly columns: number;
}

/** What the ops are told of a weight. */
export interface QuantizedAttrs {
  readonly bits: 4 | 8;
  readonly block: number;
  readonly columns: number;
}

/** Blocks of a row. */
export const blocksOf = ({ columns, block }: QuantizedAttrs): number => Math.ceil(columns / block);

/** Refuses bits, blocks and lengths that no weight has. */
export function checkQuantizedFormat(op: string, { bits, block, columns }: QuantizedAttrs): void {
  const isPower = Number.isInteger(block) && block >= 16 && block <= 256 && (block & (block - 1)) === 0;
  const isLength = Number.isInteger(columns) && columns >= 1;
  if ((bits === 4 || bits === 8) && isPower && isLength) return;
  throw new ArgumentError(
    `${op}: no such quantized weight. Got ${String(bits)} bits, blocks of ${String(block)}, rows of ${String(columns)}; ` +
      `expected 4 or 8 bits, blocks of 16, 32, 64, 128 or 256, and rows of at least 1.`,
    { op, details: { bits, block, columns } },
  );
}

/** Refuses a weight whose parts do not fit together; returns its number of rows. */
export function checkQuantizedWeight(op: string, weight: QuantizedWeight): Dim {
  if (typeof weight !== 'object' || weight === null || !isTensor(weight.packed) || !isTensor(weight.scales)) {
    throw new ArgumentError(
      `${op}: not a quantized weight. Got ${describeValue(weight)}; expected { packed, scales, bits, block, columns }. ` +
        `Make one with quantizeWeight.`,
      { op },
    );
  }
  checkQuantizedFormat(op, weight);
  const { packed, scales, zeroPoints, offsets, bits, block } = weight;
  const blocks = blocksOf(weight);
  const rows = packed.shape[0] ?? 0;
  checkPart(op, 'packed', packed, { shape: [rows, blocks, (block * bits) / 8], bytes: true });
  checkPart(op, 'scales', scales, { shape: [rows, blocks] });
  if (zeroPoints !== undefined && offsets !== undefined) {
    throw new ArgumentError(
      `${op}: a quantized weight with zero points and offsets. Got both; expected one of them, or neither. Add ` +
        `(2^(bits − 1) − zero) · scale to the offsets and leave the zero points out.`,
      { op },
    );
  }
  if (zeroPoints !== undefined) {
    checkPart(op, 'zeroPoints', zeroPoints, { shape: [rows, Math.ceil((blocks * bits) / 8)], bytes: true });
  }
  if (offsets !== undefined) checkPart(op, 'offsets', offsets, { shape: [rows, blocks] });
  return rows;
}

interface Part {
  readonly shape: readonly Dim[];
  /** Whether its elements are bytes; else floats. */
  readonly bytes?: boolean;
}

function checkPart(op: string, name: string, part: Tensor, { shape, bytes = false }: Part): void {
  if ((bytes ? part.dtype === 'uint8' : isFloat(part.dtype)) && shapesEqual(part.shape, shape)) return;
  throw new ShapeError(
    `${op}: ${name} does not fit the quantized weight. Got ${part.dtype} ${formatShape(part.shape)}; expected ` +
      `${bytes ? 'uint8' : 'a float dtype'} ${formatShape(shape)} for its rows, bits and blocks.`,
    { op, details: { part: name, shape: formatShape(part.shape) } },
  );
}

/** Refuses an input whose last axis is not as long as a row. */
export function checkRowLength(op: string, x: Tensor, { columns }: QuantizedAttrs): void {
  const last = x.shape.at(-1);
  if (last !== undefined && dimEquals(last, columns) && isFloat(x.dtype)) return;
  throw new ShapeError(
    `${op}: the input does not fit the weight. Got x ${x.dtype} ${formatShape(x.shape)}; expected a float dtype [..., ` +
      `${columns}], the length of the weight's rows. Reshape or cast x.`,
    { op, details: { shape: formatShape(x.shape), columns } },
  );
}
