import { checkOptionNames } from '../argument.ts';
import { isFloat } from '../dtype.ts';
import type { DType } from '../dtype.ts';
import { DTypeError } from '../errors.ts';
import type { NoAttrs, OpDef, OperandTypes, TensorType } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { broadcastShapes, formatShape } from '../shape.ts';
import { bind } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor, promoteOperands } from '../trace/operands.ts';
import { asFloat, broadcastTypes, lowestOf } from './shared.ts';
import { cast } from './structural.ts';

const toBool = (op: string, types: OperandTypes): TensorType => ({ ...broadcastTypes(op, types), dtype: 'bool' });

const sameShapeBool = ([x]: OperandTypes): TensorType => ({ dtype: 'bool', shape: x.shape });

/** Binds a comparison after bringing both operands to one dtype. */
function comparison(op: OpDef<NoAttrs>, a: TensorLike, b: TensorLike, ordered = true): Tensor {
  const operands = promoteOperands(a, b, op.name);
  // ONNX has no order of booleans.
  const dtype: DType = ordered && operands.dtype === 'bool' ? 'uint8' : operands.dtype;
  return bind(op, [cast(operands.a, dtype), cast(operands.b, dtype)], {});
}

/** `a = b`. */
export const equalOp: OpDef = {
  kind: 'op',
  name: 'equal',
  rows: Infinity,
  infer: (types) => toBool('equal', types),
  vjp: null,
  onnx: { opType: 'Equal', since: 13 },
};

/**
 * Whether elements are equal: `a = b`, broadcasting. NaN equals nothing.
 * @returns dtype bool.
 * @throws {@link ShapeError} if the shapes do not broadcast.
 * @example
 * await toArray(equal(tensor([1, 2]), 2)); // => [false, true]
 * @category Comparison
 */
export function equal(a: TensorLike, b: TensorLike): Tensor {
  return comparison(equalOp, a, b, false);
}

/** `a ≠ b`. */
export const notEqualOp: OpDef = {
  kind: 'op',
  name: 'notEqual',
  rows: Infinity,
  infer: (types) => toBool('notEqual', types),
  vjp: null,
  onnx: (b, [x, y]) => b.node('Not', [b.node('Equal', [x, y])]),
};

/**
 * Whether elements differ: `a ≠ b`, broadcasting. NaN differs from everything.
 * @returns dtype bool.
 * @throws {@link ShapeError} if the shapes do not broadcast.
 * @example
 * await toArray(notEqual(tensor([1, 2]), 2)); // => [true, false]
 * @category Comparison
 */
export function notEqual(a: TensorLike, b: TensorLike): Tensor {
  return comparison(notEqualOp, a, b, false);
}

/** `a < b`. */
export const lessOp: OpDef = {
  kind: 'op',
  name: 'less',
  rows: Infinity,
  infer: (types) => toBool('less', types),
  vjp: null,
  onnx: { opType: 'Less', since: 13 },
};

/**
 * `a < b`, element by element, broadcasting. False where either is NaN.
 * @returns dtype bool.
 * @throws {@link ShapeError} if the shapes do not broadcast.
 * @example
 * await toArray(less(tensor([1, 2, 3]), 2)); // => [true, false, false]
 * @category Comparison
 */
export function less(a: TensorLike, b: TensorLike): Tensor {
  return comparison(lessOp, a, b);
}

/** `a ≤ b`. */
export const lessEqualOp: OpDef = {
  kind: 'op',
  name: 'lessEqual',
  rows: Infinity,
  infer: (types) => toBool('lessEqual', types),
  vjp: null,
  onnx: { opType: 'LessOrEqual', since: 16 },
};

/**
 * `a ≤ b`, element by element, broadcasting. False where either is NaN.
 * @returns dtype bool.
 * @throws {@link ShapeError} if the shapes do not broadcast.
 * @example
 * await toArray(lessEqual(tensor([1, 2, 3]), 2)); // => [true, true, false]
 * @category Comparison
 */
export function lessEqual(a: TensorLike, b: TensorLike): Tensor {
  return comparison(lessEqualOp, a, b);
}

/** `a > b`. */
export const greaterOp: OpDef = {
  kind: 'op',
  name: 'greater',
  rows: Infinity,
  infer: (types) => toBool('greater', types),
  vjp: null,
  onnx: { opType: 'Greater', since: 13 },
};

/**
 * `a > b`, element by element, broadcasting. False where either is NaN.
 * @returns dtype bool.
 * @throws {@link ShapeError} if the shapes do not broadcast.
 * @example
 * await toArray(greater(tensor([1, 2, 3]), 2)); // => [false, false, true]
 * @category Comparison
 */
export function greater(a: TensorLike, b: TensorLike): Tensor {
  return comparison(greaterOp, a, b);
}

/** `a ≥ b`. */
export const greaterEqualOp: OpDef = {
  kind: 'op',
  name: 'greaterEqual',
  rows: Infinity,
  infer: (types) => toBool('greaterEqual', types),
  vjp: null,
  onnx: { opType: 'GreaterOrEqual', since: 16 },
};

/**
 * `a ≥ b`, element by element, broadcasting. False where either is NaN.
 * @returns dtype bool.
 * @throws {@link ShapeError} if the shapes do not broadcast.
 * @example
 * await toArray(greaterEqual(tensor([1, 2, 3]), 2)); // => [false, true, true]
 * @category Comparison
 */
export function greaterEqual(a: TensorLike, b: TensorLike): Tensor {
  return comparison(greaterEqualOp, a, b);
}

/** Binds a logical op on booleans; anything but 0 counts as true. */
function logical(op: OpDef<NoAttrs>, ...operands: readonly TensorLike[]): Tensor {
  return bind(
    op,
    operands.map((operand) => cast(asTensor(operand, op.name), 'bool')),
    {},
  );
}

/** `a ∧ b`. */
export const logicalAndOp: OpDef = {
  kind: 'op',
  name: 'logicalAnd',
  rows: Infinity,
  infer: (types) => toBool('logicalAnd', types),
  vjp: null,
  onnx: { opType: 'And', since: 7 },
};

/**
 * Whether both are true: `a ∧ b`, broadcasting. Numbers count as true unless 0.
 * @returns dtype bool.
 * @throws {@link ShapeError} if the shapes do not broadcast.
 * @example
 * await toArray(logicalAnd(tensor([true, true]), tensor([true, false]))); // => [true, false]
 * @category Comparison
 */
export function logicalAnd(a: TensorLike, b: TensorLike): Tensor {
  return logical(logicalAndOp, a, b);
}

/** `a ∨ b`. */
export const logicalOrOp: OpDef = {
  kind: 'op',
  name: 'logicalOr',
  rows: Infinity,
  infer: (types) => toBool('logicalOr', types),
  vjp: null,
  onnx: { opType: 'Or', since: 7 },
};

/**
 * Whether at least one is true: `a ∨ b`, broadcasting. Numbers count as true unless 0.
 * @returns dtype bool.
 * @throws {@link ShapeError} if the shapes do not broadcast.
 * @example
 * await toArray(logicalOr(tensor([false, true]), tensor([false, false]))); // => [false, true]
 * @category Comparison
 */
export function logicalOr(a: TensorLike, b: TensorLike): Tensor {
  return logical(logicalOrOp, a, b);
}

/** `a ⊕ b`. */
export const logicalXorOp: OpDef = {
  kind: 'op',
  name: 'logicalXor',
  rows: Infinity,
  infer: (types) => toBool('logicalXor', types),
  vjp: null,
  onnx: { opType: 'Xor', since: 7 },
};

/**
 * Whether exactly one is true: `a ⊕ b`, broadcasting. Numbers count as true unless 0.
 * @returns dtype bool.
 * @throws {@link ShapeError} if the shapes do not broadcast.
 * @example
 * await toArray(logicalXor(tensor([true, true]), tensor([true, false]))); // => [false, true]
 * @category Comparison
 */
export function logicalXor(a: TensorLike, b: TensorLike): Tensor {
  return logical(logicalXorOp, a, b);
}

/** `¬x`. */
export const logicalNotOp: OpDef = {
  kind: 'op',
  name: 'logicalNot',
  rows: Infinity,
  infer: sameShapeBool,
  vjp: null,
  onnx: { opType: 'Not', since: 1 },
};

/**
 * Whether not true: `¬x`. Numbers count as true unless 0.
 * @returns dtype bool.
 * @example
 * await toArray(logicalNot(tensor([true, false]))); // => [false, true]
 * @category Comparison
 */
export function logicalNot(x: TensorLike): Tensor {
  return logical(logicalNotOp, x);
}

/** `x` is not a number. */
export const isNaNOp: OpDef = {
  kind: 'op',
  name: 'isNaN',
  rows: Infinity,
  infer: sameShapeBool,
  vjp: null,
  onnx: { opType: 'IsNaN', since: 20 },
};

/**
 * Whether elements are NaN.
 * @returns dtype bool.
 * @example
 * await toArray(isNaN(tensor([1, NaN]))); // => [false, true]
 * @category Comparison
 */
export function isNaN(x: TensorLike): Tensor {
  return bind(isNaNOp, [asFloat(x, 'isNaN')], {});
}

/** `|x| = ∞`. */
export const isInfOp: OpDef = {
  kind: 'op',
  name: 'isInf',
  rows: Infinity,
  infer: sameShapeBool,
  vjp: null,
  onnx: (b, [x], { inputs: [{ dtype }] }) => b.node('Equal', [b.node('Abs', [x]), b.scalar(Infinity, dtype)]),
};

/**
 * Whether elements are +∞ or −∞.
 * @returns dtype bool.
 * @example
 * await toArray(isInf(tensor([1, -Infinity, NaN]))); // => [false, true, false]
 * @category Comparison
 */
export function isInf(x: TensorLike): Tensor {
  return bind(isInfOp, [asFloat(x, 'isInf')], {});
}

/** `x` is neither NaN nor ±∞. */
export const isFiniteOp: OpDef = {
  kind: 'op',
  name: 'isFinite',
  rows: Infinity,
  infer: sameShapeBool,
  vjp: null,
  // x − x is 0 for finite numbers and NaN for the rest.
  onnx: (b, [x], { inputs }) => b.node('Equal', [b.node('Sub', [x, x]), b.scalar(0, inputs[0].dtype)]),
};

/**
 * Whether elements are neither NaN nor infinite.
 * @returns dtype bool.
 * @example
 * await toArray(isFinite(tensor([1, Infinity, NaN]))); // => [true, false, false]
 * @category Comparison
 */
export function isFinite(x: TensorLike): Tensor {
  return bind(isFiniteOp, [asFloat(x, 'isFinite')], {});
}

/** `a` where the condition holds, else `b`. */
export const whereOp: OpDef = {
  kind: 'op',
  name: 'where',
  rows: Infinity,
  infer: ([condition, a, b]) => ({
    dtype: a.dtype,
    shape: broadcastShapes(condition.shape, broadcastShapes(a.shape, b.shape, 'where'), 'where'),
  }),
  vjp: ([dy], { inputs: [condition] }) => [null, where(condition, dy, 0), where(condition, 0, dy)],
  onnx: { opType: 'Where', since: 16 },
};

/**
 * Takes each element from `a` where the condition holds, else from `b`; all three broadcast.
 *
 * Both sides are computed everywhere, and so are their gradients: a NaN in the side that is not taken does not reach
 * the result, but its gradient is `0 · NaN`. Guard the operand itself, as in `log(where(x > 0, x, 1))`.
 * @param condition - dtype bool.
 * @returns The dtype `a` and `b` promote to.
 * @throws {@link DTypeError} if the condition is not bool.
 * @throws {@link ShapeError} if the shapes do not broadcast.
 * @example
 * await toArray(where(tensor([true, false]), tensor([1, 2]), 0)); // => [1, 0]
 * @category Comparison
 */
export function where(condition: TensorLike, a: TensorLike, b: TensorLike): Tensor {
  const chosen = asTensor(condition, 'where');
  if (chosen.dtype !== 'bool') {
    throw new DTypeError(
      `where: the condition is not bool. Got ${chosen.dtype} ${formatShape(chosen.shape)}; expected dtype bool. ` +
        `Compare it, for example notEqual(condition, 0).`,
      { op: 'where', details: { dtype: chosen.dtype } },
    );
  }
  const operands = promoteOperands(a, b, 'where');
  return bind(whereOp, [chosen, cast(operands.a, operands.dtype), cast(operands.b, operands.dtype)], {});
}

/** What {@link nanToNum} puts in place of what is not finite. */
export interface NanToNumOptions {
  /** In place of NaN. Default 0. */
  readonly nan?: number | undefined;
  /** In place of +∞. Default: the largest finite number of the dtype. */
  readonly posinf?: number | undefined;
  /** In place of −∞. Default: the lowest finite number of the dtype. */
  readonly neginf?: number | undefined;
}

/**
 * Replaces NaN and ±∞ by finite numbers. Integers stay as they are. No gradient flows where a number was replaced.
 * @param options.nan - In place of NaN. Default 0.
 * @param options.posinf - In place of +∞. Default: the largest finite number of the dtype.
 * @param options.neginf - In place of −∞. Default: the lowest finite number of the dtype.
 * @example
 * await toArray(nanToNum(tensor([1, NaN, -Infinity]), { neginf: -9 })); // => [1, 0, -9]
 * @category Comparison
 */
export function nanToNum(x: TensorLike, options: NanToNumOptions = {}): Tensor {
  checkOptionNames('nanToNum', options, ['nan', 'posinf', 'neginf']);
  const operand = asTensor(x, 'nanToNum');
  if (!isFloat(operand.dtype)) return operand;
  const lowest = lowestOf(operand.dtype);
  const { nan = 0, posinf = -lowest, neginf = lowest } = options;
  const finite = where(equal(operand, Infinity), posinf, where(equal(operand, -Infinity), neginf, operand));
  return where(isNaN(operand), nan, finite);
}
