import { formatDim } from '../dim.ts';
import type { Dim } from '../dim.ts';
import type { DType } from '../dtype.ts';
import { ArgumentError, ShapeError } from '../errors.ts';
import type { TensorType } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { formatShape } from '../shape.ts';
import { checkBatch, reachOf, resolvePadding, sizesOf, windowCounts } from './conv-window.ts';
import type { Moves, Padding } from './conv-window.ts';

/** Settings of a pool over axes of any number. */
export interface PoolSettings {
  readonly kernelSize: number | readonly number[];
  readonly stride?: number | readonly number[] | undefined;
  readonly padding?: Padding | undefined;
  readonly dilation?: number | readonly number[] | undefined;
  readonly ceilMode?: boolean | undefined;
}

/** The function a user called, and how many axes its window has. */
export interface PoolCall {
  readonly op: string;
  readonly rank: number;
  readonly dtypes: readonly DType[];
}

/** A pool's windows over a tensor of a given size. */
export interface PoolWindows {
  readonly moves: Moves;
  /** What rounding up adds at the end of each axis; part of `moves.pads`. */
  readonly extra: readonly number[];
}

/** A pool in ONNX's names. */
export const onnxPool = ({
  kernel,
  strides,
  dilations,
  pads,
}: Moves): Record<string, readonly number[] | undefined> => ({
  kernel_shape: kernel,
  strides,
  pads,
  dilations: dilations.every((step) => step === 1) ? undefined : dilations,
});

/** The shape of what a pool makes of `x`. */
export const pooledShape = (x: TensorType, moves: Moves): Dim[] => [
  ...x.shape.slice(0, 2),
  ...windowCounts(x.shape.slice(2), moves),
];

/** The window of a signal as that of an image with one row. */
export const asRow = ({ kernel, strides, dilations, pads }: Moves): Moves => ({
  kernel: [1, ...kernel],
  strides: [1, ...strides],
  dilations: [1, ...dilations],
  pads: [0, pads[0]!, 0, pads[1]!],
});

/** The windows of a call, checked. */
export function poolWindows(x: Tensor, settings: PoolSettings, call: PoolCall): PoolWindows {
  const { op, rank } = call;
  checkBatch(x, { ...call, what: 'pooling' });
  const kernel = sizesOf(settings.kernelSize, `${op}.kernelSize`, { rank, least: 1 });
  const strides = sizesOf(settings.stride ?? kernel, `${op}.stride`, { rank, least: 1 });
  const dilations = sizesOf(settings.dilation ?? 1, `${op}.dilation`, { rank, least: 1 });
  const sizes = x.shape.slice(2);
  const exact = {
    kernel,
    strides,
    dilations,
    pads: resolvePadding(settings.padding ?? 0, { sizes, kernel, strides, dilations, op }),
  };
  checkPadding(exact, op);
  const extra = sizes.map((size, axis) => (settings.ceilMode === true ? roundedUp(size, exact, { axis, op }) : 0));
  const moves = { ...exact, pads: exact.pads.map((width, side) => width + (extra[side - rank] ?? 0)) };
  const counts = windowCounts(sizes, moves);
  // No elements, no windows: nothing to complain about in an empty tensor, unless padding makes room for some.
  if (counts.every((count, axis) => typeof count !== 'number' || count > 0 === (sizes[axis] !== 0)))
    return { moves, extra };
  const thing = ['', 'signal', 'image', 'volume'][rank]!;
  throw new ShapeError(
    `${op}: the window is larger than the ${thing}. Got x ${formatShape(x.shape)}, kernelSize [${kernel}] and padding ` +
      `[${exact.pads}]; expected at least one place for the window. Use a smaller window.`,
    { op },
  );
}

function checkPadding(moves: Moves, op: string): void {
  const { kernel, pads } = moves;
  if (pads.every((width, side) => width < reachOf(moves, side % kernel.length))) return;
  throw new ArgumentError(
    `${op}: more padding than window. Got padding [${pads}] for kernelSize [${kernel}]; expected less than the window. ` +
      `Reduce the padding.`,
    { op },
  );
}

/** How far the last window reaches over the padded end when the number of windows is rounded up. */
function roundedUp(size: Dim, moves: Moves, { axis, op }: { readonly axis: number; readonly op: string }): number {
  const { strides, pads, kernel } = moves;
  if (typeof size !== 'number') {
    throw new ShapeError(
      `${op}: ceilMode needs a known size. Got ${formatDim(size)}; expected a number. Give the image a fixed size.`,
      { op },
    );
  }
  const before = pads[axis]!;
  const stride = strides[axis]!;
  const free = size + before + pads[axis + kernel.length]! - reachOf(moves, axis);
  const last = Math.ceil(free / stride);
  // A window that would begin in the padding after the image is left out, as in PyTorch.
  const begins = last * stride < size + before;
  return Math.max((begins ? last : last - 1) * stride - free, 0);
}

/** Whether the windows lie side by side without padding; what is left at the end belongs to none. */
export const isTiled = ({ kernel, strides, dilations, pads }: Moves): boolean =>
  pads.every((width) => width === 0) &&
  kernel.every((extent, axis) => extent === strides[axis] && (dilations[axis] === 1 || extent === 1));
