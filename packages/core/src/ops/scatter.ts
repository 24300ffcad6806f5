import { checkOptionNames } from '../argument.ts';
import type { OpDef } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { normalizeAxis, sizeOf } from '../shape.ts';
import { bind } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { equal, where } from './compare.ts';
import { div, mul } from './elementwise.ts';
import {
  addAlongAxis,
  asIndices,
  asUpdates,
  expandTo,
  gatherShape,
  takeAlongAxis,
  updatesAlongAxis,
} from './indexing.ts';
import type { IndexOptions } from './indexing.ts';
import { iota } from './iota.ts';
import { sameType } from './shared.ts';
import { cast, expand, full, reshape } from './structural.ts';

/** `y = x; y[a, indices[a, i, b], b] = updates[a, i, b]`. */
export const putAlongAxisOp: OpDef<{ axis: number }> = {
  kind: 'op',
  name: 'putAlongAxis',
  infer: sameType,
  vjp: ([dy], { inputs: [x, indices, updates], attrs }) => {
    // Of several updates of one place only the one that stays there gets the gradient.
    const numbers = reshape(iota(sizeOf(updates.shape)), updates.shape);
    const last = putAlongAxis(full(x.shape, -1, 'int32'), indices, numbers, attrs);
    const stays = equal(takeAlongAxis(last, indices, attrs), numbers);
    return [putAlongAxis(dy, indices, 0, attrs), null, where(stays, takeAlongAxis(dy, indices, attrs), 0)];
  },
  onnx: (b, [x, indices, updates], { attrs: { axis } }) => b.node('ScatterElements', [x, indices, updates], { axis }),
};

/**
 * x with elements replaced at an index for each of them: `y[a, indices[a, i, b], b] = updates[a, i, b]` (NumPy's
 * `put_along_axis`, PyTorch's `scatter`). Of several updates of one place one stays, the last on the CPU.
 *
 * Negative indices count from the end. An index outside the axis fails when the graph runs.
 *
 * @param indices - int32 with as many axes as x; on every axis but one they broadcast to x.
 * @param updates - Broadcast to the indices; dtype of x.
 * @param options.axis - Default -1.
 * @throws {@link ShapeError} if the shapes do not fit; {@link DTypeError} if the dtypes do not.
 * @example
 * const places = tensor([[2], [0]], { dtype: 'int32' });
 * await toArray(putAlongAxis(tensor([[1, 2, 3], [4, 5, 6]]), places, 0)); // => [[1, 2, 0], [0, 5, 6]]
 * @see {@link scatter} to replace whole slices.
 * @category Indexing
 */
export function putAlongAxis(
  x: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: IndexOptions = {},
): Tensor {
  checkOptionNames('putAlongAxis', options, ['axis']);
  const [operands, axis] = updatesAlongAxis('putAlongAxis', [x, indices, updates], options.axis);
  return bind(putAlongAxisOp, operands, { axis });
}

/** `y = x; y[a, indices[a, i, b], b] = max(y[…], updates[a, i, b])`. */
export const maxAlongAxisOp: OpDef<{ axis: number }> = {
  kind: 'op',
  name: 'maxAlongAxis',
  infer: sameType,
  vjp: ([dy], { inputs: [x, indices, updates], outputs: [y], attrs }) => {
    // As for max: shared equally by all that attain it.
    const before = cast(equal(x, y), dy.dtype);
    const given = cast(equal(updates, takeAlongAxis(y, indices, attrs)), dy.dtype);
    const share = div(dy, addAlongAxis(before, indices, given, attrs));
    return [mul(before, share), null, mul(given, takeAlongAxis(share, indices, attrs))];
  },
  onnx: (b, [x, indices, updates], { inputs: [{ dtype }], attrs: { axis } }) => {
    // The runtime has no maximum of booleans here.
    const own = dtype === 'bool' ? 'int32' : dtype;
    const operands = [dtype === own ? x : b.cast(x, own), indices, dtype === own ? updates : b.cast(updates, own)];
    const y = b.node('ScatterElements', operands, { axis, reduction: 'max' });
    return dtype === own ? y : b.cast(y, dtype);
  },
};

/**
 * x with elements raised to updates at an index for each of them:
 * `y[a, indices[a, i, b], b] = max(x[a, indices[a, i, b], b], updates[a, i, b])`. Elements that share the place share
 * the gradient equally.
 *
 * Negative indices count from the end. An index outside the axis fails when the graph runs.
 *
 * @param indices - int32 with as many axes as x; on every axis but one they broadcast to x.
 * @param updates - Broadcast to the indices; dtype of x.
 * @param options.axis - Default -1.
 * @throws {@link ShapeError} if the shapes do not fit; {@link DTypeError} if the dtypes do not.
 * @example
 * const places = tensor([0, 0, 2], { dtype: 'int32' });
 * await toArray(maxAlongAxis(tensor([1, 1, 1]), places, tensor([3, 2, -1]))); // => [3, 1, 1]
 * @see {@link scatterMax} for whole slices.
 * @category Indexing
 */
export function maxAlongAxis(
  x: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: IndexOptions = {},
): Tensor {
  checkOptionNames('maxAlongAxis', options, ['axis']);
  const [operands, axis] = updatesAlongAxis('maxAlongAxis', [x, indices, updates], options.axis);
  return bind(maxAlongAxisOp, operands, { axis });
}

/** Slices and their indices as elements with an index each, the axes of the indices as one. */
function perElement(
  op: string,
  [x, indices, updates]: readonly [TensorLike, TensorLike, TensorLike],
  given: number | undefined,
): [operands: [x: Tensor, indices: Tensor, updates: Tensor], axis: { axis: number }] {
  const operand = asTensor(x, op);
  const axis = normalizeAxis(given ?? 0, operand.shape.length, op);
  const places = asIndices(indices, op);
  const count = sizeOf(places.shape);
  const shape = operand.shape.map((size, at) => (at === axis ? count : size));
  const column = reshape(places, [count, ...shape.slice(axis + 1).map(() => 1)]);
  const target = gatherShape(operand.shape, places.shape, axis);
  const wide = expandTo(asUpdates(updates, operand, op), target, `${op}: the updates do not fit`);
  return [[operand, expand(column, shape), reshape(wide, shape)], { axis }];
}

/**
 * x with slices replaced at their indices along an axis: `y[a, indices[i], b] = updates[a, i, b]` (JAX's
 * `x.at[indices].set(updates)`). Of several updates of one place one stays, the last on the CPU.
 *
 * Negative indices count from the end. An index outside the axis fails when the graph runs.
 *
 * @param indices - int32 of any shape.
 * @param updates - Broadcast to the shape of x with `axis` replaced by the axes of `indices`; dtype of x.
 * @param options.axis - Default 0.
 * @throws {@link ShapeError} if the updates do not fit; {@link DTypeError} if the dtypes do not.
 * @example
 * const rows = tensor([2, 0], { dtype: 'int32' });
 * const x = tensor([[1, 1], [2, 2], [3, 3]]);
 * await toArray(scatter(x, rows, tensor([[7, 8], [9, 9]]))); // => [[9, 9], [2, 2], [7, 8]]
 * @see {@link scatterAdd} to add, {@link putAlongAxis} for an index per element (PyTorch's `scatter`).
 * @category Indexing
 */
export function scatter(x: TensorLike, indices: TensorLike, updates: TensorLike, options: IndexOptions = {}): Tensor {
  checkOptionNames('scatter', options, ['axis']);
  const [operands, axis] = perElement('scatter', [x, indices, updates], options.axis);
  return putAlongAxis(...operands, axis);
}

/**
 * x with slices raised to updates at their indices along an axis:
 * `y[a, indices[i], b] = max(x[a, indices[i], b], updates[a, i, b])`.
 *
 * Negative indices count from the end. An index outside the axis fails when the graph runs.
 *
 * @param indices - int32 of any shape.
 * @param updates - Broadcast to the shape of x with `axis` replaced by the axes of `indices`; dtype of x.
 * @param options.axis - Default 0.
 * @throws {@link ShapeError} if the updates do not fit; {@link DTypeError} if the dtypes do not.
 * @example
 * const rows = tensor([1, 1], { dtype: 'int32' });
 * await toArray(scatterMax(tensor([0, 0]), rows, tensor([3, 5]))); // => [0, 5]
 * @see {@link maxAlongAxis} for an index per element.
 * @category Indexing
 */
export function scatterMax(
  x: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: IndexOptions = {},
): Tensor {
  checkOptionNames('scatterMax', options, ['axis']);
  const [operands, axis] = perElement('scatterMax', [x, indices, updates], options.axis);
  return maxAlongAxis(...operands, axis);
}
