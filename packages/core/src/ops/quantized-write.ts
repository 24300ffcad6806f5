import { dimMul } from '../dim.ts';
import type { Dim } from '../dim.ts';
import type { DType } from '../dtype.ts';
import type { OnnxBuilder, OnnxValue } from '../ir/onnx-binding.ts';
import type { Shape } from '../shape.ts';
import { blocksOf } from './quantized-weight.ts';
import type { QuantizedAttrs } from './quantized-weight.ts';

/** The values of a quantized weight in the ONNX graph. */
export interface QuantizedValues {
  readonly packed: OnnxValue;
  readonly scales: OnnxValue;
  readonly zeroPoints: OnnxValue | undefined;
  readonly rows: Dim;
  readonly dtype: DType;
}

/**
 * Bytes `[..., n]` as the codes in them, `[..., n · 8 / bits]`, in a float dtype. By arithmetic of floats: it runs on
 * every provider, and was faster on a CPU than a table of all bytes, or than DequantizeLinear behind one.
 */
function writeCodes(
  b: OnnxBuilder,
  packed: OnnxValue,
  { bits, dtype, shape }: { bits: 4 | 8; dtype: DType; shape: Shape },
): OnnxValue {
  const bytes = b.cast(packed, dtype);
  if (bits === 8) return bytes;
  const upper = b.node('Floor', [b.node('Mul', [bytes, b.scalar(1 / 16, dtype)])]);
  const lower = b.node('Sub', [bytes, b.node('Mul', [upper, b.scalar(16, dtype)])]);
  const last = b.ints([shape.length]);
  const pairs = [lower, upper].map((half) => b.node('Unsqueeze', [half, last]));
  const codes = b.node('Concat', pairs, { axis: shape.length }); // [..., n, 2]
  return b.node('Reshape', [codes, b.dims([...shape.slice(0, -1), dimMul(shape.at(-1)!, 2)])], { allowzero: 1 });
}

/** The zero point of each block, `[rows, blocks, 1]`, or the scalar that all have. */
function writeZeros(b: OnnxBuilder, values: QuantizedValues, attrs: QuantizedAttrs): OnnxValue {
  const { zeroPoints, rows, dtype } = values;
  const { bits } = attrs;
  if (zeroPoints === undefined) return b.scalar(2 ** (bits - 1), dtype);
  const blocks = blocksOf(attrs);
  const bytes = Math.ceil((blocks * bits) / 8);
  const all = writeCodes(b, zeroPoints, { bits, dtype, shape: [rows, bytes] });
  const isFull = (bytes * 8) / bits === blocks;
  const own = isFull ? all : b.node('Slice', [all, b.ints([0]), b.ints([blocks]), b.ints([1])]);
  return b.node('Unsqueeze', [own, b.ints([2])]);
}

/** `(codes − zero) · scale`, `[rows, columns]`. */
export function writeDequantized(b: OnnxBuilder, values: QuantizedValues, attrs: QuantizedAttrs): OnnxValue {
  const { packed, scales, rows, dtype } = values;
  const { bits, block, columns } = attrs;
  const blocks = blocksOf(attrs);
  const codes = writeCodes(b, packed, { bits, dtype, shape: [rows, blocks, (block * bits) / 8] });
  const centred = b.node('Sub', [codes, writeZeros(b, values, attrs)]);
  const scaled = b.node('Mul', [centred, b.node('Unsqueeze', [scales, b.ints([2])])]);
  const matrix = b.node('Reshape', [scaled, b.dims([rows, blocks * block])], { allowzero: 1 });
  if (blocks * block === columns) return matrix;
  return b.node('Slice', [matrix, b.ints([0]), b.ints([columns]), b.ints([1])]);
}

/**
 * The fused product of the providers. Activations are rounded to 8 bits per block where there is such a kernel: at the
 * other levels ONNX Runtime 1.30 takes 8-bit weights apart at every call (10 to 30 times the time) and needs twice the
 * time for 4-bit ones.
 */
export function writeMatMulNBits(
  b: OnnxBuilder,
  { x, bias, values }: { x: OnnxValue; bias: OnnxValue | undefined; values: QuantizedValues },
  { bits, block, columns }: QuantizedAttrs,
): OnnxValue {
  const { packed, scales, zeroPoints, rows } = values;
  return b.node('com.microsoft.MatMulNBits', [x, packed, scales, zeroPoints ?? b.none, b.none, bias ?? b.none], {
    K: columns,
    N: rows as number,
    bits,
    block_size: block,
    accuracy_level: 4,
  });
}
