import { checkNumber, checkOptionNames } from '../argument.ts';
import type { OpDef } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { normalizeAxes } from '../shape.ts';
import { bind } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { equal, logicalOr, where } from './compare.ts';
import { abs, div, mul, pow, sign } from './elementwise.ts';
import { countNonzero, max, min } from './reduce.ts';
import { realWriter } from './shared-real.ts';
import { writeReduced } from './structural-reduce.ts';
import { asFloat } from './shared.ts';
import { cast, dropAxes, sum } from './structural.ts';
import type { ReduceOptions } from './structural.ts';

/** `(Σ |x|^p)^(1/p)` over `axes`, kept with size 1. */
export const normOp: OpDef<{ axes: readonly number[]; p: number }> = {
  kind: 'op',
  name: 'norm',
  infer: ([x], { axes }) => ({ dtype: x.dtype, shape: x.shape.map((size, at) => (axes.includes(at) ? 1 : size)) }),
  vjp: ([dy], { inputs: [x], outputs: [y], attrs: { p } }) => {
    // 0 / 1 where all elements are 0.
    const length = where(equal(y, 0), 1, y);
    if (p === 2) return [mul(x, div(dy, length))];
    // (|x|/y)^(p−1) of an element that is 0 can be infinite.
    const isZero = logicalOr(equal(x, 0), equal(y, 0));
    const share = where(isZero, 1, div(abs(x), length));
    return [mul(where(isZero, 0, mul(sign(x), pow(share, p - 1))), dy)];
  },
  onnx: (b, [x], { inputs: [{ dtype, shape }], attrs: { axes, p } }) => {
    const { op } = realWriter(b, dtype);
    const terms = p === 2 ? op('Mul', x, x) : op('Pow', op('Abs', x), p);
    const total = writeReduced(b, 'ReduceSum', [terms, { dtype, shape }], axes);
    return p === 2 ? op('Sqrt', total) : op('Pow', total, 1 / p);
  },
};

/** Settings of {@link norm}. */
export interface NormOptions extends ReduceOptions {
  /** The order p: any number, `Infinity` or `-Infinity`. Default 2. */
  readonly ord?: number | undefined;
}

/**
 * Length of vectors: `(Σ |x|^p)^(1/p)` over axes. Over two axes the norm of order 2 is the Frobenius norm of matrices.
 *
 * Order ∞ is the largest absolute value, −∞ the smallest, 0 the number of elements that are not 0. The gradient of
 * an element that is 0 is 0, and so is that of all elements where the result is 0.
 * @param options.ord - The order p. Default 2.
 * @param options.axis - One axis or several. Default: all.
 * @param options.keepDims - Keep reduced axes with size 1. Default false.
 * @throws {@link ShapeError} if there are no elements and the order is infinite.
 * @example
 * await item(norm(tensor([3, -4]))); // => 5
 * await toArray(norm(tensor([[3, -4], [1, 1]]), { ord: 1, axis: 1 })); // => [7, 2]
 * @category Reductions
 */
export function norm(x: TensorLike, options: NormOptions = {}): Tensor {
  checkOptionNames('norm', options, ['ord', 'axis', 'keepDims']);
  const { ord = 2, axis, keepDims } = options;
  const operand = asFloat(x, 'norm');
  checkNumber(ord, { op: 'norm', name: 'ord', rule: 'a number, Infinity or -Infinity' });
  if (ord === 0) return cast(countNonzero(operand, { axis, keepDims }), operand.dtype);
  if (ord === 1) return sum(abs(operand), { axis, keepDims });
  if (ord === Infinity) return max(abs(operand), { axis, keepDims });
  if (ord === -Infinity) return min(abs(operand), { axis, keepDims });
  const axes = normalizeAxes(axis, operand.shape.length, 'norm');
  // Of each element by itself.
  if (axes.length === 0) return abs(operand);
  return dropAxes(bind(normOp, [operand], { axes, p: ord }), axes, keepDims);
}
