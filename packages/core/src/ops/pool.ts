import { checkOptionNames } from '../argument.ts';
import type { DType } from '../dtype.ts';
import type { Tensor } from '../ir/tensor.ts';
import { staticShape } from '../shape.ts';
import { bind } from '../trace/bind.ts';
import { constant } from '../trace/literal.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { padAround } from './conv-patches.ts';
import type { Moves, Padding1d, Padding2d, Padding3d, Pair, Triple } from './conv-window.ts';
import { gather } from './indexing.ts';
import { squeeze, unsqueeze } from './movement.ts';
import { maxPlacesOp, maxPoolOp } from './pool-ops.ts';
import { asRow, poolWindows } from './pool-window.ts';
import type { PoolSettings } from './pool-window.ts';

/** What has a largest element. */
const ORDERED: readonly DType[] = ['float32', 'float16', 'float64'];

interface MaxSettings extends PoolSettings {
  readonly returnIndices?: boolean | undefined;
}

function maxPool(x: TensorLike, settings: MaxSettings, rank: number): Tensor | [Tensor, Tensor] {
  const op = `maxPool${rank}d`;
  const given = asTensor(x, op);
  const { moves } = poolWindows(given, settings, { op, rank, dtypes: ORDERED });
  const [wide, still] = padAhead(given, moves);
  const [images, attrs] = rank === 1 ? [unsqueeze(wide, 2), asRow(still)] : [wide, still];
  const shaped = (y: Tensor): Tensor => (rank === 1 ? squeeze(y, 2) : y);
  const y = shaped(bind(maxPoolOp, [images], attrs));
  if (settings.returnIndices !== true) return y;
  const places = shaped(bind(maxPlacesOp, [images], attrs));
  return [y, wide === given ? places : gather(placesWithout(given, moves, op), places)];
}

/** The runtime's kernel takes less padding than the window has elements; what is more is added beforehand. */
function padAhead(x: Tensor, moves: Moves): readonly [x: Tensor, moves: Moves] {
  const { kernel, pads } = moves;
  if (pads.every((width, side) => width < kernel[side % kernel.length]!)) return [x, moves];
  const lowest = { float16: -65504, float32: -3.4028234663852886e38, float64: -Number.MAX_VALUE }[x.dtype as 'float32'];
  return [padAround(x, moves, lowest), { ...moves, pads: pads.map(() => 0) }];
}

/** For every place of a padded image read in row order, the place without the padding. */
function placesWithout(x: Tensor, { pads, kernel }: Moves, op: string): Tensor {
  const sizes = staticShape(x.shape.slice(2), op);
  const places = sizes.reduce<number[]>(
    (outer, size, axis) => {
      const width = pads[axis]! + size + pads[axis + kernel.length]!;
      return outer.flatMap((place) => Array.from({ length: width }, (_, at) => place * size + at - pads[axis]!));
    },
    [0],
  );
  return constant(Int32Array.from(places));
}

/** Settings of {@link maxPool1d}. */
export interface MaxPool1dOptions {
  /** Length of the window. */
  readonly kernelSize: number | readonly [number];
  /** Steps of the window. Default: the length of the window. */
  readonly stride?: number | readonly [number] | undefined;
  /** Less than the window. Default 0. */
  readonly padding?: Padding1d | undefined;
  /** Distance of neighbouring elements of the window. Default 1. */
  readonly dilation?: number | readonly [number] | undefined;
  /** Keep a last window that reaches over the end, if it begins inside. Default false. */
  readonly ceilMode?: boolean | undefined;
}

/**
 * Largest element of each window of a signal; see {@link maxPool2d}.
 *
 * @param x - `[batch, channels, length]`, a float dtype.
 * @param options.kernelSize - Length of the window.
 * @param options.stride - Default: the length of the window.
 * @param options.padding - Places outside count as −∞. Default 0.
 * @param options.dilation - Distance of neighbouring elements of the window. Default 1.
 * @param options.ceilMode - Keep a last window that reaches over the end. Default false.
 * @param options.returnIndices - Also return the place of each maximum, int32. Default false.
 * @returns `[batch, channels, outLength]`, with `returnIndices` as the first of two.
 * @throws {@link ShapeError} if no window fits; {@link ArgumentError} if the padding is as large as the window.
 * @example
 * await toArray(maxPool1d(tensor([[[1, 3, 2, 5]]]), { kernelSize: 2 })); // => [[[3, 5]]]
 * @category Convolution
 */
export function maxPool1d(
  x: TensorLike,
  options: MaxPool1dOptions & { readonly returnIndices: true },
): [values: Tensor, indices: Tensor];
export function maxPool1d(x: TensorLike, options: MaxPool1dOptions & { readonly returnIndices?: false }): Tensor;
export function maxPool1d(
  x: TensorLike,
  options: MaxPool1dOptions & { readonly returnIndices?: boolean },
): Tensor | [Tensor, Tensor] {
  checkOptionNames('maxPool1d', options, ['kernelSize', 'stride', 'padding', 'dilation', 'ceilMode', 'returnIndices']);
  return maxPool(x, options, 1);
}

/** Settings of {@link maxPool2d}. */
export interface MaxPool2dOptions {
  /** Size of the window. */
  readonly kernelSize: number | Pair;
  /** Steps of the window in pixels. Default: the size of the window. */
  readonly stride?: number | Pair | undefined;
  /** Less than the window. Default 0. */
  readonly padding?: Padding2d | undefined;
  /** Distance of neighbouring elements of the window in pixels. Default 1. */
  readonly dilation?: number | Pair | undefined;
  /** Keep a last window that reaches over the end, if it begins inside. Default false. */
  readonly ceilMode?: boolean | undefined;
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
 * @param options.dilation - Distance of neighbouring elements of the window. Default 1.
 * @param options.ceilMode - Keep a last window that reaches over the end. Default false.
 * @param options.returnIndices - Also return the place of each maximum in its image read in row order, int32. Default
 *   false.
 * @returns `[batch, channels, outHeight, outWidth]`, with `returnIndices` as the first of two.
 * @throws {@link ShapeError} if no window fits; {@link ArgumentError} if the padding is as large as the window.
 * @example
 * const image = reshape(tensor([1, 2, 3, 4]), [1, 1, 2, 2]);
 * await toArray(maxPool2d(image, { kernelSize: 2 })); // => [[[[4]]]]
 * const [, indices] = maxPool2d(image, { kernelSize: 2, returnIndices: true });
 * await toArray(indices); // => [[[[3]]]]
 * @category Convolution
 */
export function maxPool2d(
  x: TensorLike,
  options: MaxPool2dOptions & { readonly returnIndices: true },
): [values: Tensor, indices: Tensor];
export function maxPool2d(x: TensorLike, options: MaxPool2dOptions & { readonly returnIndices?: false }): Tensor;
export function maxPool2d(
  x: TensorLike,
  options: MaxPool2dOptions & { readonly returnIndices?: boolean },
): Tensor | [Tensor, Tensor] {
  checkOptionNames('maxPool2d', options, ['kernelSize', 'stride', 'padding', 'dilation', 'ceilMode', 'returnIndices']);
  return maxPool(x, options, 2);
}

/** Settings of {@link maxPool3d}. */
export interface MaxPool3dOptions {
  /** Size of the window. */
  readonly kernelSize: number | Triple;
  /** Steps of the window in voxels. Default: the size of the window. */
  readonly stride?: number | Triple | undefined;
  /** Less than the window. Default 0. */
  readonly padding?: Padding3d | undefined;
  /** Distance of neighbouring elements of the window in voxels. Default 1. */
  readonly dilation?: number | Triple | undefined;
  /** Keep a last window that reaches over the end, if it begins inside. Default false. */
  readonly ceilMode?: boolean | undefined;
}

/**
 * Largest element of each window of a volume; see {@link maxPool2d}. Its gradient runs on the CPU and in wasm.
 *
 * @param x - `[batch, channels, depth, height, width]`, a float dtype.
 * @param options.kernelSize - Size of the window, or `[depth, height, width]`.
 * @param options.stride - Default: the size of the window.
 * @param options.padding - Places outside count as −∞. Default 0.
 * @param options.dilation - Distance of neighbouring elements of the window. Default 1.
 * @param options.ceilMode - Keep a last window that reaches over the end. Default false.
 * @param options.returnIndices - Also return the place of each maximum in its volume, int32. Default false.
 * @returns `[batch, channels, outDepth, outHeight, outWidth]`, with `returnIndices` as the first of two.
 * @throws {@link ShapeError} if no window fits; {@link ArgumentError} if the padding is as large as the window.
 * @example
 * const volume = reshape(tensor([1, 2, 3, 4]), [1, 1, 2, 1, 2]);
 * await toArray(maxPool3d(volume, { kernelSize: [2, 1, 1] })); // => [[[[[3, 4]]]]]
 * @category Convolution
 */
export function maxPool3d(
  x: TensorLike,
  options: MaxPool3dOptions & { readonly returnIndices: true },
): [values: Tensor, indices: Tensor];
export function maxPool3d(x: TensorLike, options: MaxPool3dOptions & { readonly returnIndices?: false }): Tensor;
export function maxPool3d(
  x: TensorLike,
  options: MaxPool3dOptions & { readonly returnIndices?: boolean },
): Tensor | [Tensor, Tensor] {
  checkOptionNames('maxPool3d', options, ['kernelSize', 'stride', 'padding', 'dilation', 'ceilMode', 'returnIndices']);
  return maxPool(x, options, 3);
}
