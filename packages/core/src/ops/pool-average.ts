import { checkOptionNames } from '../argument.ts';
import type { DType } from '../dtype.ts';
import { ShapeError } from '../errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { formatShape } from '../shape.ts';
import { bind } from '../trace/bind.ts';
import { constant } from '../trace/literal.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { padAround, tapViews } from './conv-patches.ts';
import { windowCounts } from './conv-window.ts';
import type { Moves, Padding1d, Padding2d, Padding3d, Pair, Triple } from './conv-window.ts';
import { add, mul } from './elementwise.ts';
import { squeeze, unsqueeze } from './movement.ts';
import { avgPoolOp } from './pool-ops.ts';
import { asRow, poolWindows } from './pool-window.ts';
import type { PoolSettings, PoolWindows } from './pool-window.ts';
import { cast } from './structural.ts';

const AVERAGED: readonly DType[] = ['float32', 'float16', 'float64'];

interface Settings extends Omit<PoolSettings, 'dilation'> {
  readonly countIncludePad?: boolean | undefined;
}

function avgPool(x: TensorLike, settings: Settings, rank: number): Tensor {
  const op = `avgPool${rank}d`;
  const given = asTensor(x, op);
  const windows = poolWindows(given, settings, { op, rank, dtypes: AVERAGED });
  const { moves, extra } = windows;
  const pooled = meanOf(given, moves, rank);
  const includePad = settings.countIncludePad ?? true;
  const uncounted = includePad ? extra : moves.pads;
  if (uncounted.every((width) => width === 0)) return pooled;
  const lists = moves.kernel.map((_, axis) => shares(given, { ...windows, includePad, op }, axis));
  const table = lists.reduce<number[]>((all, list) => all.flatMap((share) => list.map((own) => share * own)), [1]);
  const scale = constant(Float64Array.from(table), { shape: [1, 1, ...lists.map(({ length }) => length)] });
  return mul(pooled, cast(scale, given.dtype));
}

/** The mean of every window, with zeros outside. */
function meanOf(x: Tensor, moves: Moves, rank: number): Tensor {
  if (x.dtype === 'float64') {
    // The runtime has no means of windows in float64: one view for every element of the window.
    const volume = moves.kernel.reduce((product, extent) => product * extent, 1);
    const total = tapViews(padAround(x, moves), moves).reduce((sum, view) => add(sum, view));
    return mul(total, 1 / volume);
  }
  return rank === 1 ? squeeze(bind(avgPoolOp, [unsqueeze(x, 2)], asRow(moves)), 2) : bind(avgPoolOp, [x], moves);
}

/** For each window along an axis, its full size over the number of places that count. */
function shares(
  x: Tensor,
  { moves, extra, includePad, op }: PoolWindows & { readonly includePad: boolean; readonly op: string },
  axis: number,
): number[] {
  const { kernel, strides, pads } = moves;
  const size = x.shape[axis + 2]!;
  const windows = windowCounts(x.shape.slice(2), moves)[axis]!;
  if (typeof size !== 'number' || typeof windows !== 'number') {
    throw new ShapeError(
      `${op}: padding that is not counted needs a known size. Got x ${formatShape(x.shape)}; expected numbers after ` +
        `batch and channels. Give the image a fixed size.`,
      { op },
    );
  }
  const extent = kernel[axis]!;
  const before = pads[axis]!;
  const after = pads[axis + kernel.length]! - extra[axis]!;
  return Array.from({ length: windows }, (_, index) => {
    const start = index * strides[axis]! - before;
    const stop = Math.min(start + extent, size + (includePad ? after : 0));
    return extent / (stop - Math.max(start, includePad ? -before : 0));
  });
}

/** Settings of {@link avgPool1d}. */
export interface AvgPool1dOptions {
  /** Length of the window. */
  readonly kernelSize: number | readonly [number];
  /** Steps of the window. Default: the length of the window. */
  readonly stride?: number | readonly [number] | undefined;
  /** Less than the window. Default 0. */
  readonly padding?: Padding1d | undefined;
  /** Keep a last window that reaches over the end, if it begins inside. Default false. */
  readonly ceilMode?: boolean | undefined;
  /** Count padding (as zeros) in the mean. Default true. */
  readonly countIncludePad?: boolean | undefined;
}

/**
 * Mean of each window of a signal; see {@link avgPool2d}.
 *
 * @param x - `[batch, channels, length]`, a float dtype.
 * @param options.kernelSize - Length of the window.
 * @param options.stride - Default: the length of the window.
 * @param options.padding - Default 0.
 * @param options.ceilMode - Keep a last window that reaches over the end. Default false.
 * @param options.countIncludePad - Count padding (as zeros) in the mean. Default true, as in PyTorch.
 * @returns `[batch, channels, outLength]`.
 * @throws {@link ShapeError} if no window fits; {@link ArgumentError} if the padding is as large as the window.
 * @example
 * await toArray(avgPool1d(tensor([[[1, 3, 2, 6]]]), { kernelSize: 2 })); // => [[[2, 4]]]
 * @category Convolution
 */
export function avgPool1d(x: TensorLike, options: AvgPool1dOptions): Tensor {
  checkOptionNames('avgPool1d', options, ['kernelSize', 'stride', 'padding', 'ceilMode', 'countIncludePad']);
  return avgPool(x, options, 1);
}

/** Settings of {@link avgPool2d}. */
export interface AvgPool2dOptions {
  /** Size of the window. */
  readonly kernelSize: number | Pair;
  /** Steps of the window in pixels. Default: the size of the window. */
  readonly stride?: number | Pair | undefined;
  /** Less than the window. Default 0. */
  readonly padding?: Padding2d | undefined;
  /** Keep a last window that reaches over the end, if it begins inside. Default false. */
  readonly ceilMode?: boolean | undefined;
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
  checkOptionNames('avgPool2d', options, ['kernelSize', 'stride', 'padding', 'ceilMode', 'countIncludePad']);
  return avgPool(x, options, 2);
}

/** Settings of {@link avgPool3d}. */
export interface AvgPool3dOptions {
  /** Size of the window. */
  readonly kernelSize: number | Triple;
  /** Steps of the window in voxels. Default: the size of the window. */
  readonly stride?: number | Triple | undefined;
  /** Less than the window. Default 0. */
  readonly padding?: Padding3d | undefined;
  /** Keep a last window that reaches over the end, if it begins inside. Default false. */
  readonly ceilMode?: boolean | undefined;
  /** Count padding (as zeros) in the mean. Default true. */
  readonly countIncludePad?: boolean | undefined;
}

/**
 * Mean of each window of a volume; see {@link avgPool2d}. Its gradient runs on the CPU and in wasm only, not on WebGPU.
 *
 * @param x - `[batch, channels, depth, height, width]`, a float dtype.
 * @param options.kernelSize - Size of the window, or `[depth, height, width]`.
 * @param options.stride - Default: the size of the window.
 * @param options.padding - Default 0.
 * @param options.ceilMode - Keep a last window that reaches over the end. Default false.
 * @param options.countIncludePad - Count padding (as zeros) in the mean. Default true, as in PyTorch.
 * @returns `[batch, channels, outDepth, outHeight, outWidth]`.
 * @throws {@link ShapeError} if no window fits; {@link ArgumentError} if the padding is as large as the window.
 * @example
 * const volume = reshape(tensor([1, 2, 3, 4]), [1, 1, 2, 1, 2]);
 * await toArray(avgPool3d(volume, { kernelSize: [2, 1, 1] })); // => [[[[[2, 3]]]]]
 * @category Convolution
 */
export function avgPool3d(x: TensorLike, options: AvgPool3dOptions): Tensor {
  checkOptionNames('avgPool3d', options, ['kernelSize', 'stride', 'padding', 'ceilMode', 'countIncludePad']);
  return avgPool(x, options, 3);
}
