import { checkOptionNames } from '../argument.ts';
import type { Dim } from '../dim.ts';
import type { DType } from '../dtype.ts';
import { ArgumentError, ShapeError } from '../errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { formatShape } from '../shape.ts';
import { bind } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { convOp } from './conv-ops.ts';
import type { ConvAttrs } from './conv-ops.ts';
import { convByPatches } from './conv-patches.ts';
import { checkBatch, checkChannels, kernelOf, reachOf, resolvePadding, sizesOf, windowCounts } from './conv-window.ts';
import type { Padding, Padding1d, Padding2d, Padding3d, Pair, Triple } from './conv-window.ts';
import { add } from './elementwise.ts';
import { squeeze, unsqueeze } from './movement.ts';
import { reshape } from './structural.ts';

/** Settings of a convolution over axes of any number. */
export interface ConvSettings {
  readonly bias?: TensorLike | undefined;
  readonly stride?: number | readonly number[] | undefined;
  readonly padding?: Padding | undefined;
  readonly dilation?: number | readonly number[] | undefined;
  readonly groups?: number | undefined;
}

/** The function a user called, and how many axes its kernel has. */
export interface ConvCall {
  readonly op: string;
  readonly rank: number;
}

/** What convolutions take. */
export const CONVOLVED: readonly DType[] = ['float32', 'float16', 'float64'];

/** The window of a call, spelled out. */
export function convWindow(
  { op, rank }: ConvCall,
  settings: ConvSettings,
  { sizes, kernel }: { readonly sizes: readonly Dim[]; readonly kernel: readonly number[] },
): ConvAttrs {
  const strides = sizesOf(settings.stride ?? 1, `${op}.stride`, { rank, least: 1 });
  const dilations = sizesOf(settings.dilation ?? 1, `${op}.dilation`, { rank, least: 1 });
  const groups = settings.groups ?? 1;
  if (!Number.isInteger(groups) || groups < 1) {
    throw new ArgumentError(
      `${op}: groups does not fit. Got ${groups}; expected a whole number of at least 1. Change groups.`,
      { op },
    );
  }
  const request = { sizes, kernel, strides, dilations, op };
  return { kernel, strides, dilations, pads: resolvePadding(settings.padding ?? 0, request), groups };
}

/** The window of a signal as that of an image with one row. */
export const asRow = (attrs: ConvAttrs): ConvAttrs => ({
  kernel: [1, ...attrs.kernel],
  strides: [1, ...attrs.strides],
  dilations: [1, ...attrs.dilations],
  pads: [0, attrs.pads[0]!, 0, attrs.pads[1]!],
  groups: attrs.groups,
});

/** `[out]` as `[out, 1, ...]`, to be added to a result. */
export const besideChannels = (bias: Tensor, rank: number): Tensor =>
  reshape(bias, [bias.shape[0]!, ...Array.from({ length: rank }, () => 1)]);

function convolve(call: ConvCall, operands: readonly [TensorLike, TensorLike], settings: ConvSettings): Tensor {
  const { op, rank } = call;
  const [x, w] = [asTensor(operands[0], op), asTensor(operands[1], op)];
  checkBatch(x, { ...call, what: 'convolution', dtypes: CONVOLVED });
  const kernel = kernelOf(w, op, rank);
  const attrs = convWindow(call, settings, { sizes: x.shape.slice(2), kernel });
  const bias = settings.bias === undefined ? undefined : asTensor(settings.bias, op);
  const { groups } = attrs;
  checkChannels([x, w, bias], { op, groups, into: x.shape[1]!, from: w.shape[0]!, transposed: false });
  const counts = windowCounts(x.shape.slice(2), attrs);
  if (counts.some((count) => typeof count === 'number' && count < 1)) throw kernelTooLarge(call, x, attrs);
  if (x.dtype === 'float64') {
    const y = convByPatches(x, w, attrs);
    return bias === undefined ? y : add(y, besideChannels(bias, rank));
  }
  const rest = bias === undefined ? [] : [bias];
  // A signal is an image of one row: the same kernels, and all their fast forms.
  if (rank === 1) return squeeze(bind(convOp, [unsqueeze(x, 2), unsqueeze(w, 2), ...rest], asRow(attrs)), 2);
  return bind(convOp, [x, w, ...rest], attrs);
}

function kernelTooLarge({ op, rank }: ConvCall, x: Tensor, attrs: ConvAttrs): ShapeError {
  const thing = ['', 'signal', 'image', 'volume'][rank]!;
  const reach = attrs.kernel.map((_, axis) => reachOf(attrs, axis));
  return new ShapeError(
    `${op}: the kernel is larger than the ${thing}. Got x ${formatShape(x.shape)}, kernel [${attrs.kernel}], dilation ` +
      `[${attrs.dilations}] and padding [${attrs.pads}]; expected at least [${reach}] with padding. Add padding.`,
    { op },
  );
}

/** Settings of {@link conv1d}. */
export interface Conv1dOptions {
  /** `[out]`. Default none. */
  readonly bias?: TensorLike | undefined;
  /** Steps of the window. Default 1. */
  readonly stride?: number | readonly [number] | undefined;
  /** Default 0. */
  readonly padding?: Padding1d | undefined;
  /** Distance of neighbouring kernel elements. Default 1. */
  readonly dilation?: number | readonly [number] | undefined;
  /** Parts that the channels are divided into, each with a kernel of its own. Default 1. */
  readonly groups?: number | undefined;
}

/**
 * One-dimensional convolution (cross-correlation, as in PyTorch): a kernel moved along signals.
 *
 * The length becomes `⌊(in + padding − dilation·(kernel − 1) − 1) / stride⌋ + 1`, with `padding` the sum of both sides.
 *
 * @param x - `[batch, in, length]`, float32, float64 or float16.
 * @param weight - `[out, in / groups, kernel]`.
 * @param options.bias - `[out]`. Default none.
 * @param options.stride - Default 1.
 * @param options.padding - Default 0; see {@link Padding1d}. Unlike PyTorch, `'same'` goes with any stride.
 * @param options.dilation - Default 1.
 * @param options.groups - Default 1; equal to the number of channels for a depthwise convolution.
 * @returns `[batch, out, outLength]`.
 * @throws {@link ShapeError} if channels do not fit or the kernel is longer than the padded signal.
 * @example
 * await toArray(conv1d(tensor([[[1, 2, 4]]]), tensor([[[-1, 1]]]))); // => [[[1, 2]]]
 * @category Convolution
 */
export function conv1d(x: TensorLike, weight: TensorLike, options: Conv1dOptions = {}): Tensor {
  checkOptionNames('conv1d', options, ['bias', 'stride', 'padding', 'dilation', 'groups']);
  return convolve({ op: 'conv1d', rank: 1 }, [x, weight], options);
}

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

/**
 * Two-dimensional convolution (cross-correlation, as in PyTorch): a kernel moved over images.
 *
 * The size becomes `⌊(in + padding − dilation·(kernel − 1) − 1) / stride⌋ + 1`, with `padding` the sum of both sides.
 *
 * @param x - `[batch, in, height, width]`, float32, float64 or float16.
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
  checkOptionNames('conv2d', options, ['bias', 'stride', 'padding', 'dilation', 'groups']);
  return convolve({ op: 'conv2d', rank: 2 }, [x, weight], options);
}

/** Settings of {@link conv3d}. */
export interface Conv3dOptions {
  /** `[out]`. Default none. */
  readonly bias?: TensorLike | undefined;
  /** Steps of the window in voxels. Default 1. */
  readonly stride?: number | Triple | undefined;
  /** Default 0. */
  readonly padding?: Padding3d | undefined;
  /** Distance of neighbouring kernel elements in voxels. Default 1. */
  readonly dilation?: number | Triple | undefined;
  /** Parts that the channels are divided into, each with a kernel of its own. Default 1. */
  readonly groups?: number | undefined;
}

/**
 * Three-dimensional convolution (cross-correlation, as in PyTorch): a kernel moved through volumes.
 *
 * The size becomes `⌊(in + padding − dilation·(kernel − 1) − 1) / stride⌋ + 1`, with `padding` the sum of both sides.
 * Its gradient, and groups, run on the CPU and in wasm only, not on WebGPU.
 *
 * @param x - `[batch, in, depth, height, width]`, float32, float64 or float16.
 * @param weight - `[out, in / groups, kernelDepth, kernelHeight, kernelWidth]`.
 * @param options.bias - `[out]`. Default none.
 * @param options.stride - Default 1.
 * @param options.padding - Default 0; see {@link Padding3d}. Unlike PyTorch, `'same'` goes with any stride.
 * @param options.dilation - Default 1.
 * @param options.groups - Default 1; equal to the number of channels for a depthwise convolution.
 * @returns `[batch, out, outDepth, outHeight, outWidth]`.
 * @throws {@link ShapeError} if channels do not fit or the kernel is larger than the padded volume.
 * @example
 * const volume = reshape(tensor([1, 2, 3, 4]), [1, 1, 2, 1, 2]);
 * const weight = reshape(tensor([1, 10]), [1, 1, 2, 1, 1]);
 * await toArray(conv3d(volume, weight)); // => [[[[[31, 42]]]]]
 * @category Convolution
 */
export function conv3d(x: TensorLike, weight: TensorLike, options: Conv3dOptions = {}): Tensor {
  checkOptionNames('conv3d', options, ['bias', 'stride', 'padding', 'dilation', 'groups']);
  return convolve({ op: 'conv3d', rank: 3 }, [x, weight], options);
}
