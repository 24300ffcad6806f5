import { checkArgument, checkList, checkOptionNames } from '../argument.ts';
import { isFloat, promote } from '../dtype.ts';
import { DimExpr, dimAdd, dimEquals, dimFloorDiv, dimMul, dimSub, formatDim, isSymbolic } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { ArgumentError, ShapeError } from '../errors.ts';
import type { OpDef, TensorType } from '../ir/op.ts';
import type { OnnxBuilder, OnnxValue } from '../ir/onnx-binding.ts';
import type { Tensor } from '../ir/tensor.ts';
import { formatShape, normalizeAxes, normalizeAxis, shapesEqual, sizeOf } from '../shape.ts';
import type { Shape } from '../shape.ts';
import { bind, bindAll } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { rangeAxes, resolveRange } from './movement-ranges.ts';
import { writeRange } from './shared-write.ts';
import { cast, expand, reshape, transpose } from './structural.ts';

interface SliceAttrs {
  readonly starts: readonly Dim[];
  readonly sizes: readonly Dim[];
  readonly steps: readonly number[];
}

/** `y[i] = x[starts + i·steps]`. */
export const sliceOp: OpDef<SliceAttrs> = {
  kind: 'op',
  name: 'slice',
  rows: ({ starts, sizes, steps }, [x]) =>
    starts[0] === 0 && steps[0] === 1 && dimEquals(sizes[0]!, x.shape[0]!) ? 1 : 0,
  withRows: (attrs, length) => ({ ...attrs, sizes: [length, ...attrs.sizes.slice(1)] }),
  infer: ([x], { sizes }) => ({ dtype: x.dtype, shape: sizes }),
  // The first and the last element taken lie inside.
  needs: ({ starts, sizes, steps }, [x]) =>
    sizes.flatMap((size, axis) => {
      if (size === 0) return [];
      const [start, whole] = [starts[axis]!, x.shape[axis]!];
      const end = dimAdd(start, dimMul(dimSub(size, 1), steps[axis]!));
      const last = dimSub(whole, 1);
      // Stepping down from −1 is right for an axis without elements only: there ONNX means the last one.
      return steps[axis]! > 0 ? [start, dimSub(last, end)] : [end, dimMul(start, whole), dimSub(last, start)];
    }),
  vjp: ([dy], { inputs: [x], attrs }) => [unslice(dy, x.shape, attrs)],
  onnx: (b, [x], { inputs, attrs }) => writeSlice(b, x, inputs[0], attrs),
};

/** The adjoint of a slice: `dy` back at its places among zeros. */
function unslice(dy: Tensor, shape: Shape, { starts, sizes, steps }: SliceAttrs): Tensor {
  const backward = steps.flatMap((step, axis) => (step < 0 ? [axis] : []));
  const interior = steps.map((step) => Math.abs(step) - 1);
  const widths = sizes.map((size, axis): [Dim, Dim] => {
    const start = starts[axis]!;
    const step = steps[axis]!;
    const first = step < 0 ? dimAdd(start, dimMul(dimSub(size, 1), step)) : start;
    if (size === 0) return [0, shape[axis]!];
    return [first, dimSub(shape[axis]!, dimAdd(first, extentOf(size, interior[axis]!)))];
  });
  return pad(backward.length === 0 ? dy : flip(dy, { axis: backward }), widths, { interior });
}

/** Elements from the first to the last of `size` that lie `gap` apart. */
const extentOf = (size: Dim, gap: number): Dim => (size === 0 ? 0 : dimAdd(dimMul(dimSub(size, 1), gap + 1), 1));

function writeSlice(b: OnnxBuilder, x: OnnxValue, { shape, dtype }: TensorType, attrs: SliceAttrs): OnnxValue {
  const { starts, sizes, steps } = attrs;
  const axes = sizes.flatMap((size, axis) => (steps[axis] === 1 && dimEquals(size, shape[axis]!) ? [] : [axis]));
  if (axes.length === 0) return b.node('Identity', [x]);
  const right = !b.hasFault('slice-steps') || axes.every((axis) => steps[axis]! >= -1);
  if (!right || !(isFloat(dtype) || b.has('Slice', dtype))) {
    return axes.reduce<OnnxValue>((value, axis) => {
      return b.node('Gather', [value, writeRange(b, sizes[axis]!, starts[axis]!, steps[axis]!)], { axis });
    }, x);
  }
  const ends = axes.map((axis): Dim => {
    const end = dimAdd(starts[axis]!, dimMul(sizes[axis]!, steps[axis]!));
    // Counted from the end: ONNX reads a −1 there as the last element, not as the place before the first.
    return steps[axis]! < 0 ? dimSub(end, shape[axis]!) : end;
  });
  const of = (values: readonly Dim[]): OnnxValue => b.dims(axes.map((axis) => values[axis]!));
  return b.node('Slice', [x, of(starts), b.dims(ends), b.ints(axes), of(steps)]);
}

/**
 * Which elements of one axis {@link slice} takes, as in Python's `start:stop:step`: null takes all of them, a null
 * or missing end is open, negative ends count from the end of the axis.
 * @category Movement
 */
export type SliceRange = null | readonly [start?: Dim | null, stop?: Dim | null, step?: number];

/**
 * A part of a tensor: `x[start:stop:step, ...]` with Python's meaning, ends beyond the axis included.
 *
 * On an axis with a name the ends are taken to lie inside; for sizes where they do not, `jit` compiles a program of its
 * own, and `compile` and exported files refuse the run.
 *
 * @param ranges - One {@link SliceRange} for each of the first axes; the others are taken whole.
 * @param options.axes - The axes the ranges are for. Default: `0, 1, 2, ...`.
 * @throws {@link ShapeError} if there are more ranges than axes; {@link ArgumentError} if a step is 0 or no integer.
 * @example
 * await toArray(slice(tensor([[1, 2, 3], [4, 5, 6]]), [null, [1, null]])); // => [[2, 3], [5, 6]]
 * await toArray(slice(tensor([1, 2, 3, 4]), [[-1, null, -2]])); // => [4, 2]
 * @category Movement
 */
export function slice(
  x: TensorLike,
  ranges: readonly SliceRange[],
  options: { readonly axes?: readonly number[] | undefined } = {},
): Tensor {
  checkOptionNames('slice', options, ['axes']);
  const operand = asTensor(x, 'slice');
  const ofRanges = (list: readonly SliceRange[]): boolean =>
    list.every((range) => range === null || (Array.isArray(range) && range.every(isEnd)));
  const fits = Array.isArray(ranges) && ofRanges(ranges);
  checkArgument(fits, ranges, { op: 'slice', name: 'ranges', rule: 'a list of null or [start, stop, step]' });
  const axes = rangeAxes(operand.shape, ranges, options.axes);
  const starts: Dim[] = operand.shape.map(() => 0);
  const sizes = [...operand.shape];
  const steps = operand.shape.map(() => 1);
  axes.forEach((axis, index) => {
    [starts[axis], sizes[axis], steps[axis]] = resolveRange(ranges[index] ?? null, operand.shape[axis]!);
  });
  const whole = sizes.every((size, axis) => steps[axis] === 1 && dimEquals(size, operand.shape[axis]!));
  return whole ? operand : bind(sliceOp, [operand], { starts, sizes, steps });
}

/** What may stand in a range. */
const isEnd = (end: Dim | null | undefined): boolean =>
  end === null || end === undefined || typeof end === 'number' || end instanceof DimExpr;

interface PadAttrs {
  readonly before: readonly Dim[];
  readonly after: readonly Dim[];
  readonly interior: readonly number[];
  readonly value: number;
}

/** `y[before + i·(interior + 1)] = x[i]`, `value` elsewhere. */
export const padOp: OpDef<PadAttrs> = {
  kind: 'op',
  name: 'pad',
  infer: ([x], { before, after, interior }) => ({
    dtype: x.dtype,
    shape: x.shape.map((size, axis) => dimAdd(dimAdd(before[axis]!, extentOf(size, interior[axis]!)), after[axis]!)),
  }),
  needs: ({ before, after }) => [...before, ...after],
  vjp: ([dy], { inputs: [x], attrs: { before, interior } }) => [
    slice(
      dy,
      x.shape.map((size, axis) => {
        const gap = interior[axis]!;
        return [before[axis]!, dimAdd(before[axis]!, extentOf(size, gap)), gap + 1];
      }),
    ),
  ],
  onnx: (b, [x], { inputs: [operand], attrs }) => {
    const value = b.scalar(attrs.value, operand.dtype);
    let spread = x;
    let after = attrs.after;
    attrs.interior.forEach((gap, axis) => {
      if (gap === 0 || operand.shape[axis] === 0 || operand.shape[axis] === 1) return;
      spread = writeSpread(b, spread, { axis, gap, value, rank: operand.shape.length });
      // Spreading leaves a gap after the last element too: taken back here.
      after = after.map((width, at) => (at === axis ? dimSub(width, gap) : width));
    });
    if ([...attrs.before, ...after].every((width) => width === 0))
      return spread === x ? b.node('Identity', [x]) : spread;
    return b.node('Pad', [spread, b.dims([...attrs.before, ...after]), value]);
  },
};

/** Puts `gap` values after each element of an axis: `[..., n, ...] → [..., n, 1, ...] → [..., n, 1 + gap, ...]`. */
function writeSpread(
  b: OnnxBuilder,
  x: OnnxValue,
  { axis, gap, value, rank }: { axis: number; gap: number; value: OnnxValue; rank: number },
): OnnxValue {
  const apart = b.node('Unsqueeze', [x, b.ints([axis + 1])]);
  const widths = Array.from({ length: 2 * (rank + 1) }, (_, index) => (index === rank + 1 + axis + 1 ? gap : 0));
  const padded = b.node('Pad', [apart, b.ints(widths), value]);
  const sizes = b.node('Shape', [x]);
  const factor = b.ints(Array.from({ length: rank }, (_, at) => (at === axis ? gap + 1 : 1)));
  return b.node('Reshape', [padded, b.node('Mul', [sizes, factor])], { allowzero: 1 });
}

/** How {@link pad} fills what it adds; the names are PyTorch's, and NumPy's `edge` for `replicate`. */
export type PadMode = 'constant' | 'reflect' | 'replicate' | 'edge' | 'circular';

/** Settings of {@link pad}. */
export interface PadOptions {
  /** Element put where x has none; with mode `constant`. Default 0. */
  readonly value?: number | undefined;
  /**
   * What the border repeats: one `value`, the inside mirrored at the edge element, the edge element, or the opposite
   * side. Default `constant`.
   */
  readonly mode?: PadMode | undefined;
  /** For each axis, how many values to put between neighbours; with mode `constant`. Default none. */
  readonly interior?: readonly number[] | undefined;
}

/**
 * Adds elements around a tensor.
 * @param widths - For each axis the number added on both sides, or `[before, after]`; 0 or more.
 * @param options.value - What is added. Default 0.
 * @param options.mode - `constant`, `reflect`, `replicate` (also called `edge`) or `circular`. Default `constant`.
 * @param options.interior - For each axis, how many values to put between neighbours. Default none.
 * @throws {@link ShapeError} if a width is negative or missing, or wider than the mode can fill.
 * @example
 * await toArray(pad(tensor([1, 2, 3]), [[1, 2]])); // => [0, 1, 2, 3, 0, 0]
 * await toArray(pad(tensor([1, 2, 3]), [2], { mode: 'reflect' })); // => [3, 2, 1, 2, 3, 2, 1]
 * @category Movement
 */
export function pad(x: TensorLike, widths: readonly (Dim | readonly [Dim, Dim])[], options: PadOptions = {}): Tensor {
  checkOptionNames('pad', options, ['value', 'mode', 'interior']);
  const operand = asTensor(x, 'pad');
  checkPad(operand, widths, options);
  const sides = widths.map((width): readonly [Dim, Dim] => (isPair(width) ? width : [width, width]));
  const interior = options.interior ?? sides.map(() => 0);
  checkWidths(operand.shape, sides, interior);
  const mode = options.mode ?? 'constant';
  if (mode !== 'constant') return sides.reduce((y, side, axis) => padAxis(y, { axis, side, mode }), operand);
  const before = sides.map(([front]) => front);
  const after = sides.map(([, back]) => back);
  if ([...before, ...after, ...interior].every((width) => width === 0)) return operand;
  return bind(padOp, [operand], { before, after, interior: [...interior], value: options.value ?? 0 });
}

const MODES: readonly PadMode[] = ['constant', 'reflect', 'replicate', 'edge', 'circular'];

/** Refuses settings that make no sense whatever the widths are. */
function checkPad(x: Tensor, widths: unknown, { mode = 'constant', value = 0, interior }: PadOptions): void {
  checkList(widths, { op: 'pad', name: 'widths', rule: `a list of ${x.shape.length} widths` });
  checkArgument(MODES.includes(mode), mode, { op: 'pad', name: 'mode', rule: `one of ${MODES.join(', ')}` });
  const whole = isFloat(x.dtype) || Number.isInteger(value);
  const rule = isFloat(x.dtype) ? 'a number' : `a whole number, as x is ${x.dtype}`;
  checkArgument(typeof value === 'number' && whole, value, { op: 'pad', name: 'value', rule });
  const plain = interior === undefined || mode === 'constant' || interior.every((gap) => gap === 0);
  checkArgument(plain, mode, { op: 'pad', name: 'mode', rule: "'constant' where interior is given" });
}

const isPair = (width: Dim | readonly [Dim, Dim]): width is readonly [Dim, Dim] => Array.isArray(width);

function checkWidths(shape: Shape, sides: readonly (readonly [Dim, Dim])[], interior: readonly number[]): void {
  const bad = [...sides.flat(), ...interior].find(
    (width) => !isSymbolic(width) && !(Number.isInteger(width) && width >= 0),
  );
  const paired = sides.every((side) => side.length === 2);
  if (bad === undefined && paired && sides.length === shape.length && interior.length === shape.length) return;
  const text = sides.map(([before, after]) => `[${formatDim(before)},${formatDim(after)}]`).join(',');
  throw new ShapeError(
    `pad: the widths do not fit. Got widths [${text}] for x ${formatShape(shape)}; expected ${shape.length} whole ` +
      `numbers (or pairs of them) of 0 or more. Use slice to take elements away.`,
    { op: 'pad' },
  );
}

/** One axis extended with its own elements; by slices and concat, so that gradients need no rule of their own. */
function padAxis(
  x: Tensor,
  { axis, side: [before, after], mode }: { axis: number; side: readonly [Dim, Dim]; mode: PadMode },
): Tensor {
  if (before === 0 && after === 0) return x;
  const size = x.shape[axis]!;
  const most = mode === 'reflect' ? dimSub(size, 1) : mode === 'circular' ? size : size === 0 ? 0 : Infinity;
  for (const width of [before, after]) {
    if (typeof width !== 'number' || typeof most !== 'number' || width <= most) continue;
    throw new ShapeError(
      `pad: too wide for mode '${mode}'. Got width ${width} on axis ${axis} of x ${formatShape(x.shape)}; expected at ` +
        `most ${most}. Pad less, or with mode 'constant'.`,
      { op: 'pad' },
    );
  }
  const part = (start: Dim, stop: Dim): Tensor => slice(x, [[start, stop]], { axes: [axis] });
  const wide = (one: Tensor, width: Dim): Tensor =>
    expand(
      one,
      x.shape.map((other, at) => (at === axis ? width : other)),
    );
  const end = dimSub(size, 1);
  const edges = (): readonly [Tensor, Tensor] => [wide(part(0, 1), before), wide(part(end, size), after)];
  const borders = {
    constant: () => [x, x] as const,
    reflect: () => [flip(part(1, dimAdd(before, 1)), { axis }), flip(part(dimSub(end, after), end), { axis })] as const,
    replicate: edges,
    edge: edges,
    circular: () => [part(dimSub(size, before), size), part(0, after)] as const,
  };
  const [front, back] = borders[mode]();
  const parts = [...(before === 0 ? [] : [front]), x, ...(after === 0 ? [] : [back])];
  return concat(parts, { axis });
}

/** `y = [x₀, x₁, ...]` along an axis. */
export const concatOp: OpDef<{ axis: number }> = {
  kind: 'op',
  name: 'concat',
  rows: ({ axis }) => axis,
  infer: (inputs, { axis }) => {
    const [first] = inputs;
    for (const other of inputs) {
      const fits =
        other.shape.length === first.shape.length &&
        other.shape.every((size, at) => at === axis || dimEquals(size, first.shape[at]!));
      if (fits && other.dtype === first.dtype) continue;
      throw new ShapeError(
        `concat: shapes differ. Got ${inputs.map((input) => formatShape(input.shape)).join(', ')} along axis ${axis}; ` +
          `expected equal sizes on every other axis. Slice or pad one of them.`,
        { op: 'concat' },
      );
    }
    const size = inputs.reduce<Dim>((total, input) => dimAdd(total, input.shape[axis]!), 0);
    return { dtype: first.dtype, shape: first.shape.map((other, at) => (at === axis ? size : other)) };
  },
  vjp: ([dy], { inputs, attrs: { axis } }) =>
    split(
      dy,
      inputs.map((input) => input.shape[axis]!),
      { axis },
    ),
  onnx: (b, inputs, { attrs }) => b.node('Concat', inputs, { axis: attrs.axis }),
};

/**
 * Joins tensors along an axis they have. For a new axis use {@link stack}.
 * @param tensors - One or more, equal in every other axis; of the dtype they promote to.
 * @param options.axis - Default 0.
 * @throws {@link ShapeError} if the other axes differ; {@link ArgumentError} if there is no tensor.
 * @example
 * await toArray(concat([tensor([1, 2]), tensor([3])])); // => [1, 2, 3]
 * @category Movement
 */
export function concat(tensors: readonly TensorLike[], options: { readonly axis?: number | undefined } = {}): Tensor {
  checkOptionNames('concat', options, ['axis']);
  const operands = sameDType(tensors, 'concat');
  const axis = normalizeAxis(options.axis ?? 0, operands[0]!.shape.length, 'concat');
  return operands.length === 1 ? operands[0]! : bind(concatOp, operands, { axis });
}

function sameDType(tensors: readonly TensorLike[], op: string): Tensor[] {
  checkList(tensors, { op, name: 'tensors', rule: 'a list of tensors' });
  const operands = tensors.map((tensor) => asTensor(tensor, op));
  if (operands.length === 0) {
    throw new ArgumentError(
      `${op}: nothing to join. Got an empty list; expected at least one tensor. Check the list before.`,
      { op },
    );
  }
  const dtype = operands.map((operand) => operand.dtype).reduce(promote);
  return operands.map((operand) => cast(operand, dtype));
}

/** `[y₀, y₁, ...] = x` along an axis. */
export const splitOp: OpDef<{ axis: number; sizes: readonly Dim[] }> = {
  kind: 'op',
  name: 'split',
  rows: ({ axis }) => axis,
  infer: ([x], { axis, sizes }) =>
    sizes.map((size): TensorType => ({
      dtype: x.dtype,
      shape: x.shape.map((other, at) => (at === axis ? size : other)),
    })),
  vjp: (dys, { attrs: { axis, sizes } }) => [concat(dys.slice(0, sizes.length), { axis })],
  onnx: (b, [x], { attrs: { axis, sizes }, inputs }) => {
    if (sizes.length <= b.target.capabilities.splitOutputs) {
      return b.nodes('Split', [x, b.dims(sizes)], sizes.length, { axis });
    }
    let start: Dim = 0;
    return sizes.map((size) => {
      const starts = inputs[0].shape.map((_, at): Dim => (at === axis ? start : 0));
      start = dimAdd(start, size);
      const shape = inputs[0].shape.map((other, at) => (at === axis ? size : other));
      return writeSlice(b, x, inputs[0], { starts, sizes: shape, steps: starts.map(() => 1) });
    });
  },
};

/**
 * Cuts a tensor into parts along an axis; the reverse of {@link concat}.
 * @param parts - The size of each part, or the number of equal parts.
 * @param options.axis - Default 0.
 * @throws {@link ShapeError} if the sizes do not add up to the axis, or it does not divide.
 * @example
 * const [head, tail] = split(tensor([1, 2, 3]), [1, 2]);
 * await toArray(tail!); // => [2, 3]
 * @category Movement
 */
export function split(
  x: TensorLike,
  parts: number | readonly Dim[],
  options: { readonly axis?: number | undefined } = {},
): Tensor[] {
  checkOptionNames('split', options, ['axis']);
  const operand = asTensor(x, 'split');
  const isParts = typeof parts === 'number' || Array.isArray(parts);
  checkArgument(isParts, parts, { op: 'split', name: 'parts', rule: 'a number of parts or a list of sizes' });
  const axis = normalizeAxis(options.axis ?? 0, operand.shape.length, 'split');
  const total = operand.shape[axis]!;
  const sizes = typeof parts === 'number' ? equalParts(total, parts) : [...parts];
  const sum = sizes.reduce<Dim>((a, b) => dimAdd(a, b), 0);
  const negative = sizes.some((size) => typeof size === 'number' && (size < 0 || !Number.isInteger(size)));
  if (sizes.length > 0 && !negative && dimEquals(sum, total)) {
    return sizes.length === 1 ? [operand] : [...bindAll(splitOp, [operand], { axis, sizes })];
  }
  const asked = typeof parts === 'number' ? `${parts} equal parts` : `parts of ${formatShape(parts)}`;
  throw new ShapeError(
    `split: the parts do not fill the axis. Got ${asked} of axis ${axis} of x ${formatShape(operand.shape)}; expected ` +
      `sizes that add up to ${formatDim(total)}. Give the size of each part.`,
    { op: 'split' },
  );
}

/** Equal sizes, or none where the axis does not divide. */
function equalParts(total: Dim, count: number): Dim[] {
  if (!Number.isInteger(count) || count < 1) return [];
  const size = dimFloorDiv(total, count);
  return dimEquals(dimMul(size, count), total) ? Array.from({ length: count }, () => size) : [];
}

/**
 * Reverses the order of elements along axes.
 * @param options.axis - One axis or several. Default: all.
 * @example
 * await toArray(flip(tensor([1, 2, 3]))); // => [3, 2, 1]
 * @category Movement
 */
export function flip(x: TensorLike, options: { readonly axis?: number | readonly number[] | undefined } = {}): Tensor {
  checkOptionNames('flip', options, ['axis']);
  const operand = asTensor(x, 'flip');
  const axes = normalizeAxes(options.axis, operand.shape.length, 'flip').filter((axis) => operand.shape[axis] !== 1);
  return slice(
    operand,
    axes.map(() => [null, null, -1] as const),
    { axes },
  );
}

/**
 * Joins tensors of one shape along a new axis.
 * @param options.axis - Where the new axis is in the result; negative ones count from its end. Default 0.
 * @throws {@link ShapeError} if the shapes differ; {@link ArgumentError} if there is no tensor.
 * @example
 * await toArray(stack([tensor([1, 2]), tensor([3, 4])])); // => [[1, 2], [3, 4]]
 * @category Movement
 */
export function stack(tensors: readonly TensorLike[], options: { readonly axis?: number | undefined } = {}): Tensor {
  checkOptionNames('stack', options, ['axis']);
  const operands = sameDType(tensors, 'stack');
  const other = operands.find(({ shape }) => !shapesEqual(shape, operands[0]!.shape));
  if (other !== undefined) {
    throw new ShapeError(
      `stack: shapes differ. Got ${formatShape(operands[0]!.shape)} and ${formatShape(other.shape)}; expected equal shapes. ` +
        `Use concat along an axis they have.`,
      { op: 'stack' },
    );
  }
  const axis = normalizeAxis(options.axis ?? 0, operands[0]!.shape.length + 1, 'stack');
  return concat(
    operands.map((operand) => unsqueeze(operand, axis)),
    { axis },
  );
}

/**
 * Removes axes of size 1.
 * @param axis - One axis or several. Default: every axis of size 1.
 * @throws {@link ShapeError} if a named axis does not have size 1.
 * @example
 * squeeze(tensor([[[1], [2]]])).shape; // => [2]
 * @category Movement
 */
export function squeeze(x: TensorLike, axis?: number | readonly number[]): Tensor {
  const operand = asTensor(x, 'squeeze');
  const named = axis === undefined ? undefined : normalizeAxes(axis, operand.shape.length, 'squeeze');
  const wide = named?.find((at) => operand.shape[at] !== 1);
  if (wide !== undefined) {
    throw new ShapeError(
      `squeeze: the axis is not of size 1. Got axis ${wide} of x ${formatShape(operand.shape)}; expected size 1. Use reshape to merge axes.`,
      { op: 'squeeze' },
    );
  }
  return reshape(
    operand,
    operand.shape.filter((size, at) => (named === undefined ? size !== 1 : !named.includes(at))),
  );
}

/**
 * Inserts axes of size 1.
 * @param axis - Where the new axes are in the result; negative ones count from its end.
 * @example
 * unsqueeze(tensor([1, 2, 3]), -1).shape; // => [3, 1]
 * @category Movement
 */
export function unsqueeze(x: TensorLike, axis: number | readonly number[]): Tensor {
  const operand = asTensor(x, 'unsqueeze');
  const given = typeof axis === 'number' ? [axis] : axis;
  checkList(given, { op: 'unsqueeze', name: 'axis', rule: 'a number or a list of them' });
  const added = normalizeAxes(given, operand.shape.length + given.length, 'unsqueeze');
  const shape = [...operand.shape];
  for (const at of added) shape.splice(at, 0, 1);
  return reshape(operand, shape);
}

/**
 * Merges neighbouring axes into one; by default all but the first, as before a linear layer.
 * @param options.startAxis - First axis to merge. Default 1.
 * @param options.endAxis - Last axis to merge. Default -1.
 * @throws {@link ShapeError} if there are no such axes or `endAxis` lies before `startAxis`.
 * @example
 * flatten(zerosLike(tensor([[[1, 2], [3, 4]]]))).shape; // => [1, 4]
 * @category Movement
 */
export function flatten(
  x: TensorLike,
  options: { readonly startAxis?: number | undefined; readonly endAxis?: number | undefined } = {},
): Tensor {
  checkOptionNames('flatten', options, ['startAxis', 'endAxis']);
  const operand = asTensor(x, 'flatten');
  const rank = operand.shape.length;
  const start = normalizeAxis(options.startAxis ?? 1, rank, 'flatten');
  const end = normalizeAxis(options.endAxis ?? -1, rank, 'flatten');
  if (end < start) {
    throw new ShapeError(
      `flatten: the axes are in the wrong order. Got startAxis ${start} and endAxis ${end}; expected startAxis ≤ endAxis. Exchange them.`,
      { op: 'flatten' },
    );
  }
  const merged = sizeOf(operand.shape.slice(start, end + 1));
  return reshape(operand, [...operand.shape.slice(0, start), merged, ...operand.shape.slice(end + 1)]);
}

/**
 * Exchanges two axes.
 * @example
 * swapAxes(tensor([[1, 2, 3]]), 0, 1).shape; // => [3, 1]
 * @category Movement
 */
export function swapAxes(x: TensorLike, first: number, second: number): Tensor {
  const operand = asTensor(x, 'swapAxes');
  const rank = operand.shape.length;
  const a = normalizeAxis(first, rank, 'swapAxes');
  const b = normalizeAxis(second, rank, 'swapAxes');
  return transpose(
    operand,
    operand.shape.map((_, axis) => (axis === a ? b : axis === b ? a : axis)),
  );
}

/**
 * Moves an axis to another place; the others keep their order.
 * @example
 * moveAxis(tensor([[[1, 2, 3]]]), -1, 0).shape; // => [3, 1, 1]
 * @category Movement
 */
export function moveAxis(x: TensorLike, from: number, to: number): Tensor {
  const operand = asTensor(x, 'moveAxis');
  const rank = operand.shape.length;
  const axis = normalizeAxis(from, rank, 'moveAxis');
  const order = operand.shape.flatMap((_, at) => (at === axis ? [] : [at]));
  order.splice(normalizeAxis(to, rank, 'moveAxis'), 0, axis);
  return transpose(operand, order);
}
