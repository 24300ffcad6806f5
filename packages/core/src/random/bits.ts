import { checkArgument } from '../argument.ts';
import { DTypeError } from '../errors.ts';
import { isSymbolic } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { isFloat, parseDType } from '../dtype.ts';
import type { DType } from '../dtype.ts';
import type { OnnxBuilder, OnnxValue } from '../ir/onnx-binding.ts';
import type { OpDef } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { checkShape, formatShape, shapesEqual, sizeOf } from '../shape.ts';
import type { Shape } from '../shape.ts';
import { bind, resolve } from '../trace/bind.ts';
import { isTensor } from '../ir/tensor.ts';
import { GOLDEN } from './generator.ts';

/** Refuses what is not a key. */
export function checkKey(key: Tensor, op: string): Tensor {
  const tensor = isTensor(key) ? resolve(key) : undefined;
  if (tensor?.dtype === 'uint32' && shapesEqual(tensor.shape, [2])) return tensor;
  const got = tensor === undefined ? typeof key : `${tensor.dtype} ${formatShape(tensor.shape)}`;
  throw new DTypeError(`${op}: not a random key. Got ${got}; expected uint32 [2]. Make one with key(seed).`, { op });
}

/** Refuses a key, shape or dtype that no floats can be drawn with. */
export function checkDraw(
  { key, shape, dtype }: { key: Tensor; shape: Shape; dtype?: DType | undefined },
  op: string,
): void {
  checkKey(key, op);
  checkShape(shape, op);
  if (dtype === undefined) return;
  checkArgument(isFloat(parseDType(dtype, op)), dtype, { op, name: 'dtype', rule: 'a float dtype' });
}

/** 0, 1, 2, … as uint32. */
function writeCounters(b: OnnxBuilder, size: Dim): OnnxValue {
  // Range has no uint32; int32 has half its bytes to move where the size is known.
  if (!isSymbolic(size)) {
    return b.cast(b.node('Range', [b.scalar(0, 'int32'), b.scalar(size, 'int32'), b.scalar(1, 'int32')]), 'uint32');
  }
  const limit = b.node('Reshape', [b.dims([size]), b.ints([])]);
  return b.cast(b.node('Range', [b.scalar(0, 'int64'), limit, b.scalar(1, 'int64')]), 'uint32');
}

/** `x >>> 16`: division, which every provider has; a shift where there is one (a third off the time of all bits). */
function writeUpper(b: OnnxBuilder, x: OnnxValue): OnnxValue {
  if (!b.prefers('BitShift')) return b.node('Div', [x, b.scalar(65536, 'uint32')]);
  return b.node('BitShift', [x, b.scalar(16, 'uint32')], { direction: 'RIGHT' });
}

/** `mixRound` of generator.ts in uint32 arithmetic. */
function writeRound(b: OnnxBuilder, x: OnnxValue): OnnxValue {
  const square = b.node('Mul', [x, x]);
  const product = b.node('Add', [b.node('Add', [square, square]), x]);
  const lower = b.node('Mul', [product, b.scalar(65536, 'uint32')]);
  const rotated = b.node('Add', [lower, writeUpper(b, product)]);
  return b.node('Add', [rotated, b.scalar(GOLDEN, 'uint32')]);
}

/** The 32 random bits of each element. */
export const randomBitsOp: OpDef<{ shape: Shape }> = {
  kind: 'op',
  name: 'randomBits',
  infer: (_, { shape }) => ({ dtype: 'uint32', shape }),
  vjp: null,
  onnx: (b, [key], { attrs: { shape } }) => {
    const [first, second] = b.nodes('Split', [key], 2, { axis: 0, num_outputs: 2 });
    const start = b.node('Add', [writeCounters(b, sizeOf(shape)), first!]);
    const keyed = b.node('Add', [writeRound(b, start), second!]);
    const words = writeRound(b, writeRound(b, writeRound(b, keyed)));
    return shape.length === 1 ? words : b.node('Reshape', [words, b.dims(shape)], { allowzero: 1 });
  },
};

/**
 * Random bits: every uint32 equally likely. The same key and shape give the same bits on every backend.
 *
 * What the other distributions are made of; use {@link uniform} for floats and {@link randint} for whole numbers.
 * @param key - Consumed: do not draw from it again.
 * @param shape - Any shape, sizes may be symbolic; fewer than 2^31 elements.
 * @returns dtype uint32.
 * @example
 * (await data(bits(key(0), [2]))).length; // => 2
 * @category Random
 */
export function bits(key: Tensor, shape: Shape): Tensor {
  checkShape(shape, 'bits');
  return bind(randomBitsOp, [checkKey(key, 'bits')], { shape: [...shape] });
}
