import { describeValue } from '../argument.ts';
import type { DType } from '../dtype.ts';
import { formatDim } from '../dim.ts';
import { ArgumentError, ShapeError } from '../errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { formatShape } from '../shape.ts';
import { constant } from '../trace/literal.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { checkBatch } from './conv-window.ts';
import type { Pair, Triple } from './conv-window.ts';
import { gather } from './indexing.ts';
import { matmul } from './linalg.ts';
import { moveAxis } from './movement.ts';
import { maxPool1d, maxPool2d, maxPool3d } from './pool.ts';
import { avgPool1d, avgPool2d, avgPool3d } from './pool-average.ts';
import { max, mean } from './reduce.ts';
import { cast } from './structural.ts';

/** One window of an adaptive pool, along one axis: from `start` up to, but not with, `end`. */
interface Bin {
  readonly start: number;
  readonly end: number;
}

/** Result sizes; null keeps the size of the input. */
type Sizes = number | readonly (number | null)[];

const FLOATS: readonly DType[] = ['float32', 'float16', 'float64'];

/** Window i goes from `⌊i·size/out⌋` up to `⌈(i+1)·size/out⌉`, as PyTorch's. */
const binsOf = (size: number, out: number): Bin[] =>
  Array.from({ length: out }, (_, index) => ({
    start: Math.floor((index * size) / out),
    end: Math.ceil(((index + 1) * size) / out),
  }));

/** What both kinds of pool need to know. */
interface Plan {
  readonly op: string;
  readonly rank: number;
  readonly x: Tensor;
  /** Sizes of the result; undefined where the axis stays as it is. */
  readonly out: readonly (number | undefined)[];
}

function planOf(x: TensorLike, outputSize: Sizes, { op, rank }: { readonly op: string; readonly rank: number }): Plan {
  const given = asTensor(x, op);
  checkBatch(given, { op, rank, what: 'pooling', dtypes: FLOATS });
  const list = typeof outputSize === 'number' ? Array.from({ length: rank }, () => outputSize) : outputSize;
  const fits = Array.isArray(list) && list.every((size) => size === null || (Number.isInteger(size) && size >= 1));
  if (fits && list.length === rank) {
    return {
      op,
      rank,
      x: given,
      out: list.map((size, axis) => (size === null || size === given.shape[axis + 2] ? undefined : size)),
    };
  }
  throw new ArgumentError(
    `${op}: outputSize does not fit. Got ${describeValue(outputSize)}; expected a whole number of at least 1, or ` +
      `${rank} of them, with null for a size that stays. Change outputSize.`,
    { op },
  );
}

/** The windows along an axis, whose size must be known. */
function knownBins({ op, x, out }: Plan, axis: number): Bin[] {
  const size = x.shape[axis + 2]!;
  if (typeof size === 'number' && size > 0) return binsOf(size, out[axis]!);
  throw new ShapeError(
    `${op}: ${size === 0 ? 'there is nothing to pool' : 'the size is not known'}. Got size ${formatDim(size)} in x ` +
      `${formatShape(x.shape)}; expected a number of at least 1 unless outputSize is 1. Give the image a fixed size.`,
    { op },
  );
}

const isGlobal = ({ out }: Plan): boolean => out.every((size) => size === 1);

/** The axes after batch and channels. */
const spatial = ({ rank }: Plan): number[] => Array.from({ length: rank }, (_, axis) => axis + 2);

/** Sizes of equal windows side by side, if that is what the windows are. */
function equalWindows({ x, out }: Plan): number[] | undefined {
  const sizes = out.map((size, axis) => {
    const whole = x.shape[axis + 2]!;
    return size === undefined ? 1 : typeof whole === 'number' ? whole / size : NaN;
  });
  return sizes.every((size) => Number.isInteger(size) && size >= 1) ? sizes : undefined;
}

function adaptiveAvgPool(x: TensorLike, outputSize: Sizes, rank: number): Tensor {
  const plan = planOf(x, outputSize, { op: `adaptiveAvgPool${rank}d`, rank });
  if (isGlobal(plan)) return mean(plan.x, { axis: spatial(plan), keepDims: true });
  const equal = equalWindows(plan);
  if (equal !== undefined) return pools.avg[rank - 1]!(plan.x, equal);
  return plan.out.reduce((y: Tensor, size, axis) => (size === undefined ? y : meanAlong(y, plan, axis)), plan.x);
}

/** The means of the windows along one axis, as a product with the matrix `[size, out]` whose columns take them. */
function meanAlong(y: Tensor, plan: Plan, axis: number): Tensor {
  const bins = knownBins(plan, axis);
  const size = plan.x.shape[axis + 2] as number;
  const table = Array.from({ length: size }, (_, at) =>
    bins.map(({ start, end }) => (at >= start && at < end ? 1 / (end - start) : 0)),
  ).flat();
  const weights = cast(constant(Float64Array.from(table), { shape: [size, bins.length] }), y.dtype);
  return moveAxis(matmul(moveAxis(y, axis + 2, -1), weights), -1, axis + 2);
}

function adaptiveMaxPool(x: TensorLike, outputSize: Sizes, rank: number): Tensor {
  const plan = planOf(x, outputSize, { op: `adaptiveMaxPool${rank}d`, rank });
  const symbolic = plan.x.shape.slice(2).some((size) => typeof size !== 'number');
  if (isGlobal(plan) && symbolic) return max(plan.x, { axis: spatial(plan), keepDims: true });
  const equal = equalWindows(plan);
  if (equal !== undefined) return pools.max[rank - 1]!(plan.x, equal);
  const lengths: number[] = [];
  const spread = plan.out.reduce((y: Tensor, size, axis) => {
    if (size === undefined) {
      lengths.push(1);
      return y;
    }
    const bins = knownBins(plan, axis);
    const length = Math.max(...bins.map(({ start, end }) => end - start));
    lengths.push(length);
    return gather(y, constant(Int32Array.from(bins.flatMap((bin) => spreadBin(bin, length)))), { axis: axis + 2 });
  }, plan.x);
  return pools.max[rank - 1]!(spread, lengths);
}

/** The places of a window, the last repeated until there are `length`: of equal maxima the first counts. */
const spreadBin = ({ start, end }: Bin, length: number): number[] =>
  Array.from({ length }, (_, at) => Math.min(start + at, end - 1));

type Pool = (x: Tensor, kernel: readonly number[]) => Tensor;

/** Pools with windows side by side, by the number of axes. */
const pools: { readonly avg: readonly Pool[]; readonly max: readonly Pool[] } = {
  avg: [
    (x, [length]) => avgPool1d(x, { kernelSize: length! }),
    (x, kernel) => avgPool2d(x, { kernelSize: kernel as unknown as Pair }),
    (x, kernel) => avgPool3d(x, { kernelSize: kernel as unknown as Triple }),
  ],
  max: [
    (x, [length]) => maxPool1d(x, { kernelSize: length! }),
    (x, kernel) => maxPool2d(x, { kernelSize: kernel as unknown as Pair }),
    (x, kernel) => maxPool3d(x, { kernelSize: kernel as unknown as Triple }),
  ],
};

/**
 * Means of as many windows as the result is long, whatever the length of the signal: window i goes from
 * `⌊i·size/out⌋` up to `⌈(i+1)·size/out⌉`, as in PyTorch.
 *
 * @param x - `[batch, channels, length]`, a float dtype.
 * @param outputSize - Length of the result.
 * @returns `[batch, channels, outputSize]`.
 * @throws {@link ShapeError} if the length is symbolic and `outputSize` is not 1.
 * @example
 * await toArray(adaptiveAvgPool1d(tensor([[[1, 2, 6]]]), 2)); // => [[[1.5, 4]]]
 * @category Convolution
 */
export function adaptiveAvgPool1d(x: TensorLike, outputSize: number | readonly [number]): Tensor {
  return adaptiveAvgPool(x, outputSize, 1);
}

/**
 * Means of as many windows as the result has pixels, whatever the size of the image: along each axis, window i goes
 * from `⌊i·size/out⌋` up to `⌈(i+1)·size/out⌉`, as in PyTorch. With 1 it is the mean of the whole image.
 *
 * @param x - `[batch, channels, height, width]`, a float dtype.
 * @param outputSize - Size of the result, or `[height, width]`; null keeps a size.
 * @returns `[batch, channels, ...outputSize]`.
 * @throws {@link ShapeError} if a size is symbolic and `outputSize` is not 1.
 * @example
 * await toArray(adaptiveAvgPool2d(tensor([[[[1, 2], [3, 6]]]]), 1)); // => [[[[3]]]]
 * @category Convolution
 */
export function adaptiveAvgPool2d(
  x: TensorLike,
  outputSize: number | readonly [height: number | null, width: number | null],
): Tensor {
  return adaptiveAvgPool(x, outputSize, 2);
}

/**
 * Means of as many windows as the result has voxels, whatever the size of the volume; see {@link adaptiveAvgPool2d}.
 *
 * @param x - `[batch, channels, depth, height, width]`, a float dtype.
 * @param outputSize - Size of the result, or `[depth, height, width]`; null keeps a size.
 * @returns `[batch, channels, ...outputSize]`.
 * @throws {@link ShapeError} if a size is symbolic and `outputSize` is not 1.
 * @example
 * await toArray(adaptiveAvgPool3d(tensor([[[[[1, 3]], [[5, 7]]]]]), [2, 1, 1])); // => [[[[[2]], [[6]]]]]
 * @category Convolution
 */
export function adaptiveAvgPool3d(
  x: TensorLike,
  outputSize: number | readonly [depth: number | null, height: number | null, width: number | null],
): Tensor {
  return adaptiveAvgPool(x, outputSize, 3);
}

/**
 * Largest elements of as many windows as the result is long, whatever the length of the signal; windows as those of
 * {@link adaptiveAvgPool1d}.
 *
 * @param x - `[batch, channels, length]`, a float dtype.
 * @param outputSize - Length of the result.
 * @returns `[batch, channels, outputSize]`.
 * @throws {@link ShapeError} if the length is symbolic and `outputSize` is not 1.
 * @example
 * await toArray(adaptiveMaxPool1d(tensor([[[1, 2, 6]]]), 2)); // => [[[2, 6]]]
 * @category Convolution
 */
export function adaptiveMaxPool1d(x: TensorLike, outputSize: number | readonly [number]): Tensor {
  return adaptiveMaxPool(x, outputSize, 1);
}

/**
 * Largest elements of as many windows as the result has pixels, whatever the size of the image; windows as those of
 * {@link adaptiveAvgPool2d}. Of several equal ones the first gets the gradient.
 *
 * @param x - `[batch, channels, height, width]`, a float dtype.
 * @param outputSize - Size of the result, or `[height, width]`; null keeps a size.
 * @returns `[batch, channels, ...outputSize]`.
 * @throws {@link ShapeError} if a size is symbolic and `outputSize` is not 1.
 * @example
 * await toArray(adaptiveMaxPool2d(tensor([[[[1, 2], [3, 6]]]]), [1, null])); // => [[[[3, 6]]]]
 * @category Convolution
 */
export function adaptiveMaxPool2d(
  x: TensorLike,
  outputSize: number | readonly [height: number | null, width: number | null],
): Tensor {
  return adaptiveMaxPool(x, outputSize, 2);
}

/**
 * Largest elements of as many windows as the result has voxels, whatever the size of the volume; see
 * {@link adaptiveMaxPool2d}.
 *
 * @param x - `[batch, channels, depth, height, width]`, a float dtype.
 * @param outputSize - Size of the result, or `[depth, height, width]`; null keeps a size.
 * @returns `[batch, channels, ...outputSize]`.
 * @throws {@link ShapeError} if a size is symbolic and `outputSize` is not 1.
 * @example
 * await toArray(adaptiveMaxPool3d(tensor([[[[[1, 3]], [[5, 7]]]]]), [2, 1, 1])); // => [[[[[3]], [[7]]]]]
 * @category Convolution
 */
export function adaptiveMaxPool3d(
  x: TensorLike,
  outputSize: number | readonly [depth: number | null, height: number | null, width: number | null],
): Tensor {
  return adaptiveMaxPool(x, outputSize, 3);
}
