import { dimAdd, dimFloorDiv, dimMul, dimSub } from '../dim.ts';
import type { Dim } from '../dim.ts';
import type { OnnxBuilder, OnnxInputs, OnnxValue } from '../ir/onnx-binding.ts';
import type { OpDef, TensorType } from '../ir/op.ts';
import { sizeOf } from '../shape.ts';
import type { Shape } from '../shape.ts';
import type { Moves } from './conv-window.ts';
import { swappedWindow } from './conv-window-swapped.ts';
import { blocksOf } from './conv-write-blocked.ts';
import { fitsImagesAsChannels, writeImagesAsChannels } from './conv-write-depthwise.ts';
import { writeInPieces } from './conv-write-pieces.ts';
import { onnxWindow } from './conv-write.ts';

interface Attrs extends Moves {
  readonly groups: number;
}

type Types = readonly [TensorType, TensorType, ...unknown[]];

/** Writes the gradient of a convolution with respect to its weight, of the whole batch or piece by piece. */
export function writeWeightGradient(
  b: OnnxBuilder,
  inputs: OnnxInputs,
  types: Types,
  { dw, attrs, op }: { readonly dw: TensorType; readonly attrs: Attrs; readonly op: OpDef<Attrs> },
): OnnxValue {
  const pieces = piecesOf(b, types, attrs);
  if (pieces === undefined) return writeWhole(b, inputs, types, attrs);
  return writeInPieces(b, inputs, types, { op, attrs, dw, ...pieces });
}

/**
 * Pieces in which the copies of {@link writeShifted} are made, so that they stay in the cache, and from how many elements
 * of x that pays: 1.26 times as fast for 16 channels of 32×32, 1.24 for 32 of 16×16, nothing for 64 of 8×8.
 */
const PIECES = 8;
const LARGE = 2 ** 19;
/** The same of one image, where the batch has a name and each image is a piece: 1.33 times as fast for 16 of 32×32. */
const LARGE_IMAGE = 2 ** 14;

/** How the batch is cut, if it is. */
function piecesOf(b: OnnxBuilder, types: Types, attrs: Attrs): { count: Dim; images: number } | undefined {
  const { loops, pieces } = b.target.capabilities;
  if (!loops || !pieces) return undefined;
  const [x, dy] = types;
  const count = x.shape[0]!;
  const copies = readsShifted(b, types, attrs) && !isOne(attrs.kernel);
  if (typeof count === 'number') {
    const serves = copies && count % PIECES === 0 && Number(sizeOf(x.shape)) >= LARGE;
    return serves ? { count: PIECES, images: count / PIECES } : undefined;
  }
  const byImage = { count, images: 1 };
  if (copies) return Number(sizeOf(x.shape.slice(1))) >= LARGE_IMAGE ? byImage : undefined;
  const one = [x, dy].map(({ dtype, shape }) => ({ dtype, shape: [1, ...shape.slice(1)] })) as unknown as Types;
  const block = blocksOf(b);
  return block !== undefined && fitsImagesAsChannels(one, attrs, block) ? byImage : undefined;
}

/** Writes the gradient in the form that is fastest for its sizes. */
export function writeWhole(b: OnnxBuilder, inputs: OnnxInputs, types: Types, attrs: Attrs): OnnxValue {
  const [x, dy] = types;
  if (readsShifted(b, types, attrs)) return writeShifted(b, inputs, types, attrs);
  if (isStrided1x1(attrs)) return writeSubsampled(b, inputs, types, attrs);
  const block = blocksOf(b);
  if (block !== undefined && fitsImagesAsChannels(types, attrs, block))
    return writeImagesAsChannels(b, inputs, types, attrs);
  if (block !== undefined && fitsBlocks(types, attrs, block))
    return writeBlocked(b, inputs, types, { ...attrs, block });
  return writeSwapped(b, inputs, [x, dy], attrs);
}

const isOne = (numbers: readonly number[]): boolean => numbers.every((number) => number === 1);
const isKnown = (types: Types): boolean =>
  [types[0], types[1]].every(({ shape }) => shape.slice(1).every((size) => typeof size === 'number'));

/**
 * Whether {@link writeShifted} serves: a small dense kernel over several channels, on a CPU. With one channel, a larger
 * kernel or a stride, copying costs more than it saves (measured; bench/ops/pieces.ts).
 */
function readsShifted(b: OnnxBuilder, types: Types, attrs: Attrs): boolean {
  if (!b.target.capabilities.productsBeatConvolutions || types[0].dtype !== 'float32') return false;
  const dense = attrs.groups === 1 && isOne(attrs.strides) && isOne(attrs.dilations) && attrs.kernel.length === 2;
  return dense && isKnown(types) && Math.max(...attrs.kernel) <= 3 && Number(types[0].shape[1]) > 1;
}

/**
 * The weight gradient as one product of matrices per image, with K = rows · columns. The u-th copy of dy is moved down
 * by u rows and the v-th copy of x left by v columns, so that `A[(o,u), ·]·B[(v,c), ·]ᵀ` is the sum for element (u, v):
 * copies for kernel height + width where im2col makes height · width.
 * Measured (one thread, 32×16×32×32, 3×3): 5.1 ms against 11.6 for {@link writeSwapped}.
 */
function writeShifted(b: OnnxBuilder, [x, dy]: OnnxInputs, [images, cotangents]: Types, attrs: Attrs): OnnxValue {
  const { kernel, pads } = attrs;
  const [height, width] = kernel as readonly [number, number];
  const [, channels, imageRows, imageColumns] = images.shape as readonly [Dim, number, number, number];
  const [, out, rows, columns] = cotangents.shape as readonly [Dim, number, number, number];
  const [top, left] = pads as readonly [number, number];
  const length = (rows + height - 1) * columns; // K
  const moved = Array.from({ length: width }, (_, v) => {
    // [N,C,H,W] → [N,C,rows+height−1,columns]: padded, and cut where the padding is negative.
    const after = [rows + height - 1 - imageRows - top, columns + v - imageColumns - left];
    const widths = [0, 0, top, left - v, 0, 0, ...after];
    return widths.every((by) => by === 0) ? x : b.node('Pad', [x, b.ints(widths)]);
  });
  const beside = width === 1 ? moved[0]! : b.node('Concat', moved, { axis: 1 });
  const shifted = writeMovedRows(b, dy, cotangents.shape, height);
  const products = b.node(
    'com.microsoft.FusedMatMul',
    [
      b.node('Reshape', [shifted, b.ints([0, out * height, length])]),
      b.node('Reshape', [beside, b.ints([0, width * channels, length])]),
    ],
    { transB: 1 },
  ); // [N, O·height, width·C]
  const total = b.node('ReduceSum', [products, b.ints([0])], { keepdims: 0 });
  const apart = b.node('Reshape', [total, b.ints([out, height, width, channels])]);
  return b.node('Transpose', [apart], { perm: [0, 3, 1, 2] });
}

/** dy followed by `height` empty rows, again and again: cut into pieces of K, each starts one row later. */
function writeMovedRows(b: OnnxBuilder, dy: OnnxValue, shape: Shape, height: number): OnnxValue {
  const [batch, out, rows, columns] = shape as readonly [Dim, number, number, number];
  const flat = b.node('Reshape', [dy, b.ints([0, out, rows * columns])]);
  if (height === 1) return flat;
  const empty = b.node('Expand', [b.scalar(0, 'float32'), b.dims([batch, out, height * columns])]);
  const below = Array.from({ length: 2 * height - 1 }, (_, index) => (index % 2 === 0 ? flat : empty));
  return b.node('Concat', below, { axis: 2 });
}

const isStrided1x1 = ({ kernel, strides, pads }: Attrs): boolean =>
  isOne(kernel) && !isOne(strides) && pads.every((width) => width === 0);

/** A 1×1 kernel that leaves places out: x without those, then as with stride 1. */
function writeSubsampled(b: OnnxBuilder, [x, ...rest]: OnnxInputs, [images, dy]: Types, attrs: Attrs): OnnxValue {
  const axes = attrs.kernel.map((_, axis) => axis + 2);
  const counts = dy.shape.slice(2);
  const ends = counts.map((count, axis) => dimAdd(dimMul(dimSub(count, 1), attrs.strides[axis]!), 1));
  const read = b.node('Slice', [x, b.ints(axes.map(() => 0)), b.dims(ends), b.ints(axes), b.ints(attrs.strides)]);
  const types: Types = [{ ...images, shape: [...images.shape.slice(0, 2), ...counts] }, dy];
  const strides = attrs.strides.map(() => 1);
  return writeWhole(b, [read, ...rest] as unknown as OnnxInputs, types, { ...attrs, strides });
}

/** Whether {@link writeBlocked} serves: images of several channels, dense, with whole blocks of output channels. */
function fitsBlocks(types: Types, { groups, kernel }: Attrs, block: number): boolean {
  const [x, dy] = types;
  if (groups !== 1 || isOne(kernel) || kernel.length !== 2 || x.dtype !== 'float32' || !isKnown(types)) return false;
  return Number(x.shape[1]) > 1 && Number(dy.shape[1]) % block === 0;
}

/** {@link writeSwapped} with blocks of channels; the batch, which takes their place, is filled up to whole blocks. */
function writeBlocked(
  b: OnnxBuilder,
  [x, dy]: OnnxInputs,
  [images, cotangents]: Types,
  attrs: Attrs & { readonly block: number },
): OnnxValue {
  const { block } = attrs;
  const [batch, out, rows, columns] = cotangents.shape as readonly [Dim, number, number, number];
  // ⌈batch / block⌉, and one block of zeros for an empty batch, for which the kernel would not write its result:
  // ⌊−batch / 2³¹⌋ is −1, but 0 for 0.
  const notEmpty = dimFloorDiv(dimMul(batch, -1), 2 ** 31);
  const blocks = dimAdd(dimFloorDiv(dimAdd(batch, block - 1), block), dimAdd(notEmpty, 1));
  const missing = dimSub(dimMul(blocks, block), batch);
  const filled = (value: OnnxValue, axis: number): OnnxValue =>
    missing === 0
      ? value
      : b.node('Pad', [value, b.dims([0, 0, 0, 0, ...[0, 1, 2, 3].map((at) => (at === axis ? missing : 0))])]);
  const turned = filled(b.node('Transpose', [x], { perm: [1, 0, 2, 3] }), 1);
  const laid = b.node('com.microsoft.nchwc.ReorderInput', [filled(dy, 0)]); // [N, O/b, rows, columns, b]
  const apart = b.node('Reshape', [laid, b.dims([blocks, block, out / block, rows * columns, block])]);
  const kernel = b.node('Reshape', [
    b.node('Transpose', [apart], { perm: [2, 0, 3, 1, 4] }),
    b.dims([out, dimMul(blocks, block), rows, columns]),
  ]);
  const window = swappedWindow(images, cotangents, attrs);
  const { strides, dilations, pads } = window;
  const dw = b.node('com.microsoft.nchwc.Conv', [b.node('com.microsoft.nchwc.ReorderInput', [turned]), kernel], {
    kernel_shape: [rows, columns],
    strides,
    dilations,
    pads,
    group: 1,
  });
  return unswapped(b, b.node('com.microsoft.nchwc.ReorderOutput', [dw], { channels: out }), {
    ...attrs,
    exact: window.exact,
  });
}

/** The result of the swapped convolution, without what is too many, as a weight. */
function unswapped(b: OnnxBuilder, dw: OnnxValue, { kernel, exact }: Attrs & { readonly exact: boolean }): OnnxValue {
  const axes = kernel.map((_, axis) => axis + 2);
  const whole = exact ? dw : b.node('Slice', [dw, b.ints(axes.map(() => 0)), b.ints(kernel), b.ints(axes)]);
  return b.node('Transpose', [whole], { perm: [1, 0, ...axes] });
}

/**
 * The weight gradient as a convolution of x with dy as its kernel: batch and channels exchange places, and so do
 * stride and dilation. With groups the batch of each group joins its channels.
 */
function writeSwapped(b: OnnxBuilder, [x, dy]: OnnxInputs, [images, cotangents]: Types, attrs: Attrs): OnnxValue {
  const { groups, kernel } = attrs;
  const swap = [1, 0, ...kernel.map((_, axis) => axis + 2)];
  const { exact, ...window } = swappedWindow(images, cotangents, attrs);
  const turned = groups === 1 ? b.node('Transpose', [x], { perm: swap }) : writeGrouped(b, x, images, groups);
  const settings = onnxWindow({ ...window, kernel, groups });
  const dw = b.node('Conv', [turned, b.node('Transpose', [dy], { perm: swap })], {
    ...settings,
    kernel_shape: undefined,
  });
  return unswapped(b, dw, { ...attrs, exact });
}

/** `[N, G·C, ...] → [C, G·N, ...]`. */
function writeGrouped(b: OnnxBuilder, x: OnnxValue, { shape }: TensorType, groups: number): OnnxValue {
  const [batch, channels, ...rest] = shape as readonly [Dim, Dim, ...Dim[]];
  const each = dimFloorDiv(channels, groups);
  const apart = b.node('Reshape', [x, b.dims([batch, groups, each, ...rest])], { allowzero: 1 });
  const turned = b.node('Transpose', [apart], { perm: [2, 1, 0, ...rest.map((_, axis) => axis + 3)] });
  return b.node('Reshape', [turned, b.dims([each, dimMul(batch, groups), ...rest])], { allowzero: 1 });
}
