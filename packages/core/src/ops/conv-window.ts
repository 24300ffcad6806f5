import { describeValue } from '../argument.ts';
import { dimAdd, dimEquals, dimFloorDiv, dimMul, dimSub, formatDim } from '../dim.ts';
import type { Dim } from '../dim.ts';
import type { DType } from '../dtype.ts';
import { ArgumentError, DTypeError, ShapeError } from '../errors.ts';
import type { OperandTypes, TensorType } from '../ir/op.ts';
import { formatShape } from '../shape.ts';

/** Two numbers, for height and width. */
export type Pair = readonly [height: number, width: number];

/** Three numbers, for depth, height and width. */
export type Triple = readonly [depth: number, height: number, width: number];

/** What is added before and after along one axis. */
export type Sides = readonly [before: number, after: number];

/**
 * How far a window reaches over the ends: one number, `[[before, after]]`, `'valid'` (none) or `'same'` (the result has
 * size `ceil(input / stride)`; where the total is odd, the end gets one more).
 * @category Convolution
 */
export type Padding1d = number | readonly [length: number] | readonly [length: Sides] | 'same' | 'valid';

/**
 * How far a window reaches over the border: one number, `[height, width]`, `[[top, bottom], [left, right]]`, `'valid'`
 * (none) or `'same'` (the result has size `ceil(input / stride)`; where the total is odd, the end gets one more).
 * @category Convolution
 */
export type Padding2d = number | Pair | readonly [rows: Sides, columns: Sides] | 'same' | 'valid';

/**
 * How far a window reaches over the border: one number, `[depth, height, width]`, one `[before, after]` for each of
 * them, `'valid'` (none) or `'same'` (the result has size `ceil(input / stride)`; where the total is odd, the end gets
 * one more).
 * @category Convolution
 */
export type Padding3d = number | Triple | readonly [depth: Sides, rows: Sides, columns: Sides] | 'same' | 'valid';

/** A padding of any rank. */
export type Padding = number | readonly (number | Sides)[] | 'same' | 'valid';

/** How a window moves. `pads` has what is added before every axis, then what is added after. */
export interface Moves {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
}

const WORDS = [
  '',
  'or one in a list',
  'or two of them for height and width',
  'or three of them for depth, height and width',
];

/** A setting as one number per axis, refused if one is below `least`. `name` is `op.option`. */
export function sizesOf(
  value: number | readonly number[],
  name: string,
  { rank, least }: { readonly rank: number; readonly least: number },
): readonly number[] {
  const list = typeof value === 'number' ? Array.from({ length: rank }, () => value) : value;
  const fits = Array.isArray(list) && list.every((number) => Number.isInteger(number) && number >= least);
  if (fits && list.length === rank) return list;
  const [op, option] = name.split('.');
  throw new ArgumentError(
    `${op}: ${option} does not fit. Got ${describeValue(value)}; expected a whole number of at least ${least}, ` +
      `${WORDS[rank]}. Change ${option}.`,
    { op: op ?? name },
  );
}

/** Sizes that a window's padding is resolved for. */
export interface PaddingRequest extends Omit<Moves, 'pads'> {
  readonly sizes: readonly Dim[];
  readonly op: string;
}

/** A padding as the widths before every axis, then those after. */
export function resolvePadding(padding: Padding, request: PaddingRequest): number[] {
  const rank = request.kernel.length;
  if (padding === 'valid') return request.kernel.flatMap(() => [0, 0]);
  if (padding === 'same') {
    const sides = request.kernel.map((_, axis) => samePadding(request, axis));
    return [...sides.map(([before]) => before), ...sides.map(([, after]) => after)];
  }
  const name = `${request.op}.padding`;
  const isSided = Array.isArray(padding) && padding.some((side) => typeof side !== 'number');
  if (!isSided) {
    const widths = sizesOf(padding as number | readonly number[], name, { rank, least: 0 });
    return [...widths, ...widths];
  }
  const sides = (padding as readonly (number | Sides)[]).map((side) =>
    typeof side === 'number' ? [side, side] : side,
  );
  if (sides.length !== rank || sides.some((side) => side.length !== 2)) sizesOf([], name, { rank, least: 0 });
  const before = sizesOf(
    sides.map((side) => side[0]!),
    name,
    { rank, least: 0 },
  );
  return [
    ...before,
    ...sizesOf(
      sides.map((side) => side[1]!),
      name,
      { rank, least: 0 },
    ),
  ];
}

/** Padding before and after so that the result has `ceil(size / stride)` elements. */
function samePadding(request: PaddingRequest, axis: number): Sides {
  const size = request.sizes[axis]!;
  const stride = request.strides[axis]!;
  const reach = reachOf(request, axis);
  if (typeof size !== 'number' && stride > 1) {
    throw new ShapeError(
      `${request.op}: padding 'same' with stride ${stride} needs a known size. Got ${formatDim(size)}; expected a ` +
        `number. Give the padding in numbers.`,
      { op: request.op },
    );
  }
  const steps = typeof size === 'number' ? (Math.ceil(size / stride) - 1) * stride + reach - size : reach - 1;
  const total = Math.max(steps, 0);
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}

/** Elements from the first to the last that a window covers: `dilation·(kernel − 1) + 1`. */
export const reachOf = ({ kernel, dilations }: Pick<Moves, 'kernel' | 'dilations'>, axis: number): number =>
  dilations[axis]! * (kernel[axis]! - 1) + 1;

/** `⌊(size + before + after − dilation·(kernel − 1) − 1) / stride⌋ + 1` along each axis. */
export function windowCounts(sizes: readonly Dim[], moves: Moves): Dim[] {
  const rank = moves.kernel.length;
  return sizes.map((size, axis) => {
    const around = moves.pads[axis]! + moves.pads[axis + rank]!;
    const count = dimAdd(dimFloorDiv(dimAdd(size, around - reachOf(moves, axis)), moves.strides[axis]!), 1);
    return typeof count === 'number' ? Math.max(count, 0) : count;
  });
}

/** That the window has at least one place, for sizes that are names. */
export const atLeastOneWindow = (moves: Moves, [x]: OperandTypes): Dim[] =>
  windowCounts(x.shape.slice(2), moves).map((count) => dimSub(count, 1));

/** The sizes a transposed convolution has without output padding. */
export function transposedSizes(sizes: readonly Dim[], moves: Moves): Dim[] {
  const rank = moves.kernel.length;
  return sizes.map((size, axis) => {
    const around = moves.pads[axis]! + moves.pads[axis + rank]!;
    return dimAdd(dimMul(dimSub(size, 1), moves.strides[axis]!), reachOf(moves, axis) - around);
  });
}

const LAYOUTS = ['', '[batch,channels,length]', '[batch,channels,height,width]', '[batch,channels,depth,height,width]'];
const THINGS = ['', 'signals', 'images', 'volumes'];

/** Refuses what is no batch of signals, images or volumes, and dtypes that cannot be computed with. */
export function checkBatch(
  x: TensorType,
  { op, rank, what, dtypes }: { op: string; rank: number; what: string; dtypes: readonly DType[] },
): void {
  if (!dtypes.includes(x.dtype)) {
    throw new DTypeError(
      `${op}: no ${what} of this dtype exists. Got ${x.dtype} ${formatShape(x.shape)}; expected ${dtypes.join(', ')}. ` +
        `Use cast(x, 'float32').`,
      { op, details: { dtype: x.dtype } },
    );
  }
  if (x.shape.length === rank + 2) return;
  throw new ShapeError(
    `${op}: not a batch of ${THINGS[rank]}. Got x ${formatShape(x.shape)}; expected ${LAYOUTS[rank]}. Add a missing ` +
      `axis with unsqueeze.`,
    { op },
  );
}

/** The kernel of a weight, which must be known while the graph is built. */
export function kernelOf(weight: TensorType, op: string, rank: number): readonly number[] {
  const [, , ...kernel] = weight.shape;
  if (weight.shape.length !== rank + 2 || kernel.some((size) => typeof size !== 'number')) {
    throw new ShapeError(
      `${op}: the weight is no kernel. Got weight ${formatShape(weight.shape)}; expected ${rank + 2} axes, all after the ` +
        `second of known size. Reshape it.`,
      { op },
    );
  }
  if (!weight.shape.includes(0)) return kernel as number[];
  // ONNX Runtime's Conv does not come back from a kernel without elements.
  throw new ShapeError(
    `${op}: the weight has no elements. Got weight ${formatShape(weight.shape)}; expected at least one channel and a ` +
      `kernel of at least 1. Leave the convolution out.`,
    { op },
  );
}

/** What {@link checkChannels} compares. */
export interface ChannelRequest {
  readonly op: string;
  readonly groups: number;
  /** Channels of the input, and of the output. */
  readonly into: Dim;
  readonly from: Dim;
  readonly transposed: boolean;
}

/** Refuses operands of several dtypes. */
function checkDTypes(operands: readonly (TensorType | undefined)[], op: string): void {
  const dtypes = operands.flatMap((operand) => (operand === undefined ? [] : [operand.dtype]));
  if (dtypes.every((dtype) => dtype === dtypes[0])) return;
  throw new DTypeError(
    `${op}: dtypes differ. Got x ${dtypes[0]}, weight ${dtypes[1]}${dtypes.length > 2 ? `, bias ${dtypes[2]}` : ''}; ` +
      `expected the same for all. Cast one of them.`,
    { op },
  );
}

/** Refuses channels, groups and bias that do not belong together. */
export function checkChannels(
  [x, w, bias]: readonly (TensorType | undefined)[],
  { groups, into, from, op, transposed }: ChannelRequest,
): void {
  checkDTypes([x, w, bias], op);
  const whole = [into, from].every((size) => typeof size !== 'number' || size % groups === 0);
  const given = transposed ? w!.shape[0]! : dimMul(w!.shape[1]!, groups);
  const biasFits = bias === undefined || (bias.shape.length === 1 && dimEquals(bias.shape[0]!, from));
  if (whole && biasFits && dimEquals(given, into)) return;
  const axes = ['', 'k', 'h,w', 'd,h,w'][x!.shape.length - 2]!;
  throw new ShapeError(
    `${op}: channels do not fit. Got x ${formatShape(x!.shape)} ${x!.dtype}, weight ${formatShape(w!.shape)} ${w!.dtype}` +
      `${bias === undefined ? '' : `, bias ${formatShape(bias.shape)}`} and groups ${groups}; expected weight ` +
      `${transposed ? `[in,out/groups,${axes}]` : `[out,in/groups,${axes}]`} with in = ${formatDim(into)}, groups dividing ` +
      `both${bias === undefined ? '' : `, and bias [${formatDim(from)}]`}. Check the weight's axes.`,
    { op },
  );
}
