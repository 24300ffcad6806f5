import { dimAdd, dimMul, dimSub } from '../dim.ts';
import type { Dim } from '../dim.ts';
import type { OnnxBuilder, OnnxInputs, OnnxValue } from '../ir/onnx-binding.ts';
import type { TensorType } from '../ir/op.ts';
import { sizeOf } from '../shape.ts';
import type { Moves } from './conv-window.ts';
import { tapsOf } from './conv-patches.ts';
import { isTiled, onnxPool } from './pool-window.ts';

type Types = readonly [TensorType, TensorType, TensorType, ...unknown[]];

/** Writes the gradient of a max pool from dy, x and y. Of equal elements of a window the first gets all. */
export function writeMaxGradient(b: OnnxBuilder, inputs: OnnxInputs, types: Types, moves: Moves): OnnxValue {
  const [dy, x] = types;
  if (!hasPlaces(b, x)) return writeByTaps(b, inputs, types, moves);
  const tiled = isTiled(moves) && x.dtype === 'float32' && moves.kernel.length === 2 && !x.shape.includes(0);
  if (tiled && b.target.mode === 'native') return writeTiled(b, inputs, types, moves);
  const row = b.ints([-1]);
  const zeros = b.node('Expand', [b.scalar(0, dy.dtype), b.dims([sizeOf(x.shape)])]);
  const places = b.node('Reshape', [placesOf(b, inputs[1], moves), row]);
  const operands = [zeros, places, b.node('Reshape', [inputs[0], row])];
  const flat = b.node('ScatterElements', operands, { axis: 0, reduction: 'add' });
  return b.node('Reshape', [flat, b.dims(x.shape)], { allowzero: 1 });
}

/** Writes the elements of d where x has the maximum of each window, from d, x and y. */
export function writeMaxGather(b: OnnxBuilder, inputs: OnnxInputs, [d, x, y]: Types, moves: Moves): OnnxValue {
  if (!hasPlaces(b, x)) return writeTapsGather(b, inputs, [d, x, y], moves);
  const flat = b.node('Reshape', [inputs[0], b.ints([-1])]);
  return b.node('Gather', [flat, placesOf(b, inputs[1], moves)], { axis: 0 });
}

/** Whether MaxPool tells where each window has its maximum. */
const hasPlaces = (b: OnnxBuilder, { dtype }: TensorType): boolean => b.has('MaxPool:indices', dtype);

/** Where each window has its first maximum, in x read as one row. The provider takes far longer with these than without. */
const placesOf = (b: OnnxBuilder, x: OnnxValue, moves: Moves): OnnxValue =>
  b.nodes('MaxPool', [x], 2, onnxPool(moves))[1]!;

/**
 * The gradient where windows `[h, w]` lie side by side. Columns are taken apart by one transposition; the columns of a
 * window are compared, then its rows; what the winner does not take is left for the next. So each tie goes to the first.
 * Measured (one thread, 64×8×28×28, 2×2): 1.0 ms against 2.3 with the places of MaxPool.
 */
function writeTiled(b: OnnxBuilder, [dy, x, y]: OnnxInputs, types: Types, { kernel }: Moves): OnnxValue {
  const [batch, channels, height, width] = types[1].shape as readonly [Dim, Dim, Dim, Dim];
  const [, , rows, columns] = types[2].shape as readonly [Dim, Dim, Dim, Dim];
  const [tall, wide] = kernel as readonly [number, number];
  const covered = [dimMul(rows, tall), dimMul(columns, wide)] as const;
  const rest = [dimSub(height, covered[0]), dimSub(width, covered[1])];
  const exact = rest.every((extent) => extent === 0);
  const inside = exact ? x : b.node('Slice', [x, b.ints([0, 0]), b.dims(covered), b.ints([2, 3])]);
  const images = dimMul(batch, channels);
  const band = dimMul(images, rows);
  // [N,C,rows·h,columns·w] → w tensors of [1, N·C·rows, h, columns]
  const pairs = b.node('Reshape', [inside, b.dims([dimMul(dimMul(band, tall), columns), wide])]);
  const turned = b.node('Transpose', [pairs], { perm: [1, 0] });
  // Reshaped before it is split: else the runtime splits first, element by element, and transposes each part.
  const apart = b.node('Reshape', [turned, b.dims([wide, band, tall, columns])]);
  const slim = parts(b, apart, wide, 0);
  const best = slim.length === 1 ? slim[0]! : b.node('Max', slim);
  const flat = (value: OnnxValue): OnnxValue => b.node('Reshape', [value, b.dims([1, band, 1, columns])]);
  const taken = deal(b, flat(dy), parts(b, best, tall, 2), flat(y));
  const rowGradients = tall === 1 ? taken[0]! : b.node('Concat', taken, { axis: 2 });
  const dealt = deal(b, rowGradients, slim, best);
  const joined = wide === 1 ? dealt[0]! : b.node('Concat', dealt, { axis: 0 });
  const flatParts = b.node('Reshape', [joined, b.ints([wide, -1])]);
  const back = b.node('Reshape', [
    b.node('Transpose', [flatParts], { perm: [1, 0] }),
    b.dims([batch, channels, ...covered]),
  ]);
  return exact ? back : b.node('Pad', [back, b.dims([0, 0, 0, 0, 0, 0, ...rest])]);
}

/** A tensor cut into equal parts along an axis. */
const parts = (b: OnnxBuilder, x: OnnxValue, count: number, axis: number): OnnxValue[] =>
  count === 1 ? [x] : b.nodes('Split', [x], count, { axis, num_outputs: count });

/** Gives `dy` to the first of the candidates that equals `best`: a share for each. */
function deal(b: OnnxBuilder, dy: OnnxValue, candidates: readonly OnnxValue[], best: OnnxValue): OnnxValue[] {
  let left = dy;
  return candidates.map((candidate, index) => {
    if (index === candidates.length - 1) return left;
    const wins = b.cast(b.node('Equal', [candidate, best]), 'float32');
    const share = b.node('Mul', [left, wins]);
    left = b.node('Sub', [left, share]);
    return share;
  });
}

/** For every element of the window, what the windows read of a padded tensor there. */
function readTaps(
  b: OnnxBuilder,
  x: OnnxValue,
  counts: readonly Dim[],
  { kernel, strides, dilations }: Moves,
): OnnxValue[] {
  const axes = b.ints(kernel.map((_, axis) => axis + 2));
  return tapsOf(kernel).map((tap) => {
    const starts = tap.map((at, axis) => at * dilations[axis]!);
    const ends = starts.map((start, axis) => dimAdd(dimMul(dimSub(counts[axis]!, 1), strides[axis]!), start + 1));
    return b.node('Slice', [x, b.ints(starts), b.dims(ends), axes, b.ints(strides)]);
  });
}

/** x with a window's padding around it. */
function padded(b: OnnxBuilder, x: OnnxValue, { pads, kernel }: Moves, value: OnnxValue): OnnxValue {
  if (pads.every((width) => width === 0)) return x;
  const rank = kernel.length;
  return b.node('Pad', [x, b.ints([0, 0, ...pads.slice(0, rank), 0, 0, ...pads.slice(rank)]), value]);
}

const lowest = (b: OnnxBuilder, { dtype }: TensorType): OnnxValue =>
  b.scalar(dtype === 'float16' ? -65504 : -3.4028234663852886e38, dtype);

/** The gradient without places of maxima: one comparison for every element of the window. */
function writeByTaps(b: OnnxBuilder, [dy, x, y]: OnnxInputs, types: Types, moves: Moves): OnnxValue {
  const { kernel, strides, dilations, pads } = moves;
  const counts = types[2].shape.slice(2);
  const views = readTaps(b, padded(b, x, moves, lowest(b, types[1])), counts, moves);
  const shares = deal(b, dy, views, y);
  const spread = shares.map((share) =>
    strides.reduce(
      (value, stride, axis) => widen(b, value, { axis: axis + 2, stride, rank: kernel.length + 2 }),
      share,
    ),
  );
  const placed = tapsOf(kernel).map((tap, index) => {
    const before = tap.map((at, axis) => at * dilations[axis]! - pads[axis]!);
    const after = before.map((width, axis) =>
      dimSub(dimSub(types[1].shape[axis + 2]!, dimMul(counts[axis]!, strides[axis]!)), width),
    );
    return b.node('Pad', [spread[index]!, b.dims([0, 0, ...before, 0, 0, ...after])]);
  });
  return placed.length === 1 ? placed[0]! : b.node('Sum', placed);
}

/** `stride − 1` zeros after each element of an axis. */
function widen(
  b: OnnxBuilder,
  x: OnnxValue,
  { axis, stride, rank }: { readonly axis: number; readonly stride: number; readonly rank: number },
): OnnxValue {
  if (stride === 1) return x;
  const apart = b.node('Unsqueeze', [x, b.ints([axis + 1])]);
  const widths = Array.from({ length: 2 * (rank + 1) }, (_, index) => (index === rank + 1 + axis + 1 ? stride - 1 : 0));
  const wide = b.node('Pad', [apart, b.ints(widths)]);
  const factor = b.ints(Array.from({ length: rank }, (_, at) => (at === axis ? stride : 1)));
  return b.node('Reshape', [wide, b.node('Mul', [b.node('Shape', [x]), factor])]);
}

/** The elements of d at the first maxima, by comparisons. */
function writeTapsGather(b: OnnxBuilder, [d, x, y]: OnnxInputs, types: Types, moves: Moves): OnnxValue {
  const counts = types[2].shape.slice(2);
  const views = readTaps(b, padded(b, x, moves, lowest(b, types[1])), counts, moves);
  const values = readTaps(b, padded(b, d, moves, b.scalar(0, types[0].dtype)), counts, moves);
  // From the last to the first, so that the first maximum counts.
  const others = views.slice(0, -1).toReversed();
  return others.reduce((chosen, view, index) => {
    const wins = b.node('Equal', [view, y]);
    return b.node('Where', [wins, values[views.length - 2 - index]!, chosen]);
  }, values.at(-1)!);
}
