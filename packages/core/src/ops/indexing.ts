import { checkOptionNames } from '../argument.ts';
import { DimExpr, dimAdd, dimEquals, dimFloorDiv, dimSub, formatDim } from '../dim.ts';
import type { Dim } from '../dim.ts';
import type { DType } from '../dtype.ts';
import { ArgumentError, DTypeError, ShapeError } from '../errors.ts';
import type { OpDef, OperandTypes, TensorType } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { broadcastShapes, checkShape, formatShape, normalizeAxis, shapesEqual, sizeOf } from '../shape.ts';
import type { Shape } from '../shape.ts';
import { bind, bindAll } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { equal, where } from './compare.ts';
import { add, mul } from './elementwise.ts';
import { iota } from './iota.ts';
import { moveAxis, unsqueeze } from './movement.ts';
import { writePlaces } from './shared-write.ts';
import { cast, expand, zerosLike } from './structural.ts';

/** Which axis indices are for; negative ones count from the end. */
export interface IndexOptions {
  /** Default: stated by the function. */
  readonly axis?: number | undefined;
}

/** Indices as the tensors ONNX takes: int32, or int64 where they come from a file. */
export function asIndices(indices: TensorLike, op: string): Tensor {
  const operand = asTensor(indices, op, 'int32');
  if (operand.dtype === 'int32' || operand.dtype === 'int64') return operand;
  throw new DTypeError(
    `${op}: indices are not integers. Got ${operand.dtype} ${formatShape(operand.shape)}; expected int32. Convert them ` +
      `with cast(indices, 'int32').`,
    { op, details: { dtype: operand.dtype } },
  );
}

/** The shape with `axis` replaced by the axes of the indices. */
export const gatherShape = (x: Shape, indices: Shape, axis: number): Dim[] => [
  ...x.slice(0, axis),
  ...indices,
  ...x.slice(axis + 1),
];

interface Slices {
  readonly axis: number;
  /** Elements that the axis must have when the graph runs. Default 0. */
  readonly least?: number | undefined;
}

/** What the shape rule cannot check of an axis with a name. */
const longEnough = ({ axis, least = 0 }: Slices, [x]: OperandTypes): Dim[] => [dimSub(x.shape[axis]!, least)];

/** `y[a, i, b] = x[a, indices[i], b]`. */
export const gatherOp: OpDef<Slices> = {
  kind: 'op',
  name: 'gather',
  needs: longEnough,
  infer: ([x, indices], { axis }) => ({ dtype: x.dtype, shape: gatherShape(x.shape, indices.shape, axis) }),
  vjp: ([dy], { inputs: [x, indices], attrs }) => [bind(scatterAddOp, [zerosLike(x), indices, dy], attrs), null],
  onnx: (b, [x, indices], { attrs }) => b.node('Gather', [x, indices], { axis: attrs.axis }),
};

/**
 * Picks slices by their indices along an axis (NumPy's `take`); with axis 0 the lookup of an embedding.
 *
 * Negative indices count from the end. An index outside the axis fails when the graph runs.
 *
 * @param indices - int32 of any shape.
 * @param options.axis - Default 0.
 * @returns The shape of x with `axis` replaced by the axes of `indices`.
 * @throws {@link DTypeError} if the indices are not integers.
 * @example
 * await toArray(gather(tensor([10, 20, 30]), tensor([2, 0], { dtype: 'int32' }))); // => [30, 10]
 * @category Indexing
 */
export function gather(x: TensorLike, indices: TensorLike, options: IndexOptions = {}): Tensor {
  checkOptionNames('gather', options, ['axis']);
  const operand = asTensor(x, 'gather');
  const axis = normalizeAxis(options.axis ?? 0, operand.shape.length, 'gather');
  return bind(gatherOp, [operand, asIndices(indices, 'gather')], { axis });
}

/** `y = x; y[a, indices[i], b] += updates[a, i, b]`. */
export const scatterAddOp: OpDef<Slices> = {
  kind: 'op',
  name: 'scatterAdd',
  needs: longEnough,
  infer: ([x, indices, updates], { axis }) => {
    const expected = gatherShape(x.shape, indices.shape, axis);
    if (shapesEqual(updates.shape, expected) && updates.dtype === x.dtype) return { dtype: x.dtype, shape: x.shape };
    throw new ShapeError(
      `scatterAdd: the updates do not fit. Got updates ${updates.dtype} ${formatShape(updates.shape)}; expected ` +
        `${x.dtype} ${formatShape(expected)} for x ${formatShape(x.shape)} and indices ${formatShape(indices.shape)} on ` +
        `axis ${axis}. Reshape the updates.`,
      { op: 'scatterAdd' },
    );
  },
  vjp: ([dy], { inputs: [, indices], attrs }) => [dy, null, bind(gatherOp, [dy, indices], attrs)],
  onnx: (b, [x, indices, updates], { inputs, attrs: { axis } }) => {
    // ScatterND is up to 10 times as fast on axis 0, but in ONNX Runtime 1.30 its threads lose updates of one index.
    const { shape } = inputs[0];
    if (inputs[2].shape.includes(0)) return b.node('Identity', [x]);
    const after = shape.slice(axis + 1);
    // One index for each update: [i] → [1, i, 1] → [a, i, b], the axes of i as one.
    const column = after.length === 0 && inputs[1].shape.length === 1;
    const flat = column ? indices : b.node('Reshape', [indices, b.ints([-1, ...after.map(() => 1)])]);
    const full = b.dims([...shape.slice(0, axis), sizeOf(inputs[1].shape), ...after]);
    const places = shape.length === 1 ? flat : b.node('Expand', [flat, full]);
    const values = inputs[1].shape.length === 1 ? updates : b.node('Reshape', [updates, full], { allowzero: 1 });
    return b.node('ScatterElements', [x, places, values], { axis, reduction: 'add' });
  },
};

/**
 * x with slices added at their indices along an axis; an index that occurs twice adds twice. The reverse of
 * {@link gather}: `y[a, indices[i], b] += updates[a, i, b]`.
 *
 * Negative indices count from the end. An index outside the axis fails when the graph runs.
 *
 * @param indices - int32 of any shape.
 * @param updates - The shape of x with `axis` replaced by the axes of `indices`, dtype of x.
 * @param options.axis - Default 0.
 * @throws {@link ShapeError} if the updates do not fit.
 * @example
 * const indices = tensor([0, 2, 0], { dtype: 'int32' });
 * await toArray(scatterAdd(tensor([0, 0, 0]), indices, tensor([1, 2, 3]))); // => [4, 0, 2]
 * @category Indexing
 */
export function scatterAdd(
  x: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: IndexOptions = {},
): Tensor {
  checkOptionNames('scatterAdd', options, ['axis']);
  const operand = asTensor(x, 'scatterAdd');
  const axis = normalizeAxis(options.axis ?? 0, operand.shape.length, 'scatterAdd');
  const added = asTensor(updates, 'scatterAdd', operand.dtype);
  return bind(scatterAddOp, [operand, asIndices(indices, 'scatterAdd'), added], { axis });
}

/**
 * One row per index with 1 at that place and 0 elsewhere; all 0 for an index outside `0 … depth − 1`.
 *
 * To pick elements by index use {@link takeAlongAxis} or {@link gather}: they never build the table.
 *
 * @param indices - int32 of any shape.
 * @param depth - Length of a row.
 * @param options.dtype - Default `float32`.
 * @returns The shape of `indices` with `depth` as a new last axis.
 * @example
 * await toArray(oneHot(tensor([1, 0], { dtype: 'int32' }), 3)); // => [[0, 1, 0], [1, 0, 0]]
 * @category Indexing
 */
export function oneHot(indices: TensorLike, depth: Dim, options: { readonly dtype?: DType | undefined } = {}): Tensor {
  checkOptionNames('oneHot', options, ['dtype']);
  const operand = cast(asIndices(indices, 'oneHot'), 'int32');
  checkShape([depth], 'oneHot');
  return cast(equal(unsqueeze(operand, -1), iota(depth)), options.dtype ?? 'float32');
}

const alongAxis = (op: string, x: TensorType, indices: TensorType, axis: number): TensorType => {
  const fits =
    x.shape.length === indices.shape.length &&
    x.shape.every((size, at) => at === axis || dimEquals(size, indices.shape[at]!));
  if (fits) return { dtype: x.dtype, shape: indices.shape };
  throw new ShapeError(
    `${op}: the indices do not fit. Got x ${formatShape(x.shape)} and indices ${formatShape(indices.shape)}; expected ` +
      `equal sizes on every axis but ${axis}. Expand the indices.`,
    { op },
  );
};

/** `y[a, i, b] = x[a, indices[a, i, b], b]`. */
export const takeAlongAxisOp: OpDef<{ axis: number }> = {
  kind: 'op',
  name: 'takeAlongAxis',
  infer: ([x, indices], { axis }) => alongAxis('takeAlongAxis', x, indices, axis),
  vjp: ([dy], { inputs: [x, indices], attrs }) => [addAlongAxis(zerosLike(x), indices, dy, attrs), null],
  onnx: (b, [x, indices], { attrs }) => b.node('GatherElements', [x, indices], { axis: attrs.axis }),
};

function checkRanks(x: Tensor, indices: Tensor, op: string): void {
  if (x.shape.length === indices.shape.length) return;
  throw new ShapeError(
    `${op}: ranks differ. Got x ${formatShape(x.shape)} and indices ${formatShape(indices.shape)}; expected the same ` +
      `number of axes. Add axes of size 1 with unsqueeze.`,
    { op },
  );
}

/** Operands with all axes but one broadcast against each other. */
function broadcastBeside(x: Tensor, indices: Tensor, axis: number, op: string): [x: Tensor, indices: Tensor] {
  checkRanks(x, indices, op);
  const without = (shape: Shape): Dim[] => shape.map((size, at) => (at === axis ? 1 : size));
  const shape = broadcastShapes(without(x.shape), without(indices.shape), op);
  const withAxis = (own: Tensor): Tensor =>
    expand(
      own,
      shape.map((size, at) => (at === axis ? own.shape[axis]! : size)),
    );
  return [withAxis(x), withAxis(indices)];
}

/**
 * Picks elements by an index for each place of the result: `y[a, i, b] = x[a, indices[a, i, b], b]`. The other axes
 * broadcast.
 *
 * Negative indices count from the end. An index outside the axis fails when the graph runs.
 *
 * @param indices - int32 with as many axes as x.
 * @param options.axis - Default -1.
 * @throws {@link ShapeError} if the other axes do not broadcast.
 * @example
 * const best = tensor([[2], [0]], { dtype: 'int32' });
 * await toArray(takeAlongAxis(tensor([[1, 2, 3], [4, 5, 6]]), best)); // => [[3], [4]]
 * @category Indexing
 */
export function takeAlongAxis(x: TensorLike, indices: TensorLike, options: IndexOptions = {}): Tensor {
  checkOptionNames('takeAlongAxis', options, ['axis']);
  const operand = asTensor(x, 'takeAlongAxis');
  const axis = normalizeAxis(options.axis ?? -1, operand.shape.length, 'takeAlongAxis');
  const operands = broadcastBeside(operand, asIndices(indices, 'takeAlongAxis'), axis, 'takeAlongAxis');
  return bind(takeAlongAxisOp, operands, { axis });
}

/** Operands of an op that changes x at an index for each update: the indices as wide as x, an update for each. */
export function updatesAlongAxis(
  op: string,
  [x, indices, updates]: readonly [TensorLike, TensorLike, TensorLike],
  given: number | undefined,
): [operands: [x: Tensor, indices: Tensor, updates: Tensor], axis: number] {
  const operand = asTensor(x, op);
  const axis = normalizeAxis(given ?? -1, operand.shape.length, op);
  const places = asIndices(indices, op);
  checkRanks(operand, places, op);
  const shape = operand.shape.map((size, at) => (at === axis ? places.shape[at]! : size));
  const wide = expandTo(places, shape, `${op}: the indices do not fit x ${formatShape(operand.shape)}`);
  return [[operand, wide, expandTo(asUpdates(updates, operand, op), shape, `${op}: the updates do not fit`)], axis];
}

/** The tensor broadcast to a shape. */
export function expandTo(x: Tensor, shape: Shape, problem: string): Tensor {
  const fits =
    x.shape.length <= shape.length &&
    x.shape.every((size, at) => size === 1 || dimEquals(size, shape[at + shape.length - x.shape.length]!));
  if (fits) return expand(x, shape);
  throw new ShapeError(
    `${problem}. Got ${formatShape(x.shape)}; expected a shape that broadcasts to ${formatShape(shape)}. Reshape them.`,
    { op: problem.slice(0, problem.indexOf(':')), details: { shape: formatShape(x.shape) } },
  );
}

/** Updates as numbers of the dtype of x. */
export function asUpdates(updates: TensorLike, x: Tensor, op: string): Tensor {
  const operand = asTensor(updates, op, x.dtype);
  if (operand.dtype === x.dtype) return operand;
  throw new DTypeError(
    `${op}: the dtypes differ. Got updates ${operand.dtype} and x ${x.dtype}; expected the same. Cast the updates.`,
    { op, details: { updates: operand.dtype, x: x.dtype } },
  );
}

/** `y = x; y[a, indices[a, i, b], b] += updates[a, i, b]`. */
export const addAlongAxisOp: OpDef<{ axis: number }> = {
  kind: 'op',
  name: 'addAlongAxis',
  infer: ([x]) => ({ dtype: x.dtype, shape: x.shape }),
  vjp: ([dy], { inputs: [, indices], attrs }) => [dy, null, takeAlongAxis(dy, indices, attrs)],
  onnx: (b, [x, indices, updates], { attrs: { axis } }) =>
    b.node('ScatterElements', [x, indices, updates], { axis, reduction: 'add' }),
};

/**
 * x with elements added at an index for each of them: `y[a, indices[a, i, b], b] += updates[a, i, b]` (PyTorch's
 * `scatter_add`). The reverse of {@link takeAlongAxis}; an index that occurs twice adds twice.
 *
 * @param indices - int32 with as many axes as x; on every axis but one they broadcast to x.
 * @param updates - Broadcast to the indices; dtype of x.
 * @param options.axis - Default -1.
 * @throws {@link ShapeError} if the shapes do not fit; {@link DTypeError} if the dtypes do not.
 * @see {@link putAlongAxis} to replace elements, {@link scatterAdd} to add whole slices.
 * @example
 * const places = tensor([[1, 1]], { dtype: 'int32' });
 * await toArray(addAlongAxis(tensor([[0, 0, 0]]), places, tensor([[2, 3]]))); // => [[0, 5, 0]]
 * @category Indexing
 */
export function addAlongAxis(
  x: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: IndexOptions = {},
): Tensor {
  checkOptionNames('addAlongAxis', options, ['axis']);
  const [operands, axis] = updatesAlongAxis('addAlongAxis', [x, indices, updates], options.axis);
  return bind(addAlongAxisOp, operands, { axis });
}

/** The `k` largest (or smallest) values in order, and their indices; of `least` elements or more. */
export const topKOp: OpDef<{ k: Dim; axis: number; largest: boolean; least: number }> = {
  kind: 'op',
  name: 'topK',
  infer: ([x], { k, axis }) => {
    const shape = x.shape.map((size, at) => (at === axis ? k : size));
    return [
      { dtype: x.dtype, shape },
      { dtype: 'int32', shape },
    ];
  },
  // The runtime divides by the number of lines.
  needs: ({ k, axis, least }, [x]) => [
    ...x.shape.map((size, at) => dimSub(size, at === axis ? least : 1)),
    dimSub(x.shape[axis]!, k),
  ],
  vjp: ([dy], { inputs: [x], outputs: [, indices], attrs: { axis } }) => [
    addAlongAxis(zerosLike(x), indices, dy, { axis }),
  ],
  onnx: (b, [x], { inputs, attrs: { k, axis, largest } }) => {
    const [values, indices] = b.nodes('TopK', [x, b.dims([k])], 2, { axis, largest: Number(largest), sorted: 1 });
    return [values!, writePlaces(b, indices!, inputs[0].shape[axis]!)];
  },
};

/** What {@link topK} and {@link sort} return. */
export interface Ordered {
  /** The elements in order. */
  readonly values: Tensor;
  /** Where they were along the axis, int32. */
  readonly indices: Tensor;
}

/**
 * The `k` largest values along an axis, largest first; of equal values the one with the lower index first. The elements
 * must not be NaN.
 * @param k - How many, at most the size of the axis.
 * @param options.axis - Default -1.
 * @param options.largest - False for the smallest, smallest first. Default true.
 * @throws {@link ArgumentError} if `k` is not between 0 and the size of the axis.
 * @example
 * const { values, indices } = topK(tensor([1, 5, 3]), 2);
 * await toArray(values); // => [5, 3]
 * await toArray(indices); // => [1, 2]
 * @category Indexing
 */
export function topK(
  x: TensorLike,
  k: Dim,
  options: { readonly axis?: number | undefined; readonly largest?: boolean | undefined } = {},
): Ordered {
  checkOptionNames('topK', options, ['axis', 'largest']);
  const operand = asTensor(x, 'topK');
  const axis = normalizeAxis(options.axis ?? -1, operand.shape.length, 'topK');
  const size = operand.shape[axis]!;
  const tooMany = typeof k === 'number' && typeof size === 'number' && k > size;
  if (tooMany || !(k instanceof DimExpr || (Number.isInteger(k) && k >= 0))) {
    throw new ArgumentError(
      `topK: k does not fit. Got ${formatDim(k)} for axis ${axis} of x ${formatShape(operand.shape)}; expected a whole ` +
        `number from 0 to ${formatDim(size)}. Ask for fewer.`,
      { op: 'topK' },
    );
  }
  const [values, indices] = bindAll(topKOp, [operand], { k, axis, largest: options.largest ?? true, least: 0 });
  return { values: values!, indices: indices! };
}

/**
 * The elements along an axis in ascending order; equal ones keep their order. The elements must not be NaN.
 * @param options.axis - Default -1.
 * @param options.descending - Largest first. Default false.
 * @example
 * await toArray(sort(tensor([3, 1, 2])).values); // => [1, 2, 3]
 * @category Indexing
 */
export function sort(
  x: TensorLike,
  options: { readonly axis?: number | undefined; readonly descending?: boolean | undefined } = {},
): Ordered {
  checkOptionNames('sort', options, ['axis', 'descending']);
  const operand = asTensor(x, 'sort');
  const axis = normalizeAxis(options.axis ?? -1, operand.shape.length, 'sort');
  return topK(operand, operand.shape[axis]!, { axis, largest: options.descending ?? false });
}

/**
 * x with `value` wherever the mask holds.
 * @param mask - dtype bool; broadcasts with x.
 * @param value - A number, or a scalar tensor of the dtype of x.
 * @returns The dtype of x.
 * @throws {@link DTypeError} if the mask is not bool or the value does not fit the dtype of x.
 * @example
 * const mask = tensor([false, true, true]);
 * await toArray(maskedFill(tensor([1, 2, 3]), mask, -1)); // => [1, -1, -1]
 * @see {@link where} to choose between two tensors.
 * @category Indexing
 */
export function maskedFill(x: TensorLike, mask: TensorLike, value: TensorLike): Tensor {
  const operand = asTensor(x, 'maskedFill');
  const filling = asTensor(value, 'maskedFill', operand.dtype);
  broadcastShapes(operand.shape, asTensor(mask, 'maskedFill').shape, 'maskedFill');
  return where(mask, filling.dtype === operand.dtype ? filling : cast(filling, operand.dtype), operand);
}

/** Settings of {@link unfold}. */
export interface UnfoldOptions extends IndexOptions {
  /** How far apart windows begin. Default 1. */
  readonly step?: number | undefined;
}

/**
 * All windows of `size` neighbours along an axis (PyTorch's `Tensor.unfold`): `y[a, w, b, k] = x[a, w·step + k, b]`.
 * @param size - Elements of a window, at most those of the axis.
 * @param options.axis - Default -1.
 * @param options.step - How far apart windows begin. Default 1.
 * @returns The shape of x with `axis` counting windows, and the elements of a window as a new last axis.
 * @throws {@link ArgumentError} if the size or the step does not fit.
 * @example
 * await toArray(unfold(tensor([1, 2, 3, 4]), 2)); // => [[1, 2], [2, 3], [3, 4]]
 * @category Indexing
 */
export function unfold(x: TensorLike, size: number, options: UnfoldOptions = {}): Tensor {
  checkOptionNames('unfold', options, ['step', 'axis']);
  const operand = asTensor(x, 'unfold');
  const axis = normalizeAxis(options.axis ?? -1, operand.shape.length, 'unfold');
  const { step = 1 } = options;
  const length = operand.shape[axis]!;
  const fits = Number.isInteger(size) && size >= 1 && (typeof length !== 'number' || size <= length);
  if (!fits || !Number.isInteger(step) || step < 1) {
    throw new ArgumentError(
      `unfold: the windows do not fit. Got size ${size} and step ${step} for axis ${axis} of x ` +
        `${formatShape(operand.shape)}; expected a size from 1 to ${formatDim(length)} and a step of 1 or more. Pad x.`,
      { op: 'unfold' },
    );
  }
  const count = dimAdd(dimFloorDiv(dimSub(length, size), step), 1);
  const places = add(unsqueeze(mul(iota(count), step), 1), iota(size)); // [windows, size]
  return moveAxis(bind(gatherOp, [operand, places], { axis, least: size }), axis + 1, -1);
}
