import { dimAdd, dimFloorDiv, dimMul, dimSub, formatDim } from '../dim.ts';
import type { Dim } from '../dim.ts';
import type { DType } from '../dtype.ts';
import { ArgumentError, DTypeError, ShapeError } from '../errors.ts';
import type { OnnxBuilder, OnnxValue } from '../ir/onnx-binding.ts';
import type { OpDef, TensorType } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { formatShape, sizeOf } from '../shape.ts';
import type { Shape } from '../shape.ts';
import { bind, bindAll } from '../trace/bind.ts';
import { constant } from '../trace/literal.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { pairOf, resolvePadding, writeTransposed } from './conv.ts';
import type { Padding2d, Pair } from './conv.ts';
import { mul } from './elementwise.ts';
import { gather } from './indexing.ts';
import { cast, reshape } from './structural.ts';

/** Windows over an image. `pads` are top, left, bottom, right, with what rounding up adds at the end. */
interface PoolAttrs {
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly pads: readonly number[];
}

/** `⌊(size + before + after − kernel) / stride⌋ + 1`. */
function pooledSize(size: Dim, { kernel, strides, pads }: PoolAttrs, axis: 0 | 1): Dim {
  const free = dimAdd(size, pads[axis]! + pads[axis + 2]! - kernel[axis]);
  return dimAdd(dimFloorDiv(free, strides[axis]), 1);
}

const pooledShape = (x: TensorType, attrs: PoolAttrs): Dim[] => [
  ...x.shape.slice(0, 2),
  pooledSize(x.shape[2]!, attrs, 0),
  pooledSize(x.shape[3]!, attrs, 1),
];

/** What ONNX Runtime pools; float64 is not among it for means. */
const POOLED: readonly DType[] = ['float32', 'float16'];

const onnxPool = ({ kernel, strides, pads }: PoolAttrs): Record<string, readonly number[]> => ({
  kernel_shape: kernel,
  strides,
  pads,
});

/** `y[n,c,i,j] = max x[n,c,i·s+u−p,j·s+v−p]`, and the place of the maximum in x read as one row (the first of several). */
export const maxPool2dOp: OpDef<PoolAttrs> = {
  kind: 'op',
  name: 'maxPool2d',
  infer: ([x], attrs) => {
    const shape = pooledShape(x, attrs);
    // int64, as ONNX gives it: a place for scatter and gather, never shown to the user.
    return [
      { dtype: x.dtype, shape },
      { dtype: 'int64', shape },
    ];
  },
  vjp: ([dy], { inputs: [x], outputs: [, places], attrs }) => [maxUnpool(dy, places, x.shape, attrs)],
  // Without the places ONNX Runtime takes a kernel that is three times as fast.
  onnx: (b, [x], { outputs, attrs }) => {
    if (b.used(outputs[1])) return b.nodes('MaxPool', [x], 2, onnxPool(attrs));
    return [b.node('MaxPool', [x], onnxPool(attrs)), b.none];
  },
};

/** `y = 0; y[places] += x`: each value back where the maximum was. `apart`: no two windows share an element. */
export const maxUnpool2dOp: OpDef<PoolAttrs & { shape: Shape; apart: boolean }> = {
  kind: 'op',
  name: 'maxUnpool2d',
  infer: ([x], { shape }) => ({ dtype: x.dtype, shape }),
  vjp: ([dy], { inputs: [, places] }) => [gather(reshape(dy, [-1]), places), null],
  onnx: (b, [x, places], { inputs, attrs: { shape, apart, ...window } }) => {
    if (apart && inputs[0].dtype === 'float32') {
      return b.node('MaxUnpool', [x, places, b.dims(shape)], onnxPool(window));
    }
    const row = b.ints([-1]);
    const zeros = b.node('Expand', [b.scalar(0, inputs[0].dtype), b.dims([sizeOf(shape)])]);
    const operands = [zeros, b.node('Reshape', [places, row]), b.node('Reshape', [x, row])];
    const flat = b.node('ScatterElements', operands, { axis: 0, reduction: 'add' });
    return b.node('Reshape', [flat, b.dims(shape)], { allowzero: 1 });
  },
};

function maxUnpool(dy: Tensor, places: Tensor, shape: Shape, attrs: PoolAttrs): Tensor {
  const apart = attrs.kernel.every((extent, axis) => extent <= attrs.strides[axis]!);
  return bind(maxUnpool2dOp, [dy, places], { ...attrs, shape, apart });
}

/** Settings of {@link maxPool2d}. */
export interface MaxPool2dOptions {
  /** Size of the window. */
  readonly kernelSize: number | Pair;
  /** Steps of the window in pixels. Default: the size of the window. */
  readonly stride?: number | Pair | undefined;
  /** Less than the window. Default 0. */
  readonly padding?: Padding2d | undefined;
  /** Keep a last window that reaches over the end, if it begins inside. Default false. */
  readonly ceilMode?: boolean | undefined;
}

/** A pool's windows over images of a given size; `extra` is what rounding up adds at bottom and right. */
function windowsOf(x: Tensor, options: MaxPool2dOptions, op: string): { attrs: PoolAttrs; extra: Pair } {
  checkPooled(x, op);
  const kernel = pairOf(options.kernelSize, `${op}.kernelSize`, 1);
  const strides = pairOf(options.stride ?? kernel, `${op}.stride`, 1);
  const sizes = x.shape.slice(2);
  const pads = resolvePadding(options.padding ?? 0, { sizes, kernel, strides, dilations: [1, 1], op });
  if (pads.some((width, side) => width >= kernel[side % 2]!)) {
    throw new ArgumentError(
      `${op}: more padding than window. Got padding [${pads}] for kernelSize [${kernel}]; expected less than the window. Reduce the padding.`,
      { op },
    );
  }
  const exact = { kernel, strides, pads };
  const rounded = ([0, 1] as const).map((axis) => (options.ceilMode === true ? roundedUp(x, exact, axis, op) : 0));
  const extra: Pair = [rounded[0]!, rounded[1]!];
  const attrs = { kernel, strides, pads: [pads[0]!, pads[1]!, pads[2]! + extra[0], pads[3]! + extra[1]] };
  if (pooledShape(x, attrs).every((size) => typeof size !== 'number' || size > 0 || x.shape.includes(size))) {
    return { attrs, extra };
  }
  throw new ShapeError(
    `${op}: the window is larger than the image. Got x ${formatShape(x.shape)}, kernelSize [${kernel}] and padding ` +
      `[${pads}]; expected at least one place for the window. Use a smaller window.`,
    { op },
  );
}

function checkPooled(x: Tensor, op: string): void {
  if (!POOLED.includes(x.dtype)) {
    throw new DTypeError(
      `${op}: no pooling of this dtype exists. Got ${x.dtype} ${formatShape(x.shape)}; expected float32. Use cast(x, 'float32').`,
      { op, details: { dtype: x.dtype } },
    );
  }
  if (x.shape.length === 4) return;
  throw new ShapeError(
    `${op}: not a batch of images. Got x ${formatShape(x.shape)}; expected [batch,channels,height,width]. Add a missing ` +
      `axis with unsqueeze.`,
    { op },
  );
}

/** How far the last window reaches over the padded end when the number of windows is rounded up. */
// oxlint-disable-next-line max-params -- one call site; an object would only repeat the names.
function roundedUp(x: Tensor, { kernel, strides, pads }: PoolAttrs, axis: 0 | 1, op: string): number {
  const size = x.shape[axis + 2]!;
  if (typeof size !== 'number') {
    throw new ShapeError(
      `${op}: ceilMode needs a known size. Got ${formatDim(size)}; expected a number. Give the image a fixed size.`,
      { op },
    );
  }
  const free = size + pads[axis]! + pads[axis + 2]! - kernel[axis];
  const last = Math.ceil(free / strides[axis]);
  // A window that would begin in the padding after the image is left out, as in PyTorch.
  const begins = last * strides[axis] < size + pads[axis]!;
  return Math.max((begins ? last : last - 1) * strides[axis] - free, 0);
}

/**
 * Largest element of each window.
 *
 * Of several equal ones the first (in row order) gets the gradient, as in PyTorch. ONNX Runtime's kernel gives the
 * lowest finite number for a window that holds nothing but −∞.
 *
 * @param x - `[batch, channels, height, width]`, a float dtype.
 * @param options.kernelSize - Size of the window, or `[height, width]`.
 * @param options.stride - Default: the size of the window.
 * @param options.padding - Places outside count as −∞. Default 0.
 * @param options.ceilMode - Keep a last window that reaches over the end. Default false.
 * @returns `[batch, channels, outHeight, outWidth]`.
 * @throws {@link ShapeError} if no window fits; {@link ArgumentError} if the padding is as large as the window.
 * @example
 * const image = reshape(tensor([1, 2, 3, 4]), [1, 1, 2, 2]);
 * await toArray(maxPool2d(image, { kernelSize: 2 })); // => [[[[4]]]]
 * @category Convolution
 */
export function maxPool2d(x: TensorLike, options: MaxPool2dOptions): Tensor {
  const images = asTensor(x, 'maxPool2d');
  return bindAll(maxPool2dOp, [images], windowsOf(images, options, 'maxPool2d').attrs)[0]!;
}

/** `y[n,c,i,j] = Σ x[n,c,i·s+u−p,j·s+v−p] / (kernel height · width)`, with zeros outside. */
export const avgPool2dOp: OpDef<PoolAttrs> = {
  kind: 'op',
  name: 'avgPool2d',
  infer: ([x], attrs) => ({ dtype: x.dtype, shape: pooledShape(x, attrs) }),
  vjp: ([dy], { inputs: [x], attrs }) => [bind(avgUnpool2dOp, [dy], { ...attrs, size: x.shape.slice(2) })],
  onnx: (b, [x], { attrs }) => b.node('AveragePool', [x], { ...onnxPool(attrs), count_include_pad: 1 }),
};

/** The reverse of avgPool2d: every value spread evenly over its window. */
export const avgUnpool2dOp: OpDef<PoolAttrs & { size: readonly Dim[] }> = {
  kind: 'op',
  name: 'avgUnpool2d',
  infer: ([x], { size }) => ({ dtype: x.dtype, shape: [...x.shape.slice(0, 2), ...size] }),
  vjp: ([dy], { attrs: { kernel, strides, pads } }) => [bind(avgPool2dOp, [dy], { kernel, strides, pads })],
  onnx: (b, [x], { inputs, attrs }) => writeAvgUnpool(b, x, inputs[0], attrs),
};

/** Nearest-neighbour scaling where windows lie side by side, else a transposed convolution of each channel alone. */
function writeAvgUnpool(
  b: OnnxBuilder,
  x: OnnxValue,
  { shape, dtype }: TensorType,
  { kernel, strides, pads, size }: PoolAttrs & { size: readonly Dim[] },
): OnnxValue {
  const [batch, channels, rows, columns] = shape as readonly [Dim, Dim, Dim, Dim];
  const share = b.scalar(1 / (kernel[0] * kernel[1]), dtype);
  const rest = ([0, 1] as const).map((axis) => {
    const natural = dimAdd(dimMul(dimSub([rows, columns][axis]!, 1), strides[axis]), kernel[axis]);
    return dimSub(size[axis]!, dimSub(natural, pads[axis]! + pads[axis + 2]!));
  });
  const isTiled = pads.every((width) => width === 0) && kernel.every((extent, axis) => extent === strides[axis]);
  if (isTiled && dtype === 'float32' && batch !== 0) {
    const scales = b.constant(Float32Array.of(1, 1, ...kernel), 'float32', [4]);
    const settings = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
    const spread = b.node('Resize', [b.node('Mul', [x, share]), b.none, scales], settings);
    return rest.every((extent) => extent === 0) ? spread : b.node('Pad', [spread, b.dims([0, 0, 0, 0, 0, 0, ...rest])]);
  }
  const weight = b.node('Expand', [share, b.ints([1, 1, ...kernel])]);
  const images = b.node('Reshape', [x, b.dims([dimMul(batch, channels), 1, rows, columns])], { allowzero: 1 });
  const spread = writeTransposed(b, [images, weight], { strides, pads, dilations: [1, 1], groups: 1 }, rest);
  return b.node('Reshape', [spread, b.dims([batch, channels, ...size])], { allowzero: 1 });
}

/** Settings of {@link avgPool2d}. */
export interface AvgPool2dOptions extends MaxPool2dOptions {
  /** Count padding (as zeros) in the mean. Default true. */
  readonly countIncludePad?: boolean | undefined;
}

/**
 * Mean of each window. For the mean of whole images use `mean(x, { axis: [2, 3] })`.
 *
 * @param x - `[batch, channels, height, width]`, a float dtype.
 * @param options.kernelSize - Size of the window, or `[height, width]`.
 * @param options.stride - Default: the size of the window.
 * @param options.padding - Default 0.
 * @param options.ceilMode - Keep a last window that reaches over the end; what lies past the padding is not counted.
 *   Default false.
 * @param options.countIncludePad - Count padding (as zeros) in the mean. Default true, as in PyTorch.
 * @returns `[batch, channels, outHeight, outWidth]`.
 * @throws {@link ShapeError} if no window fits; {@link ArgumentError} if the padding is as large as the window.
 * @example
 * const image = reshape(tensor([1, 2, 3, 4]), [1, 1, 2, 2]);
 * await toArray(avgPool2d(image, { kernelSize: 2 })); // => [[[[2.5]]]]
 * @category Convolution
 */
export function avgPool2d(x: TensorLike, options: AvgPool2dOptions): Tensor {
  const images = asTensor(x, 'avgPool2d');
  const { attrs, extra } = windowsOf(images, options, 'avgPool2d');
  const pooled = bind(avgPool2dOp, [images], attrs);
  const includePad = options.countIncludePad ?? true;
  const uncounted = includePad ? extra : attrs.pads;
  if (uncounted.every((width) => width === 0)) return pooled;
  const [rows, columns] = ([0, 1] as const).map((axis) => shares(images, { attrs, extra, includePad }, axis));
  const table = rows!.flatMap((row) => columns!.map((column) => row * column));
  const scale = constant(Float32Array.from(table), { shape: [1, 1, rows!.length, columns!.length] });
  return mul(pooled, cast(scale, images.dtype));
}

/** For each window along an axis, its full size over the number of places that count. */
function shares(
  x: Tensor,
  { attrs, extra, includePad }: { attrs: PoolAttrs; extra: Pair; includePad: boolean },
  axis: 0 | 1,
): number[] {
  const size = x.shape[axis + 2]!;
  const windows = pooledSize(size, attrs, axis);
  if (typeof size !== 'number' || typeof windows !== 'number') {
    throw new ShapeError(
      `avgPool2d: padding that is not counted needs a known size. Got x ${formatShape(x.shape)}; expected numbers for ` +
        `height and width. Give the image a fixed size.`,
      { op: 'avgPool2d' },
    );
  }
  const before = attrs.pads[axis]!;
  const after = attrs.pads[axis + 2]! - extra[axis];
  return Array.from({ length: windows }, (_, index) => {
    const start = index * attrs.strides[axis] - before;
    const stop = Math.min(start + attrs.kernel[axis], size + (includePad ? after : 0));
    return attrs.kernel[axis] / (stop - Math.max(start, includePad ? -before : 0));
  });
}
