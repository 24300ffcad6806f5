import { isFloat } from '../dtype.ts';
import type { OnnxBuilder, OnnxValue } from '../ir/onnx-binding.ts';
import type { NoAttrs, OpDef } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { broadcastShapes } from '../shape.ts';
import { bind } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { promoteOperands } from '../trace/operands.ts';
import { equal, less, lessEqual, logicalAnd, logicalOr, notEqual, where } from './compare.ts';
import { abs, add, div, fmod, log, mul, neg, round, square, sub } from './elementwise.ts';
import { realWriter, writeAtan64, writeIsNegative, writeLog1p } from './shared-real.ts';
import type { Real } from './shared-real.ts';
import { broadcastTypes } from './shared.ts';
import { cast, stopGradient } from './structural.ts';
import { exp, reciprocal } from './unary.ts';

/** Both operands in one float dtype; integers and booleans become float32. */
function floats(a: TensorLike, b: TensorLike, op: string): [a: Tensor, b: Tensor] {
  const operands = promoteOperands(a, b, op);
  const dtype = isFloat(operands.dtype) ? operands.dtype : 'float32';
  return [cast(operands.a, dtype), cast(operands.b, dtype)];
}

const real = (op: OpDef<NoAttrs>, a: TensorLike, b: TensorLike): Tensor => bind(op, floats(a, b, op.name), {});

/**
 * Whole part of the quotient, rounded down: `⌊a/b⌋`, broadcasting (Python's `//`). Its gradient is 0.
 *
 * Together with {@link remainder}: `a = b·⌊a/b⌋ + remainder(a, b)`, also where `a/b` itself would be rounded up. A float
 * divided by 0 is ±∞ or NaN; integers stay integers, and division by 0 fails when the graph runs.
 * @throws {@link ShapeError} if the shapes do not broadcast.
 * @example
 * await toArray(floorDivide(tensor([7, -7]), 2)); // => [3, -4]
 * @see {@link remainder} for what is left over.
 * @category Elementwise
 */
export function floorDivide(a: TensorLike, b: TensorLike): Tensor {
  const { a: x, b: y } = promoteOperands(a, b, 'floorDivide');
  broadcastShapes(x.shape, y.shape, 'floorDivide');
  const rest = fmod(x, y);
  // Of floats: ⌊1 / 0.1⌋ would be 10, as the quotient 9.99… is rounded.
  const whole = isFloat(rest.dtype) ? round(div(sub(x, rest), y)) : div(x, y);
  const crosses = logicalAnd(notEqual(rest, 0), notEqual(less(rest, 0), less(y, 0)));
  const result = sub(whole, cast(crosses, rest.dtype));
  return stopGradient(isFloat(rest.dtype) ? where(equal(y, 0), div(x, y), result) : result);
}

/**
 * Linear interpolation: `start + weight · (end − start)`, broadcasting.
 * @param weight - 0 gives `start`, 1 gives `end`.
 * @throws {@link ShapeError} if the shapes do not broadcast.
 * @example
 * await toArray(lerp(tensor([0, 10]), tensor([4, 20]), 0.25)); // => [1, 12.5]
 * @category Elementwise
 */
export function lerp(start: TensorLike, end: TensorLike, weight: TensorLike): Tensor {
  const { a, b } = promoteOperands(start, end, 'lerp');
  const share = promoteOperands(weight, a, 'lerp').a;
  broadcastShapes(broadcastShapes(a.shape, b.shape, 'lerp'), share.shape, 'lerp');
  return add(a, mul(sub(b, a), share));
}

/** `√(a² + b²)`. */
export const hypotOp: OpDef = {
  kind: 'op',
  name: 'hypot',
  rows: Infinity,
  infer: (types) => broadcastTypes('hypot', types),
  vjp: ([dy], { inputs: [a, b], outputs: [y] }) => {
    const scaled = div(dy, where(equal(y, 0), 1, y));
    return [mul(scaled, a), mul(scaled, b)];
  },
  onnx: (b, [x, y], { inputs: [{ dtype }] }) => {
    const { op } = realWriter(b, dtype);
    const [p, q] = [op('Abs', x), op('Abs', y)];
    const [large, small] = [op('Max', p, q), op('Min', p, q)];
    // At 0 and ∞ the quotient would be NaN.
    const ratio = op('Where', op('Equal', small, large), 1, op('Div', small, large));
    const length = op('Mul', large, op('Sqrt', op('Add', op('Mul', ratio, ratio), 1)));
    // As C has it: infinitely far, however far the other way.
    return op('Where', op('Or', op('Equal', p, Infinity), op('Equal', q, Infinity)), Infinity, length);
  },
};

/**
 * Length of the hypotenuse: `√(a² + b²)`, broadcasting, without overflow; ∞ if one of them is infinite, also beside NaN.
 * Its gradient at the origin is 0.
 * @throws {@link ShapeError} if the shapes do not broadcast.
 * @example
 * await toArray(hypot(tensor([3, 3e30]), tensor([4, 4e30]))); // => [5, 5e30]
 * @category Elementwise
 */
export function hypot(a: TensorLike, b: TensorLike): Tensor {
  return real(hypotOp, a, b);
}

/** The angle in the first octant by its tangent, turned and mirrored into place. */
function writeAtan2(b: OnnxBuilder, real: Real, [y, x]: readonly [OnnxValue, OnnxValue]): OnnxValue {
  const { op } = real;
  const [p, q] = [op('Abs', x), op('Abs', y)];
  const [large, small] = [op('Max', p, q), op('Min', p, q)];
  const both = op(
    'Where',
    op('Equal', large, 0),
    0,
    op('Where', op('Equal', small, large), 1, op('Div', small, large)),
  );
  const octant = real.dtype === 'float64' ? writeAtan64(b, real, both) : op('Atan', both);
  const quadrant = op('Where', op('Less', p, q), op('Sub', Math.PI / 2, octant), octant);
  const half = op('Where', writeIsNegative(real, x), op('Sub', Math.PI, quadrant), quadrant);
  return op('Where', writeIsNegative(real, y), op('Neg', half), half);
}

/** The angle of the point `(x, y)`. */
export const atan2Op: OpDef = {
  kind: 'op',
  name: 'atan2',
  rows: Infinity,
  infer: (types) => broadcastTypes('atan2', types),
  vjp: ([dy], { inputs: [y, x] }) => {
    const squared = add(square(x), square(y));
    const scaled = div(dy, where(equal(squared, 0), 1, squared));
    return [mul(scaled, x), neg(mul(scaled, y))];
  },
  onnx: (b, [y, x], { inputs: [{ dtype }] }) => writeAtan2(b, realWriter(b, dtype), [y, x]),
};

/**
 * Angle of the point `(x, y)` from the positive x axis, in `[−π, π]` radians, broadcasting.
 *
 * Zeros are told by their sign, as everywhere: `atan2(0, −1)` is π, `atan2(−0, −1)` is −π. The gradient at the origin
 * is 0.
 * @param y - Comes first.
 * @throws {@link ShapeError} if the shapes do not broadcast.
 * @example
 * await toArray(atan2(tensor([0, 0]), tensor([1, -1]))); // => [0, 3.1415927]
 * @category Elementwise
 */
export function atan2(y: TensorLike, x: TensorLike): Tensor {
  return real(atan2Op, y, x);
}

/** `ln(eᵃ + eᵇ)`. */
export const logAddExpOp: OpDef = {
  kind: 'op',
  name: 'logAddExp',
  rows: Infinity,
  infer: (types) => broadcastTypes('logAddExp', types),
  // −∞ − (−∞) would be NaN; e^(−∞ − 0) is 0.
  vjp: ([dy], { inputs: [a, b], outputs: [y] }) => {
    const total = where(equal(y, -Infinity), 0, y);
    return [mul(dy, exp(sub(a, total))), mul(dy, exp(sub(b, total)))];
  },
  onnx: (b, [x, y], { inputs: [{ dtype }] }) => {
    const real = realWriter(b, dtype);
    const { op } = real;
    const distance = op('Where', op('Equal', x, y), 0, op('Abs', op('Sub', x, y)));
    return op('Add', op('Max', x, y), writeLog1p(real, op('Exp', op('Neg', distance))));
  },
};

/**
 * Logarithm of the sum of two exponentials: `ln(eᵃ + eᵇ)`, broadcasting, without overflow.
 * @throws {@link ShapeError} if the shapes do not broadcast.
 * @example
 * await toArray(logAddExp(tensor([1000, 0]), -Infinity)); // => [1000, 0]
 * @see {@link logSumExp} for the elements of one tensor.
 * @category Elementwise
 */
export function logAddExp(a: TensorLike, b: TensorLike): Tensor {
  return real(logAddExpOp, a, b);
}

/**
 * `x · ln y`, broadcasting; 0 where x is 0 whatever y is, unless it is NaN: what entropies are made of.
 *
 * Where x is 0 the gradient with respect to x is `ln y`, but 0 where that is no finite number.
 * @throws {@link ShapeError} if the shapes do not broadcast.
 * @example
 * await toArray(xlogy(tensor([0, 2]), tensor([0, 1]))); // => [0, 0]
 * @category Elementwise
 */
export function xlogy(x: TensorLike, y: TensorLike): Tensor {
  const [a, b] = floats(x, y, 'xlogy');
  const nothing = logicalAnd(equal(a, 0), logicalOr(lessEqual(b, 0), equal(b, Infinity)));
  return mul(a, log(where(nothing, 1, b)));
}

/**
 * The size of `a` with the sign of `b`, broadcasting; −0 counts as negative. No gradient flows to `b`.
 * @throws {@link ShapeError} if the shapes do not broadcast.
 * @example
 * await toArray(copysign(tensor([1, -2]), tensor([-3, 4]))); // => [-1, 2]
 * @category Elementwise
 */
export function copysign(a: TensorLike, b: TensorLike): Tensor {
  const [x, y] = floats(a, b, 'copysign');
  const size = abs(x);
  return where(logicalOr(less(y, 0), less(reciprocal(y), 0)), neg(size), size);
}
