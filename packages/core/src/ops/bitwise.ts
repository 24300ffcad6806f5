import { isInteger } from '../dtype.ts';
import type { DType } from '../dtype.ts';
import { DTypeError } from '../errors.ts';
import type { OnnxBuilder, OnnxInputs, OnnxValue } from '../ir/onnx-binding.ts';
import type { NoAttrs, OpDef } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { bind } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor, promoteOperands } from '../trace/operands.ts';
import { broadcastTypes, sameType } from './shared.ts';
import { cast } from './structural.ts';

function checkInteger(dtype: DType, op: string): void {
  if (isInteger(dtype)) return;
  throw new DTypeError(
    `${op}: bits of something else than integers. Got ${dtype}; expected an integer dtype. Cast to int32, or use ` +
      `logicalAnd and the like for booleans.`,
    { op, details: { dtype } },
  );
}

/** Binds an op on the bits of two integers of one dtype. */
function bits(op: OpDef<NoAttrs>, a: TensorLike, b: TensorLike): Tensor {
  const operands = promoteOperands(a, b, op.name);
  checkInteger(operands.dtype, op.name);
  return bind(op, [cast(operands.a, operands.dtype), cast(operands.b, operands.dtype)], {});
}

/** `a & b`. */
export const bitwiseAndOp: OpDef = {
  kind: 'op',
  name: 'bitwiseAnd',
  rows: Infinity,
  infer: (types) => broadcastTypes('bitwiseAnd', types),
  vjp: null,
  onnx: { opType: 'BitwiseAnd', since: 18 },
};

/**
 * Bits set in both integers: `a & b`, broadcasting.
 * @throws {@link DTypeError} if an operand is not of an integer dtype.
 * @example
 * await toArray(bitwiseAnd(tensor([6, 5], { dtype: 'int32' }), 3)); // => [2, 1]
 * @category Elementwise
 */
export function bitwiseAnd(a: TensorLike, b: TensorLike): Tensor {
  return bits(bitwiseAndOp, a, b);
}

/** `a | b`. */
export const bitwiseOrOp: OpDef = {
  kind: 'op',
  name: 'bitwiseOr',
  rows: Infinity,
  infer: (types) => broadcastTypes('bitwiseOr', types),
  vjp: null,
  onnx: { opType: 'BitwiseOr', since: 18 },
};

/**
 * Bits set in at least one integer: `a | b`, broadcasting.
 * @throws {@link DTypeError} if an operand is not of an integer dtype.
 * @example
 * await toArray(bitwiseOr(tensor([6, 5], { dtype: 'int32' }), 3)); // => [7, 7]
 * @category Elementwise
 */
export function bitwiseOr(a: TensorLike, b: TensorLike): Tensor {
  return bits(bitwiseOrOp, a, b);
}

/** `a ^ b`. */
export const bitwiseXorOp: OpDef = {
  kind: 'op',
  name: 'bitwiseXor',
  rows: Infinity,
  infer: (types) => broadcastTypes('bitwiseXor', types),
  vjp: null,
  onnx: { opType: 'BitwiseXor', since: 18 },
};

/**
 * Bits set in exactly one integer: `a ^ b`, broadcasting.
 * @throws {@link DTypeError} if an operand is not of an integer dtype.
 * @example
 * await toArray(bitwiseXor(tensor([6, 5], { dtype: 'int32' }), 3)); // => [5, 6]
 * @category Elementwise
 */
export function bitwiseXor(a: TensorLike, b: TensorLike): Tensor {
  return bits(bitwiseXorOp, a, b);
}

/** `~x`. */
export const bitwiseNotOp: OpDef = {
  kind: 'op',
  name: 'bitwiseNot',
  rows: Infinity,
  infer: sameType,
  vjp: null,
  onnx: { opType: 'BitwiseNot', since: 18 },
};

/**
 * All bits of an integer turned over: `~x`.
 * @throws {@link DTypeError} if x is not of an integer dtype.
 * @example
 * await toArray(bitwiseNot(tensor([0, 5], { dtype: 'int32' }))); // => [-1, -6]
 * @category Elementwise
 */
export function bitwiseNot(x: TensorLike): Tensor {
  const operand = asTensor(x, 'bitwiseNot');
  checkInteger(operand.dtype, 'bitwiseNot');
  return bind(bitwiseNotOp, [operand], {});
}

/** ONNX shifts unsigned integers only: UINT64 for int64, UINT32 for the rest. */
function writeShift(b: OnnxBuilder, [x, by]: OnnxInputs, direction: 'LEFT' | 'RIGHT', dtype: DType): OnnxValue {
  const unsigned = (value: OnnxValue): OnnxValue => b.node('Cast', [value], { to: dtype === 'int64' ? 13 : 12 });
  return b.cast(b.node('BitShift', [unsigned(x), unsigned(by)], { direction }), dtype);
}

/** `a << b`. */
export const leftShiftOp: OpDef = {
  kind: 'op',
  name: 'leftShift',
  rows: Infinity,
  infer: (types) => broadcastTypes('leftShift', types),
  vjp: null,
  onnx: (b, operands, { inputs: [{ dtype }] }) => writeShift(b, operands, 'LEFT', dtype),
};

/**
 * Bits moved up: `a << b = a · 2ᵇ`, broadcasting; bits beyond the dtype are lost.
 * @param b - From 0 to one less than the bits of the dtype; beyond, the result is undefined.
 * @throws {@link DTypeError} if an operand is not of an integer dtype.
 * @example
 * await toArray(leftShift(tensor([1, -3], { dtype: 'int32' }), 4)); // => [16, -48]
 * @category Elementwise
 */
export function leftShift(a: TensorLike, b: TensorLike): Tensor {
  return bits(leftShiftOp, a, b);
}

/** `a >> b`. */
export const rightShiftOp: OpDef = {
  kind: 'op',
  name: 'rightShift',
  rows: Infinity,
  infer: (types) => broadcastTypes('rightShift', types),
  vjp: null,
  onnx: (b, operands, { inputs: [{ dtype }] }) => {
    const [x, by, ...rest] = operands;
    if (dtype.startsWith('uint')) return writeShift(b, operands, 'RIGHT', dtype);
    // Negative numbers are turned over before and after, so that ones come in from above.
    const mask = b.node('Neg', [b.cast(b.node('Less', [x, b.scalar(0, dtype)]), dtype)]);
    const shifted = writeShift(b, [b.node('BitwiseXor', [x, mask]), by, ...rest], 'RIGHT', dtype);
    return b.node('BitwiseXor', [shifted, mask]);
  },
};

/**
 * Bits moved down: `a >> b = ⌊a / 2ᵇ⌋`, broadcasting; negative numbers stay negative.
 * @param b - From 0 to one less than the bits of the dtype; beyond, the result is undefined.
 * @throws {@link DTypeError} if an operand is not of an integer dtype.
 * @example
 * await toArray(rightShift(tensor([16, -5], { dtype: 'int32' }), 1)); // => [8, -3]
 * @category Elementwise
 */
export function rightShift(a: TensorLike, b: TensorLike): Tensor {
  return bits(rightShiftOp, a, b);
}
