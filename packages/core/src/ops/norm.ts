import { checkArgument, checkOptionNames } from '../argument.ts';
import { dimAdd, dimDivide, dimEquals, dimSub, formatDim } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { isFloat } from '../dtype.ts';
import { DTypeError, ShapeError } from '../errors.ts';
import type { OnnxBuilder, OnnxValue } from '../ir/onnx-binding.ts';
import type { OpDef, OperandTypes, TensorType } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { formatShape, normalizeAxis, sizeOf } from '../shape.ts';
import type { Shape } from '../shape.ts';
import { bind, bindAll } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { add, div, mul, pow, square, sub } from './elementwise.ts';
import { pad, slice } from './movement.ts';
import { countOf, mean } from './reduce.ts';
import { isNothing } from './shared-cotangent.ts';
import { writeReduced } from './structural-reduce.ts';
import { writeFilled } from './shared-write.ts';
import { cast, expandOp, reshape, sum, zerosLike } from './structural.ts';
import { rsqrt } from './unary.ts';

function checkFloat(x: Tensor, op: string): void {
  if (isFloat(x.dtype)) return;
  throw new DTypeError(
    `${op}: not a float. Got ${x.dtype} ${formatShape(x.shape)}; expected float32. Use cast(x, 'float32').`,
    { op },
  );
}

interface LayerNormAttrs {
  /** The first normalised axis. */
  readonly axis: number;
  readonly eps: number;
}

/** `y = (x − mean) / √(variance + eps) · w + b` over the axes from `axis` on; also the mean and `1 / √(…)`. */
export const layerNormOp: OpDef<LayerNormAttrs> = {
  kind: 'op',
  name: 'layerNorm',
  needs: ({ axis }, [x]) => x.shape.slice(axis).map((size) => dimSub(size, 1)),
  rows: ({ axis }) => axis,
  infer: (inputs, { axis }, count) => {
    const [x] = inputs;
    checkScales('layerNorm', inputs.slice(1, count), x, x.shape.slice(axis));
    const shape = x.shape.map((size, at) => (at < axis ? size : 1));
    return [x, { dtype: x.dtype, shape }, { dtype: x.dtype, shape }].map(({ dtype, shape: own }) => ({
      dtype,
      shape: own,
    }));
  },
  // With x̂ = (x − mean)·r and g = dy·w: dx = r·(g − mean g − x̂·mean(g·x̂)), dw = Σ dy·x̂, db = Σ dy.
  vjp: ([dy, dMean, dr], { inputs, outputs: [y, average, r], attrs: { axis } }) => {
    const [x, w, b] = inputs as readonly (Tensor | undefined)[];
    const axes = x!.shape.flatMap((_, at) => (at < axis ? [] : [at]));
    const over = (value: Tensor): Tensor => mean(value, { axis: axes, keepDims: true });
    const normal = w === undefined ? y : mul(sub(x!, average), r);
    const g = w === undefined ? dy : mul(dy, w);
    let along = over(mul(g, normal)); // The share of dx that lies along x̂, over −r.
    if (!isNothing(dr)) along = add(along, mul(r, div(dr, countOf(x!.shape, axes, x!.dtype))));
    let level = over(g); // The same in every place.
    if (!isNothing(dMean)) level = sub(level, div(dMean, mul(r, countOf(x!.shape, axes, x!.dtype))));
    const dx = mul(r, sub(sub(g, level), mul(normal, along)));
    return [dx, ...(w === undefined ? [] : [mul(dy, normal)]), ...(b === undefined ? [] : [dy])];
  },
  onnx: (b, inputs, { inputs: [x], outputs, attrs }) => {
    // Lines without elements, of which the kernel knows nothing.
    if (x.shape.slice(attrs.axis).includes(0)) return outputs.slice(0, 3).map((type) => writeFilled(b, 0, type));
    const gradients = b.used(outputs[1]) || b.used(outputs[2]);
    // ONNX keeps the statistics and eps in float32 whatever x is: too coarse for float64.
    if (x.dtype === 'float64') return writeLayerNorm(b, inputs, x, attrs);
    const weight = inputs[1] ?? b.node('Expand', [b.scalar(1, x.dtype), b.dims(x.shape.slice(attrs.axis))]);
    const given = [inputs[0], weight, ...inputs.slice(2)];
    const settings = { axis: attrs.axis, epsilon: { float: attrs.eps } };
    // Without gradients nobody needs the statistics, and the provider need not write them.
    if (!gradients) return [b.node('LayerNormalization', given, settings), b.none, b.none];
    const [y, average, r] = b.nodes('LayerNormalization', given, 3, settings) as [OnnxValue, OnnxValue, OnnxValue];
    return x.dtype === 'float16' ? [y, b.cast(average, 'float16'), b.cast(r, 'float16')] : [y, average, r];
  },
};

/** The layer norm in single steps. */
function writeLayerNorm(
  b: OnnxBuilder,
  [x, weight, bias]: readonly OnnxValue[],
  { shape, dtype }: TensorType,
  { axis, eps }: LayerNormAttrs,
): OnnxValue[] {
  const axes = shape.flatMap((_, at) => (at < axis ? [] : [at]));
  const over = (value: OnnxValue): OnnxValue => writeReduced(b, 'ReduceMean', [value, { dtype, shape }], axes);
  const average = over(x!);
  const deviation = b.node('Sub', [x!, average]);
  const spread = b.node('Add', [over(b.node('Mul', [deviation, deviation])), b.scalar(eps, dtype)]);
  const r = b.node('Reciprocal', [b.node('Sqrt', [spread])]);
  let y = b.node('Mul', [deviation, r]);
  if (weight !== undefined) y = b.node('Mul', [y, weight]);
  if (bias !== undefined) y = b.node('Add', [y, bias]);
  return [y, average, r];
}

// oxlint-disable-next-line max-params -- two call sites; an object would only repeat the names.
function checkScales(op: string, scales: readonly TensorType[], x: TensorType, expected: Shape): void {
  const misfit = scales.find(
    ({ dtype, shape }) =>
      dtype !== x.dtype ||
      shape.length !== expected.length ||
      !shape.every((size, at) => dimEquals(size, expected[at]!)),
  );
  if (misfit === undefined) return;
  throw new ShapeError(
    `${op}: weight or bias does not fit. Got ${misfit.dtype} ${formatShape(misfit.shape)} for x ${x.dtype} ` +
      `${formatShape(x.shape)}; expected ${x.dtype} ${formatShape(expected)}, the normalised axes. Reshape or cast it.`,
    { op },
  );
}

/** The summand that keeps a division by 0 away, checked. */
function epsOf(given: number | undefined, standard: number, op: string): number {
  const eps = given ?? standard;
  checkArgument(typeof eps === 'number' && eps >= 0, eps, { op, name: 'eps', rule: 'a number of 0 or more' });
  return eps;
}

/** Settings of {@link layerNorm}. */
export interface LayerNormOptions {
  /** The first normalised axis; all after it are normalised too. Default -1. */
  readonly axis?: number | undefined;
  /** Factor, with the shape of the normalised axes. Default 1. */
  readonly weight?: TensorLike | undefined;
  /** Summand, with the shape of the normalised axes. Default 0. */
  readonly bias?: TensorLike | undefined;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined;
}

/**
 * Layer normalisation: `(x − mean) / √(variance + eps) · weight + bias` with mean and (biased) variance of the last
 * axes of each example.
 *
 * @param x - Any shape, a float dtype.
 * @param options.axis - The first normalised axis. Default -1: only the last.
 * @param options.weight - Factor, with the shape of the normalised axes. Default 1.
 * @param options.bias - Summand, with the shape of the normalised axes. Default 0.
 * @param options.eps - Added to the variance. Default 1e-5.
 * @returns Shape and dtype of x.
 * @throws {@link ShapeError} if weight or bias does not fit.
 * @example
 * const y = layerNorm(tensor([[1, 3]]), { eps: 0 });
 * await toArray(y); // => [[-1, 1]]
 * @see Ba et al. 2016, https://arxiv.org/abs/1607.06450
 * @category Normalization
 */
export function layerNorm(x: TensorLike, options: LayerNormOptions = {}): Tensor {
  checkOptionNames('layerNorm', options, ['axis', 'weight', 'bias', 'eps']);
  const operand = asTensor(x, 'layerNorm');
  checkFloat(operand, 'layerNorm');
  const axis = normalizeAxis(options.axis ?? -1, operand.shape.length, 'layerNorm');
  const { weight, bias } = options;
  const w = weight === undefined ? [] : [asTensor(weight, 'layerNorm')];
  const together = weight !== undefined && bias !== undefined;
  const attrs = { axis, eps: epsOf(options.eps, 1e-5, 'layerNorm') };
  const inputs = [operand, ...w, ...(together ? [asTensor(bias, 'layerNorm')] : [])];
  const y = bindAll(layerNormOp, inputs, attrs)[0]!;
  return bias === undefined || together ? y : add(y, bias);
}

/** The axes a channel's statistics go over: all but axis 1. */
const besideChannels = (x: TensorType): number[] => x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));

/** `[C] → [1, C, 1, ...]`. */
const asChannels = (value: Tensor, x: TensorType): Tensor =>
  reshape(
    value,
    x.shape.map((size, axis) => (axis === 1 ? size : 1)),
  );

/** Over all axes but the channels, `[C]`; in two steps, as one over axes that do not touch is slower. */
function overChannels(reduce: typeof sum, x: Tensor): Tensor {
  const inner = x.shape.length > 2 ? reduce(x, { axis: besideChannels(x).slice(1) }) : x;
  return reduce(inner, { axis: 0 });
}

/** `y[n,c,…] = x[n,c,…]·scale[c] + shift[c]`. */
export const channelAffineOp: OpDef = {
  kind: 'op',
  name: 'channelAffine',
  infer: ([x, scale, shift]) => {
    checkChannel(x, [scale, shift], 'channelAffine');
    return { dtype: x.dtype, shape: x.shape };
  },
  vjp: ([dy], { inputs: [x, scale] }) => [
    mul(dy, asChannels(scale, x)),
    overChannels(sum, mul(dy, x)),
    overChannels(sum, dy),
  ],
  // A batch norm with mean 0 and variance 1 does it in one pass.
  onnx: (b, [x, scale, shift], { inputs: [{ dtype }, { shape }] }) => {
    const of = (value: number): OnnxValue => b.node('Expand', [b.scalar(value, dtype), b.dims(shape)]);
    return b.node('BatchNormalization', [x, scale, shift, of(0), of(1)], { epsilon: { float: 0 } });
  },
};

function checkChannel(x: TensorType, values: readonly TensorType[], op: string): void {
  const channels = x.shape[1];
  const misfit = values.find(
    ({ dtype, shape }) =>
      shape.length !== 1 || dtype !== x.dtype || channels === undefined || !dimEquals(shape[0]!, channels),
  );
  if (misfit === undefined && channels !== undefined) return;
  throw new ShapeError(
    `${op}: not one value per channel. Got ${misfit === undefined ? '' : `${misfit.dtype} ${formatShape(misfit.shape)} for `}` +
      `x ${x.dtype} ${formatShape(x.shape)}; expected x [batch,channels,...] and ${x.dtype} ` +
      `[${channels === undefined ? 'channels' : formatDim(channels)}]. Reshape it.`,
    { op },
  );
}

/** `(x − mean) / √(variance + eps) · w + b` by the batch's own statistics, which are the outputs 1 and 2. */
export const batchNormOp: OpDef<{ eps: number }> = {
  kind: 'op',
  name: 'batchNorm',
  needs: (_, [x]) => x.shape.flatMap((size, axis) => (axis === 1 ? [] : [dimSub(size, 1)])),
  infer: ([x, w, b]: OperandTypes) => {
    checkChannel(x, [w, b], 'batchNorm');
    const statistic = { dtype: x.dtype, shape: [x.shape[1]!] };
    return [{ dtype: x.dtype, shape: x.shape }, statistic, statistic];
  },
  // With d = x − mean, r = 1/√(variance + eps): dx = w·r·(dy − mean dy − d·r²·mean(dy·d)), dw = n·r·mean(dy·d).
  vjp: ([dy, dMean, dVariance], { inputs: [x, w], outputs: [, average, spread], attrs: { eps } }) => {
    const count = countOf(x.shape, besideChannels(x), x.dtype);
    // Sums of nothing; as count · mean they would be 0 · NaN.
    if (x.shape.includes(0)) return [zerosLike(x), zerosLike(w), zerosLike(w)];
    const r = rsqrt(add(spread, eps));
    const along = overChannels(mean, mul(dy, sub(x, asChannels(average, x)))); // mean(dy·d)
    const level = overChannels(mean, dy);
    const gain = mul(w, r);
    let slope = mul(mul(gain, mul(r, r)), mul(along, -1)); // dx = gain·dy + slope·d + shift
    if (!isNothing(dVariance)) slope = add(slope, mul(dVariance, div(2, count)));
    let shift = mul(mul(gain, level), -1);
    if (!isNothing(dMean)) shift = add(shift, div(dMean, count));
    const dx = add(
      mul(dy, asChannels(gain, x)),
      bind(channelAffineOp, [x, slope, sub(shift, mul(slope, average))], {}),
    );
    return [dx, mul(mul(along, r), count), mul(level, count)];
  },
  onnx: (b, inputs, { inputs: [x], outputs, attrs: { eps } }) => {
    if (!x.shape.includes(0)) return writeBatchNorm(b, inputs, x, eps);
    return outputs.slice(0, 3).map((type) => writeFilled(b, NaN, type));
  },
};

/** Mean and variance by reductions, then one pass for the rest. */
function writeBatchNorm(
  b: OnnxBuilder,
  [x, w, bias]: readonly OnnxValue[],
  { shape, dtype }: TensorType,
  eps: number,
): OnnxValue[] {
  const inner = shape.map((_, axis) => axis).slice(2);
  // Two means, as one over all axes at once takes several times as long.
  const over = (value: OnnxValue): OnnxValue => {
    const type = { dtype, shape: shape.map((size, axis) => (inner.includes(axis) ? 1 : size)) };
    const rows = inner.length === 0 ? value : writeReduced(b, 'ReduceMean', [value, { dtype, shape }], inner);
    return writeReduced(b, 'ReduceMean', [rows, type], [0]);
  };
  const flat = (value: OnnxValue): OnnxValue => b.node('Reshape', [value, b.ints([-1])]);
  const average = over(x!);
  const deviation = b.node('Sub', [x!, average]);
  const spread = flat(over(b.node('Mul', [deviation, deviation])));
  const middle = flat(average);
  // eps is added here, as the attribute holds a float32 whatever x is.
  const divided = b.node('Add', [spread, b.scalar(eps, dtype)]);
  const y = b.node('BatchNormalization', [x!, w!, bias!, middle, divided], { epsilon: { float: 0 } });
  return [y, middle, spread];
}

/** Settings of {@link batchNorm}. */
export interface BatchNormOptions {
  /** `[channels]`. Default 1. */
  readonly weight?: TensorLike | undefined;
  /** `[channels]`. Default 0. */
  readonly bias?: TensorLike | undefined;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined;
  /** Statistics to normalise with, `[channels]`, as gathered in training. Default: those of the batch. */
  readonly statistics?: { readonly mean: TensorLike; readonly variance: TensorLike } | undefined;
}

/** What {@link batchNorm} returns. */
export interface BatchNormResult {
  /** Shape and dtype of x. */
  readonly y: Tensor;
  /** What was subtracted, `[channels]`. */
  readonly mean: Tensor;
  /** The biased variance that was divided by, `[channels]`. */
  readonly variance: Tensor;
}

/**
 * Batch normalisation over every axis but the channels: `(x − mean) / √(variance + eps) · weight + bias`.
 *
 * In training leave `statistics` out: the batch's own are used (gradients flow through them) and returned, for a
 * running average. The variance is the biased one; PyTorch's running average takes `variance · n / (n − 1)`.
 *
 * @param x - `[batch, channels, ...]`, a float dtype.
 * @param options.weight - `[channels]`. Default 1.
 * @param options.bias - `[channels]`. Default 0.
 * @param options.eps - Added to the variance. Default 1e-5.
 * @param options.statistics - Mean and variance to normalise with instead of the batch's.
 * @throws {@link ShapeError} if something has not one value per channel.
 * @example
 * const { y, mean, variance } = batchNorm(tensor([[1], [3]]), { eps: 0 });
 * await toArray(y); // => [[-1], [1]]
 * await toArray(variance); // => [1]
 * @see Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167
 * @category Normalization
 */
export function batchNorm(x: TensorLike, options: BatchNormOptions = {}): BatchNormResult {
  checkOptionNames('batchNorm', options, ['weight', 'bias', 'eps', 'statistics']);
  const operand = asTensor(x, 'batchNorm');
  checkFloat(operand, 'batchNorm');
  const { dtype, shape } = operand;
  const eps = epsOf(options.eps, 1e-5, 'batchNorm');
  const channels: Dim[] = shape.slice(1, 2);
  const vector = (value: TensorLike): Tensor => {
    const given = cast(asTensor(value, 'batchNorm', dtype), dtype);
    return given.shape.length === 0 ? bind(expandOp, [given], { shape: channels }) : given;
  };
  const weight = vector(options.weight ?? 1);
  const bias = vector(options.bias ?? 0);
  if (options.statistics === undefined) {
    const [y, average, spread] = bindAll(batchNormOp, [operand, weight, bias], { eps });
    return { y: y!, mean: average!, variance: spread! };
  }
  const average = vector(options.statistics.mean);
  const spread = vector(options.statistics.variance);
  checkChannel(operand, [weight, bias, average, spread], 'batchNorm');
  const scale = mul(weight, rsqrt(add(spread, eps)));
  const y = bind(channelAffineOp, [operand, scale, sub(bias, mul(average, scale))], {});
  return { y, mean: average, variance: spread };
}

/** `y = x · r · w` with `r = 1 / √(mean x² + eps)` over the axes from `axis` on; also r. */
export const rmsNormOp: OpDef<LayerNormAttrs> = {
  kind: 'op',
  name: 'rmsNorm',
  needs: ({ axis }, [x]) => x.shape.slice(axis).map((size) => dimSub(size, 1)),
  rows: ({ axis }) => axis,
  infer: (inputs, { axis }, count) => {
    const [x] = inputs;
    checkScales('rmsNorm', inputs.slice(1, count), x, x.shape.slice(axis));
    return [x.shape, x.shape.map((size, at) => (at < axis ? size : 1))].map((shape) => ({ dtype: x.dtype, shape }));
  },
  // With x̂ = x·r and g = dy·w: dx = r·(g − x̂·mean(g·x̂)), dw = Σ dy·x̂.
  vjp: ([dy, dr], { inputs, outputs: [y, r], attrs: { axis } }) => {
    const [x, w] = inputs as readonly (Tensor | undefined)[];
    const axes = x!.shape.flatMap((_, at) => (at < axis ? [] : [at]));
    const normal = w === undefined ? y : mul(x!, r);
    const g = w === undefined ? dy : mul(dy, w);
    let along = mean(mul(g, normal), { axis: axes, keepDims: true });
    if (!isNothing(dr)) along = add(along, mul(r, div(dr, countOf(x!.shape, axes, x!.dtype))));
    const dx = mul(r, sub(g, mul(normal, along)));
    return w === undefined ? [dx] : [dx, mul(dy, normal)];
  },
  onnx: (b, [x, weight], { inputs: [{ shape, dtype }], outputs: [, scale], attrs: { axis, eps } }) => {
    // One kernel for seven, which says nothing of r.
    const isWhole = dtype === 'float32' && !b.used(scale) && b.prefers('SimplifiedLayerNormalization');
    if (isWhole && (weight as OnnxValue | undefined) !== undefined && !shape.slice(axis).includes(0)) {
      const settings = { axis, epsilon: { float: eps } };
      return [b.node('SimplifiedLayerNormalization', [x, weight], settings), b.none];
    }
    const axes = shape.flatMap((_, at) => (at < axis ? [] : [at]));
    const squares = writeReduced(b, 'ReduceMean', [b.node('Mul', [x, x]), { dtype, shape }], axes);
    const r = b.node('Reciprocal', [b.node('Sqrt', [b.node('Add', [squares, b.scalar(eps, dtype)])])]);
    const y = b.node('Mul', [x, r]);
    return [(weight as OnnxValue | undefined) === undefined ? y : b.node('Mul', [y, weight]), r];
  },
};

/** Settings of {@link rmsNorm}. */
export interface RmsNormOptions {
  /** The first normalised axis; all after it are normalised too. Default -1. */
  readonly axis?: number | undefined;
  /** Factor, with the shape of the normalised axes. Default 1. */
  readonly weight?: TensorLike | undefined;
  /** Added to the mean square. Default: the spacing of numbers at 1 in x's dtype, as in PyTorch (1.19e-7 in float32). */
  readonly eps?: number | undefined;
}

/** The distance from 1 to the next number. */
const SPACING: Partial<Record<TensorType['dtype'], number>> = {
  float64: 2 ** -52,
  float16: 2 ** -10,
  bfloat16: 2 ** -7,
};

/**
 * Root mean square normalisation: `x / √(mean x² + eps) · weight` over the last axes of each example. As
 * {@link layerNorm} without the mean and the bias.
 *
 * @param x - Any shape, a float dtype.
 * @param options.axis - The first normalised axis. Default -1: only the last.
 * @param options.weight - Factor, with the shape of the normalised axes. Default 1.
 * @param options.eps - Added to the mean square. Default: the spacing of numbers at 1 in x's dtype.
 * @returns Shape and dtype of x.
 * @throws {@link ShapeError} if the weight does not fit.
 * @example
 * await toArray(rmsNorm(tensor([[1, 7]]), { eps: 0 })); // => [[0.2, 1.4]]
 * @see Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467
 * @category Normalization
 */
export function rmsNorm(x: TensorLike, options: RmsNormOptions = {}): Tensor {
  checkOptionNames('rmsNorm', options, ['axis', 'weight', 'eps']);
  const operand = asTensor(x, 'rmsNorm');
  checkFloat(operand, 'rmsNorm');
  const axis = normalizeAxis(options.axis ?? -1, operand.shape.length, 'rmsNorm');
  const eps = epsOf(options.eps, SPACING[operand.dtype] ?? 2 ** -23, 'rmsNorm');
  const weight = options.weight === undefined ? [] : [asTensor(options.weight, 'rmsNorm')];
  return bindAll(rmsNormOp, [operand, ...weight], { axis, eps })[0]!;
}

/** Factor and summand of {@link instanceNorm} and, with groups, {@link groupNorm}. */
export interface InstanceNormOptions {
  /** `[channels]`. Default 1. */
  readonly weight?: TensorLike | undefined;
  /** `[channels]`. Default 0. */
  readonly bias?: TensorLike | undefined;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined;
}

/** Settings of {@link groupNorm}. */
export interface GroupNormOptions extends InstanceNormOptions {
  /** How many groups the channels are divided into; divides their number. */
  readonly numGroups: number;
}

/**
 * Group normalisation: the channels of each example in `numGroups` groups of neighbours, each group with its own mean
 * and (biased) variance: `(x − mean) / √(variance + eps) · weight + bias`. The same in training and evaluation, for
 * batches of any size.
 *
 * @param x - `[batch, channels, ...]`, a float dtype.
 * @param options.numGroups - Divides the number of channels.
 * @param options.weight - `[channels]`. Default 1.
 * @param options.bias - `[channels]`. Default 0.
 * @param options.eps - Added to the variance. Default 1e-5.
 * @returns Shape and dtype of x.
 * @throws {@link ShapeError} if the channels cannot be divided, or weight or bias does not fit.
 * @example
 * const y = groupNorm(tensor([[1, 3, 10, 30]]), { numGroups: 2, eps: 0 });
 * await toArray(y); // => [[-1, 1, -1, 1]]
 * @see Wu and He 2018, https://arxiv.org/abs/1803.08494
 * @category Normalization
 */
export function groupNorm(x: TensorLike, options: GroupNormOptions): Tensor {
  checkOptionNames('groupNorm', options, ['numGroups', 'weight', 'bias', 'eps']);
  const operand = asTensor(x, 'groupNorm');
  checkFloat(operand, 'groupNorm');
  const { numGroups } = options;
  const channels = operand.shape[1];
  const whole = Number.isSafeInteger(numGroups) && numGroups >= 1;
  const each = channels === undefined || !whole ? undefined : dimDivide(channels, numGroups);
  if (each === undefined) {
    throw new ShapeError(
      `groupNorm: the channels cannot be divided. Got x ${formatShape(operand.shape)} and numGroups ${numGroups}; expected ` +
        `[batch,channels,...] with channels that numGroups divides. Choose another numGroups.`,
      { op: 'groupNorm', details: { numGroups } },
    );
  }
  return inGroups('groupNorm', operand, numGroups, options);
}

/**
 * Instance normalisation: every channel of every example by its own mean and (biased) variance:
 * `(x − mean) / √(variance + eps) · weight + bias`.
 *
 * @param x - `[batch, channels, ...]` with at least one axis after the channels, a float dtype.
 * @param options.weight - `[channels]`. Default 1.
 * @param options.bias - `[channels]`. Default 0.
 * @param options.eps - Added to the variance. Default 1e-5.
 * @returns Shape and dtype of x.
 * @throws {@link ShapeError} if x has no axis after the channels, or weight or bias does not fit.
 * @example
 * const y = instanceNorm(tensor([[[1, 3], [10, 30]]]), { eps: 0 });
 * await toArray(y); // => [[[-1, 1], [-1, 1]]]
 * @see Ulyanov et al. 2016, https://arxiv.org/abs/1607.08022
 * @category Normalization
 */
export function instanceNorm(x: TensorLike, options: InstanceNormOptions = {}): Tensor {
  checkOptionNames('instanceNorm', options, ['weight', 'bias', 'eps']);
  const operand = asTensor(x, 'instanceNorm');
  checkFloat(operand, 'instanceNorm');
  if (operand.shape.length >= 3) return inGroups('instanceNorm', operand, operand.shape[1]!, options);
  throw new ShapeError(
    `instanceNorm: one value per channel has no variance. Got x ${formatShape(operand.shape)}; expected ` +
      `[batch,channels,...] with at least one axis after the channels. Use layerNorm for rows of features.`,
    { op: 'instanceNorm' },
  );
}

/** Normalises `[batch, groups, rest]` over its last axis, then scales and shifts the channels. */
// oxlint-disable-next-line max-params -- two call sites; an object would only repeat the names.
function inGroups(op: string, x: Tensor, groups: Dim, { weight, bias, eps }: InstanceNormOptions): Tensor {
  const [batch, channels, ...inner] = x.shape as [Dim, Dim, ...Dim[]];
  const size = sizeOf([dimDivide(channels, groups) ?? 1, ...inner]);
  const normal = reshape(layerNorm(reshape(x, [batch, groups, size]), { eps }), x.shape);
  if (weight === undefined && bias === undefined) return normal;
  const vector = (value: TensorLike): Tensor => {
    const given = cast(asTensor(value, op, x.dtype), x.dtype);
    return given.shape.length === 0 ? bind(expandOp, [given], { shape: [channels] }) : given;
  };
  const [scale, shift] = [vector(weight ?? 1), vector(bias ?? 0)];
  checkChannel(x, [scale, shift], op);
  return bind(channelAffineOp, [normal, scale, shift], {});
}

/** Settings of {@link localResponseNorm}. */
export interface LocalResponseNormOptions {
  /** How many neighbouring channels count. */
  readonly size: number;
  /** Factor of the mean square. Default 1e-4. */
  readonly alpha?: number | undefined;
  /** Exponent. Default 0.75. */
  readonly beta?: number | undefined;
  /** Summand. Default 1. */
  readonly k?: number | undefined;
}

/**
 * Divides each channel by the size of its neighbours: `x / (k + alpha · mean of x² over size channels)^beta`, with
 * zeros beyond the first and last channel.
 *
 * @param x - `[batch, channels, ...]`, a float dtype.
 * @param options.size - How many neighbouring channels count, itself included.
 * @param options.alpha - Default 1e-4.
 * @param options.beta - Default 0.75.
 * @param options.k - Default 1.
 * @returns Shape and dtype of x.
 * @throws {@link ShapeError} if x has no channels or size is not a whole number of at least 1.
 * @example
 * const y = localResponseNorm(tensor([[3, 4]]), { size: 1, alpha: 1, beta: 0.5, k: 0 });
 * await toArray(y); // => [[1, 1]]
 * @see Krizhevsky et al. 2012, section 3.3, https://papers.nips.cc/paper/4824
 * @category Normalization
 */
export function localResponseNorm(x: TensorLike, options: LocalResponseNormOptions): Tensor {
  checkOptionNames('localResponseNorm', options, ['size', 'alpha', 'beta', 'k']);
  const operand = asTensor(x, 'localResponseNorm');
  checkFloat(operand, 'localResponseNorm');
  const { size, alpha = 1e-4, beta = 0.75, k = 1 } = options;
  const channels = operand.shape[1];
  if (channels === undefined || !(Number.isSafeInteger(size) && size >= 1)) {
    throw new ShapeError(
      `localResponseNorm: no neighbouring channels. Got x ${formatShape(operand.shape)} and size ${size}; expected ` +
        `[batch,channels,...] and a whole number of at least 1.`,
      { op: 'localResponseNorm', details: { size } },
    );
  }
  const before = Math.floor(size / 2);
  const none: readonly [Dim, Dim] = [0, 0];
  const widths = operand.shape.map((_, axis): readonly [Dim, Dim] => (axis === 1 ? [before, size - 1 - before] : none));
  const squares = pad(square(operand), widths);
  const shifted = Array.from({ length: size }, (_, from) =>
    slice(squares, [[from, dimAdd(channels, from)]], { axes: [1] }),
  );
  const total = shifted.reduce((sumSoFar, next) => add(sumSoFar, next));
  return div(operand, pow(add(mul(total, alpha / size), k), beta));
}
