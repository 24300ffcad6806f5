import { dimAdd, dimEquals, dimFloorDiv, dimMul, dimSub, formatDim } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { ArgumentError, DTypeError, ShapeError } from '../errors.ts';
import type { OnnxBuilder, OnnxInputs, OnnxValue } from '../ir/onnx-binding.ts';
import type { OpDef, TensorType } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { formatShape } from '../shape.ts';
import { bind } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { slice } from './movement.ts';
import { sum } from './structural.ts';

/** Two numbers, for height and width. */
export type Pair = readonly [height: number, width: number];

/**
 * How far a window reaches over the border: one number, `[height, width]`, `[[top, bottom], [left, right]]`, `'valid'`
 * (none) or `'same'` (the result has size `ceil(input / stride)`; where the total is odd, the end gets one more).
 * @category Convolution
 */
export type Padding2d = number | Pair | readonly [rows: Pair, columns: Pair] | 'same' | 'valid';

/** How a window moves; what all convolutions share. `pads` are top, left, bottom, right. */
interface Window {
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly pads: readonly number[];
  readonly groups: number;
}

/** `n` or `[height, width]` as the latter, refused if below `least`. */
export function pairOf(value: number | Pair, name: string, least: number): Pair {
  const pair: Pair = typeof value === 'number' ? [value, value] : value;
  if (pair.length === 2 && pair.every((number) => Number.isInteger(number) && number >= least)) return pair;
  const [op, option] = name.split('.');
  throw new ArgumentError(
    `${op}: ${option} does not fit. Got ${JSON.stringify(value)}; expected a whole number of at least ${least}, or ` +
      `two of them for height and width. Change ${option}.`,
    { op: op ?? name },
  );
}

/** Sizes that a window's padding is resolved for. */
export interface PaddingRequest {
  readonly sizes: readonly Dim[];
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly op: string;
}

/** A padding as top, left, bottom, right. */
export function resolvePadding(padding: Padding2d, request: PaddingRequest): number[] {
  if (padding === 'valid') return [0, 0, 0, 0];
  if (padding === 'same') {
    const [rows, columns] = [samePadding(request, 0), samePadding(request, 1)];
    return [rows[0], columns[0], rows[1], columns[1]];
  }
  const name = `${request.op}.padding`;
  if (typeof padding === 'number') return [...pairOf(padding, name, 0), ...pairOf(padding, name, 0)];
  const [rows, columns] = padding;
  const [top, bottom] = pairOf(rows, name, 0);
  const [left, right] = pairOf(columns, name, 0);
  return [top, left, bottom, right];
}

/** Padding before and after so that the result has `ceil(size / stride)` elements. */
function samePadding({ sizes, kernel, strides, dilations, op }: PaddingRequest, axis: 0 | 1): Pair {
  const size = sizes[axis]!;
  const reach = dilations[axis] * (kernel[axis] - 1) + 1;
  if (typeof size !== 'number' && strides[axis] > 1) {
    throw new ShapeError(
      `${op}: padding 'same' with stride ${strides[axis]} needs a known size. Got ${formatDim(size)}; expected a number. ` +
        `Give the padding in numbers.`,
      { op },
    );
  }
  const steps =
    typeof size === 'number' ? (Math.ceil(size / strides[axis]) - 1) * strides[axis] + reach - size : reach - 1;
  const total = Math.max(steps, 0);
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}

/** `⌊(size + before + after − dilation·(kernel − 1) − 1) / stride⌋ + 1`. */
function convSize(size: Dim, kernel: number, { strides, dilations, pads }: Window, axis: 0 | 1): Dim {
  const reach = dilations[axis] * (kernel - 1) + 1;
  return dimAdd(dimFloorDiv(dimAdd(size, pads[axis]! + pads[axis + 2]! - reach), strides[axis]), 1);
}

/** The size that a transposed convolution has without output padding. */
function transposedSize(size: Dim, kernel: number, { strides, dilations, pads }: Window, axis: 0 | 1): Dim {
  const reach = dilations[axis] * (kernel - 1) + 1;
  return dimAdd(dimMul(dimSub(size, 1), strides[axis]), reach - pads[axis]! - pads[axis + 2]!);
}

/** The kernel of a weight tensor, which must be known while the graph is built. */
function kernelOf(weight: TensorType, op: string): Pair {
  const [, , height, width] = weight.shape;
  if (weight.shape.length === 4 && typeof height === 'number' && typeof width === 'number') return [height, width];
  throw new ShapeError(
    `${op}: the weight is no kernel. Got weight ${formatShape(weight.shape)}; expected four axes with height and width known. Reshape it.`,
    { op },
  );
}

function checkImages(x: TensorType, op: string): void {
  if (x.dtype !== 'float32' && x.dtype !== 'float16') {
    throw new DTypeError(
      `${op}: no convolution of this dtype exists. Got ${x.dtype}; expected float32. Use cast(x, 'float32').`,
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

/** Refuses channels, groups and bias that do not belong together. */
function checkChannels(
  [x, w, bias]: readonly (TensorType | undefined)[],
  { groups, into, from, op }: { groups: number; into: Dim; from: Dim; op: string },
): void {
  const whole = [into, from].every((size) => typeof size !== 'number' || size % groups === 0);
  const given = op === 'conv2d' ? dimMul(w!.shape[1]!, groups) : w!.shape[0]!;
  const biasFits = bias === undefined || (bias.shape.length === 1 && dimEquals(bias.shape[0]!, from));
  if (whole && biasFits && dimEquals(given, into) && x!.dtype === w!.dtype) return;
  throw new ShapeError(
    `${op}: channels do not fit. Got x ${formatShape(x!.shape)} ${x!.dtype}, weight ${formatShape(w!.shape)} ${w!.dtype}` +
      `${bias === undefined ? '' : `, bias ${formatShape(bias.shape)}`} and groups ${groups}; expected weight ` +
      `${op === 'conv2d' ? '[out,in/groups,h,w]' : '[in,out/groups,h,w]'} with in = ${formatDim(into)}, groups dividing ` +
      `both${bias === undefined ? '' : `, and bias [${formatDim(from)}]`}. Check the weight's axes.`,
    { op },
  );
}

/** A convolution in ONNX's names. */
const onnxWindow = ({ strides, dilations, pads, groups }: Window): Record<string, number | readonly number[]> => ({
  strides,
  dilations,
  pads,
  group: groups,
});

/** `y[n,o,i,j] = b[o] + Σ x[n,c,i·s+u·d−p,j·s+v·d−p]·w[o,c,u,v]`. */
export const conv2dOp: OpDef<Window> = {
  kind: 'op',
  name: 'conv2d',
  infer: ([x, w, bias], attrs, count) => {
    checkImages(x, 'conv2d');
    const kernel = kernelOf(w, 'conv2d');
    const from = w.shape[0]!;
    checkChannels([x, w, count > 2 ? bias : undefined], {
      groups: attrs.groups,
      into: x.shape[1]!,
      from,
      op: 'conv2d',
    });
    const size = ([0, 1] as const).map((axis) => convSize(x.shape[axis + 2]!, kernel[axis], attrs, axis));
    if (size.some((extent) => typeof extent === 'number' && extent < 1)) throw kernelTooLarge(x, kernel, attrs);
    return { dtype: x.dtype, shape: [x.shape[0]!, from, ...size] };
  },
  vjp: ([dy], { inputs, attrs }) => {
    const [x, w] = inputs;
    return withBias(
      [inputGradient(dy, w, attrs, x.shape.slice(2)), weightGradient(x, dy, attrs, w)],
      dy,
      inputs.length,
    );
  },
  onnx: (b, inputs, { attrs }) => b.node('Conv', inputs, onnxWindow(attrs)),
};

function kernelTooLarge(x: TensorType, kernel: Pair, { pads, dilations }: Window): ShapeError {
  return new ShapeError(
    `conv2d: the kernel is larger than the image. Got x ${formatShape(x.shape)}, kernel [${kernel}], dilation ` +
      `[${dilations}] and padding [${pads}]; expected at least one place for the kernel. Add padding.`,
    { op: 'conv2d' },
  );
}

/** The gradients of input and weight, and that of the bias where there is one: Σ dy over all but the channels. */
function withBias(gradients: Tensor[], dy: Tensor, inputs: number): Tensor[] {
  // Two sums, as one over the axes 0, 2 and 3 at once takes several times as long.
  return inputs === 3 ? [...gradients, sum(sum(dy, { axis: [2, 3] }), { axis: 0 })] : gradients;
}

const inputGradient = (dy: Tensor, w: Tensor, attrs: Window, size: readonly Dim[]): Tensor =>
  bind(convTranspose2dOp, [dy, w], { ...attrs, size });

const weightGradient = (x: Tensor, dy: Tensor, attrs: Window, w: Tensor): Tensor =>
  bind(conv2dWeightGradientOp, [x, dy], { ...attrs, kernel: kernelOf(w, 'conv2d') });

/** Settings of {@link conv2d}. */
export interface Conv2dOptions {
  /** `[out]`. Default none. */
  readonly bias?: TensorLike | undefined;
  /** Steps of the window in pixels. Default 1. */
  readonly stride?: number | Pair | undefined;
  /** Default 0. */
  readonly padding?: Padding2d | undefined;
  /** Distance of neighbouring kernel elements in pixels. Default 1. */
  readonly dilation?: number | Pair | undefined;
  /** Parts that the channels are divided into, each with a kernel of its own. Default 1. */
  readonly groups?: number | undefined;
}

function windowOf(
  options: Omit<Conv2dOptions, 'bias'>,
  request: Pick<PaddingRequest, 'sizes' | 'kernel' | 'op'>,
): Window {
  const { op } = request;
  const strides = pairOf(options.stride ?? 1, `${op}.stride`, 1);
  const dilations = pairOf(options.dilation ?? 1, `${op}.dilation`, 1);
  const groups = options.groups ?? 1;
  if (!Number.isInteger(groups) || groups < 1) {
    throw new ArgumentError(
      `${op}: groups does not fit. Got ${groups}; expected a whole number of at least 1. Change groups.`,
      { op },
    );
  }
  return { strides, dilations, pads: resolvePadding(options.padding ?? 0, { ...request, strides, dilations }), groups };
}

/**
 * Two-dimensional convolution (cross-correlation, as in PyTorch): a kernel moved over images.
 *
 * The size becomes `⌊(in + padding − dilation·(kernel − 1) − 1) / stride⌋ + 1`, with `padding` the sum of both sides.
 *
 * @param x - `[batch, in, height, width]`, float32.
 * @param weight - `[out, in / groups, kernelHeight, kernelWidth]`.
 * @param options.bias - `[out]`. Default none.
 * @param options.stride - Default 1.
 * @param options.padding - Default 0; see {@link Padding2d}. Unlike PyTorch, `'same'` goes with any stride.
 * @param options.dilation - Default 1.
 * @param options.groups - Default 1; equal to the number of channels for a depthwise convolution.
 * @returns `[batch, out, outHeight, outWidth]`.
 * @throws {@link ShapeError} if channels do not fit or the kernel is larger than the padded image.
 * @example
 * const image = reshape(tensor([1, 2, 3, 4]), [1, 1, 2, 2]);
 * const weight = reshape(tensor([1, 0, 0, 1]), [1, 1, 2, 2]);
 * await toArray(conv2d(image, weight)); // => [[[[5]]]]
 * @category Convolution
 */
export function conv2d(x: TensorLike, weight: TensorLike, options: Conv2dOptions = {}): Tensor {
  const images = asTensor(x, 'conv2d');
  const w = asTensor(weight, 'conv2d');
  checkImages(images, 'conv2d');
  const attrs = windowOf(options, { sizes: images.shape.slice(2), kernel: kernelOf(w, 'conv2d'), op: 'conv2d' });
  const bias = options.bias === undefined ? [] : [asTensor(options.bias, 'conv2d')];
  return bind(conv2dOp, [images, w, ...bias], attrs);
}

/** The reverse of conv2d with respect to its input; `size` is that input's height and width. */
export const convTranspose2dOp: OpDef<Window & { size: readonly Dim[] }> = {
  kind: 'op',
  name: 'convTranspose2d',
  infer: ([x, w, bias], { groups, size }, count) => {
    checkImages(x, 'convTranspose2d');
    kernelOf(w, 'convTranspose2d');
    const from = dimMul(w.shape[1]!, groups);
    checkChannels([x, w, count > 2 ? bias : undefined], { groups, into: x.shape[1]!, from, op: 'convTranspose2d' });
    return { dtype: x.dtype, shape: [x.shape[0]!, from, ...size] };
  },
  vjp: ([dy], { inputs, attrs }) => {
    const [x, w] = inputs;
    // An output padding of a stride or more makes room for windows that x does not have.
    const dx = slice(
      convolve(dy, w, attrs),
      x.shape.slice(2).map((size) => [0, size] as const),
      { axes: [2, 3] },
    );
    return withBias([dx, weightGradient(dy, x, attrs, w)], dy, inputs.length);
  },
  onnx: (b, inputs, { inputs: [x, w], attrs }) => {
    const kernel = kernelOf(w, 'convTranspose2d');
    const size = ([0, 1] as const).map((axis) => transposedSize(x.shape[axis + 2]!, kernel[axis], attrs, axis));
    return writeTransposed(
      b,
      inputs,
      attrs,
      size.map((natural, axis) => dimSub(attrs.size[axis]!, natural)),
    );
  },
};

/** A ConvTranspose with `rest` more rows and columns at the end than it would have. */
export function writeTransposed(
  b: OnnxBuilder,
  inputs: readonly OnnxValue[],
  window: Window,
  rest: readonly Dim[],
): OnnxValue {
  // What is added at the end was cut off there as padding, as far as that goes; after that come zeros.
  const uncut = rest.map((extent, axis) => {
    const cut = window.pads[axis + 2]!;
    return typeof extent === 'number' ? Math.min(extent, cut) : cut;
  });
  const pads = window.pads.map((width, side) => width - (uncut[side - 2] ?? 0));
  const y = b.node('ConvTranspose', inputs, onnxWindow({ ...window, pads }));
  const zeros = rest.map((extent, axis) => dimSub(extent, uncut[axis]!));
  return zeros.every((extent) => extent === 0) ? y : b.node('Pad', [y, b.dims([0, 0, 0, 0, 0, 0, ...zeros])]);
}

const convolve = (x: Tensor, w: Tensor, { strides, dilations, pads, groups }: Window): Tensor =>
  bind(conv2dOp, [x, w], { strides, dilations, pads, groups });

/** Settings of {@link convTranspose2d}. */
export interface ConvTranspose2dOptions extends Omit<Conv2dOptions, 'padding'> {
  /** What the convolution it reverses had as padding. Default 0. */
  readonly padding?: Exclude<Padding2d, string> | undefined;
  /** Rows and columns added at the end. Default 0. */
  readonly outputPadding?: number | Pair | undefined;
}

/**
 * Transposed convolution: the gradient of {@link conv2d} with respect to its input, used to make images larger.
 *
 * The size becomes `(in − 1)·stride − padding + dilation·(kernel − 1) + outputPadding + 1`, with `padding` the sum of
 * both sides.
 *
 * @param x - `[batch, in, height, width]`, float32.
 * @param weight - `[in, out / groups, kernelHeight, kernelWidth]`.
 * @param options.bias - `[out]`. Default none.
 * @param options.stride - Default 1.
 * @param options.padding - Default 0.
 * @param options.outputPadding - Below stride or dilation. Default 0.
 * @param options.dilation - Default 1.
 * @param options.groups - Default 1.
 * @returns `[batch, out, outHeight, outWidth]`.
 * @throws {@link ShapeError} if channels do not fit or nothing is left; {@link ArgumentError} for a bad option.
 * @example
 * const image = reshape(tensor([1, 2]), [1, 1, 1, 2]);
 * const weight = reshape(tensor([1, 10]), [1, 1, 1, 2]);
 * await toArray(convTranspose2d(image, weight)); // => [[[[1, 12, 20]]]]
 * @category Convolution
 */
export function convTranspose2d(x: TensorLike, weight: TensorLike, options: ConvTranspose2dOptions = {}): Tensor {
  const op = 'convTranspose2d';
  const images = asTensor(x, op);
  const w = asTensor(weight, op);
  checkImages(images, op);
  const kernel = kernelOf(w, op);
  const attrs = windowOf(options, { sizes: images.shape.slice(2), kernel, op });
  const added = pairOf(options.outputPadding ?? 0, `${op}.outputPadding`, 0);
  const size = ([0, 1] as const).map((axis) => {
    if (added[axis] >= Math.max(attrs.strides[axis], attrs.dilations[axis])) throw outputPaddingTooLarge(added, attrs);
    return dimAdd(transposedSize(images.shape[axis + 2]!, kernel[axis], attrs, axis), added[axis]);
  });
  if (size.some((extent) => typeof extent === 'number' && extent < 1)) {
    throw new ShapeError(
      `${op}: nothing is left. Got x ${formatShape(images.shape)}, kernel [${kernel}] and padding [${attrs.pads}], a ` +
        `result of ${formatShape(size)}; expected at least one row and column. Reduce the padding.`,
      { op },
    );
  }
  const bias = options.bias === undefined ? [] : [asTensor(options.bias, op)];
  return bind(convTranspose2dOp, [images, w, ...bias], { ...attrs, size });
}

function outputPaddingTooLarge(added: Pair, { strides, dilations }: Window): ArgumentError {
  return new ArgumentError(
    `convTranspose2d: outputPadding is too large. Got [${added}] with stride [${strides}] and dilation [${dilations}]; ` +
      `expected less than the larger of both. Reduce outputPadding.`,
    { op: 'convTranspose2d' },
  );
}

interface WeightGradientAttrs extends Window {
  readonly kernel: Pair;
}

/** `dw[o,c,u,v] = Σ x[n,c,i·s+u·d−p,j·s+v·d−p]·dy[n,o,i,j]`: conv2d's gradient with respect to its weight. */
export const conv2dWeightGradientOp: OpDef<WeightGradientAttrs> = {
  kind: 'op',
  name: 'conv2dWeightGradient',
  infer: ([x, dy], { groups, kernel }) => {
    const channels = x.shape[1]!;
    const each = typeof channels === 'number' ? channels / groups : channels;
    return { dtype: x.dtype, shape: [dy.shape[1]!, each, ...kernel] };
  },
  // It is linear in x and in dy; as a function of either it is the reverse of conv2d's other gradients.
  vjp: ([dw], { inputs: [x, dy], attrs }) => [
    inputGradient(dy, dw, attrs, x.shape.slice(2)),
    slice(
      convolve(x, dw, attrs),
      dy.shape.slice(2).map((size) => [0, size] as const),
      { axes: [2, 3] },
    ),
  ],
  onnx: (b, inputs, { inputs: [x, dy], outputs, attrs }) => {
    // ONNX Runtime's Conv does not come back from a kernel without channels.
    if (dy.shape.includes(0)) return b.node('Expand', [b.scalar(0, dy.dtype), b.dims(outputs[0].shape)]);
    return readsShifted(b, x, dy, attrs)
      ? writeShifted(b, inputs, [x, dy], attrs)
      : writeSwapped(b, inputs, [x, dy], attrs);
  },
};

/**
 * Whether {@link writeShifted} serves: a small dense kernel over several channels, on a CPU. With one channel, a larger
 * kernel or a stride, copying costs more than it saves (measured; bench/ops/conv.ts).
 */
function readsShifted(b: OnnxBuilder, x: TensorType, dy: TensorType, attrs: WeightGradientAttrs): boolean {
  const { mode, provider } = b.target;
  if (mode !== 'native' || (provider !== 'cpu' && provider !== 'wasm') || x.dtype !== 'float32') return false;
  const dense = attrs.groups === 1 && [...attrs.strides, ...attrs.dilations].every((step) => step === 1);
  const known = [...x.shape.slice(1), ...dy.shape.slice(1)].every((size) => typeof size === 'number');
  return dense && known && Math.max(...attrs.kernel) <= 3 && Number(x.shape[1]) > 1;
}

/**
 * The weight gradient as one product of matrices per image, with K = rows · columns. The u-th copy of dy is moved down
 * by u rows and the v-th copy of x left by v columns, so that `A[(o,u), ·]·B[(v,c), ·]ᵀ` is the sum for element (u, v):
 * copies for kernel height + width where im2col makes height · width.
 * Measured (one thread, 32×16×32×32, 3×3): 5.1 ms against 11.6 for {@link writeSwapped}.
 */
function writeShifted(
  b: OnnxBuilder,
  [x, dy]: OnnxInputs,
  [images, cotangents]: readonly [TensorType, TensorType],
  { kernel: [height, width], pads }: WeightGradientAttrs,
): OnnxValue {
  const [batch, channels, imageRows, imageColumns] = images.shape as readonly [Dim, number, number, number];
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
  // dy followed by `height` empty rows, again and again: cut into pieces of K, each starts one row later.
  const flat = b.node('Reshape', [dy, b.ints([0, out, rows * columns])]);
  const empty =
    height === 1 ? b.none : b.node('Expand', [b.scalar(0, 'float32'), b.dims([batch, out, height * columns])]);
  const below = Array.from({ length: 2 * height - 1 }, (_, index) => (index % 2 === 0 ? flat : empty));
  const shifted = height === 1 ? flat : b.node('Concat', below, { axis: 2 });
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

/**
 * The weight gradient as a convolution of x with dy as its kernel: batch and channels exchange places, and so do
 * stride and dilation. With groups the batch of each group joins its channels.
 */
function writeSwapped(
  b: OnnxBuilder,
  [x, dy]: OnnxInputs,
  [images, cotangents]: readonly [TensorType, TensorType],
  { strides, dilations, pads, groups, kernel }: WeightGradientAttrs,
): OnnxValue {
  const swap = [1, 0, 2, 3];
  const excess = ([0, 1] as const).map((axis) => {
    const used = dimMul(dimSub(cotangents.shape[axis + 2]!, 1), strides[axis]);
    const reach = dilations[axis] * (kernel[axis] - 1) + 1;
    return dimSub(dimAdd(images.shape[axis + 2]!, pads[axis]! + pads[axis + 2]!), dimAdd(used, reach));
  });
  // Rows and columns at the end that no window covered are not read: less padding there, as far as it goes.
  const unread = excess.map((rest, axis) =>
    typeof rest === 'number' ? Math.min(Math.max(rest, 0), pads[axis + 2]!) : 0,
  );
  const turned = groups === 1 ? b.node('Transpose', [x], { perm: swap }) : writeGrouped(b, x, images, groups);
  let dw = b.node('Conv', [turned, b.node('Transpose', [dy], { perm: swap })], {
    strides: dilations,
    dilations: strides,
    pads: pads.map((width, side) => width - (unread[side - 2] ?? 0)),
    group: groups,
  });
  const exact = excess.every((rest, axis) => typeof rest === 'number' && rest - unread[axis]! < dilations[axis]!);
  if (!exact) dw = b.node('Slice', [dw, b.ints([0, 0]), b.ints(kernel), b.ints([2, 3])]);
  return b.node('Transpose', [dw], { perm: swap });
}

/** `[N, G·C, H, W] → [C, G·N, H, W]`. */
function writeGrouped(b: OnnxBuilder, x: OnnxValue, { shape }: TensorType, groups: number): OnnxValue {
  const [batch, channels, height, width] = shape as readonly [Dim, Dim, Dim, Dim];
  const each = dimFloorDiv(channels, groups);
  const apart = b.node('Reshape', [x, b.dims([batch, groups, each, height, width])], { allowzero: 1 });
  const turned = b.node('Transpose', [apart], { perm: [2, 1, 0, 3, 4] });
  return b.node('Reshape', [turned, b.dims([each, dimMul(batch, groups), height, width])], { allowzero: 1 });
}
