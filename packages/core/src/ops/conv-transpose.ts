import { checkArgument, checkOptionNames } from '../argument.ts';
import { dimAdd, dimMul } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { ArgumentError, ShapeError } from '../errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { formatShape } from '../shape.ts';
import { bind } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { CONVOLVED, asRow, besideChannels, convWindow } from './conv.ts';
import type { Conv1dOptions, Conv2dOptions, Conv3dOptions, ConvCall, ConvSettings } from './conv.ts';
import { convTransposeOp } from './conv-ops.ts';
import { convTransposeByPatches } from './conv-patches.ts';
import { checkBatch, checkChannels, kernelOf, sizesOf, transposedSizes } from './conv-window.ts';
import type { Moves, Padding1d, Padding2d, Padding3d, Pair, Triple } from './conv-window.ts';
import { add } from './elementwise.ts';
import { squeeze, unsqueeze } from './movement.ts';

interface Settings extends ConvSettings {
  readonly outputPadding?: number | readonly number[] | undefined;
}

function convolveBack(call: ConvCall, operands: readonly [TensorLike, TensorLike], settings: Settings): Tensor {
  const { op, rank } = call;
  const { padding } = settings;
  const rule = 'numbers; a transposed convolution knows neither same nor valid';
  checkArgument(typeof padding !== 'string', padding, { op, name: 'padding', rule });
  const [x, w] = [asTensor(operands[0], op), asTensor(operands[1], op)];
  checkBatch(x, { ...call, what: 'convolution', dtypes: CONVOLVED });
  const kernel = kernelOf(w, op, rank);
  const attrs = convWindow(call, settings, { sizes: x.shape.slice(2), kernel });
  const { groups } = attrs;
  const bias = settings.bias === undefined ? undefined : asTensor(settings.bias, op);
  const from = dimMul(w.shape[1]!, groups);
  checkChannels([x, w, bias], { op, groups, into: x.shape[1]!, from, transposed: true });
  const size = sizeOfResult(call, x, { ...attrs, outputPadding: settings.outputPadding ?? 0 });
  if (x.dtype === 'float64') {
    const y = convTransposeByPatches(x, w, { ...attrs, size });
    return bias === undefined ? y : add(y, besideChannels(bias, rank));
  }
  const rest = bias === undefined ? [] : [bias];
  if (rank > 1) return bind(convTransposeOp, [x, w, ...rest], { ...attrs, size });
  const row = { ...asRow(attrs), size: [1, ...size] };
  return squeeze(bind(convTransposeOp, [unsqueeze(x, 2), unsqueeze(w, 2), ...rest], row), 2);
}

/** Sizes of the result after batch and channels. */
function sizeOfResult(
  { op, rank }: ConvCall,
  x: Tensor,
  { outputPadding, ...moves }: Moves & { readonly outputPadding: number | readonly number[] },
): Dim[] {
  const added = sizesOf(outputPadding, `${op}.outputPadding`, { rank, least: 0 });
  if (added.some((extent, axis) => extent >= Math.max(moves.strides[axis]!, moves.dilations[axis]!))) {
    throw new ArgumentError(
      `${op}: outputPadding is too large. Got [${added}] with stride [${moves.strides}] and dilation ` +
        `[${moves.dilations}]; expected less than the larger of both. Reduce outputPadding.`,
      { op },
    );
  }
  const size = transposedSizes(x.shape.slice(2), moves).map((extent, axis) => dimAdd(extent, added[axis]!));
  if (size.every((extent) => typeof extent !== 'number' || extent >= 1)) return size;
  throw new ShapeError(
    `${op}: nothing is left. Got x ${formatShape(x.shape)}, kernel [${moves.kernel}] and padding [${moves.pads}], a ` +
      `result of ${formatShape(size)}; expected at least 1 along each axis. Reduce the padding.`,
    { op },
  );
}

/** Settings of {@link convTranspose1d}. */
export interface ConvTranspose1dOptions extends Omit<Conv1dOptions, 'padding'> {
  /** What the convolution it reverses had as padding. Default 0. */
  readonly padding?: Exclude<Padding1d, string> | undefined;
  /** Elements added at the end. Default 0. */
  readonly outputPadding?: number | readonly [number] | undefined;
}

/**
 * Transposed convolution: the gradient of {@link conv1d} with respect to its input, used to make signals longer.
 *
 * The length becomes `(in − 1)·stride − padding + dilation·(kernel − 1) + outputPadding + 1`, with `padding` the sum of
 * both sides.
 *
 * @param x - `[batch, in, length]`, float32, float64 or float16.
 * @param weight - `[in, out / groups, kernel]`.
 * @param options.bias - `[out]`. Default none.
 * @param options.stride - Default 1.
 * @param options.padding - Default 0.
 * @param options.outputPadding - Below stride or dilation. Default 0.
 * @param options.dilation - Default 1.
 * @param options.groups - Default 1.
 * @returns `[batch, out, outLength]`.
 * @throws {@link ShapeError} if channels do not fit or nothing is left; {@link ArgumentError} for a bad option.
 * @example
 * await toArray(convTranspose1d(tensor([[[1, 2]]]), tensor([[[1, 10]]]))); // => [[[1, 12, 20]]]
 * @category Convolution
 */
export function convTranspose1d(x: TensorLike, weight: TensorLike, options: ConvTranspose1dOptions = {}): Tensor {
  checkOptionNames('convTranspose1d', options, ['padding', 'outputPadding', 'bias', 'stride', 'dilation', 'groups']);
  return convolveBack({ op: 'convTranspose1d', rank: 1 }, [x, weight], options);
}

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
 * @param x - `[batch, in, height, width]`, float32, float64 or float16.
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
  checkOptionNames('convTranspose2d', options, ['padding', 'outputPadding', 'bias', 'stride', 'dilation', 'groups']);
  return convolveBack({ op: 'convTranspose2d', rank: 2 }, [x, weight], options);
}

/** Settings of {@link convTranspose3d}. */
export interface ConvTranspose3dOptions extends Omit<Conv3dOptions, 'padding'> {
  /** What the convolution it reverses had as padding. Default 0. */
  readonly padding?: Exclude<Padding3d, string> | undefined;
  /** Planes, rows and columns added at the end. Default 0. */
  readonly outputPadding?: number | Triple | undefined;
}

/**
 * Transposed convolution: the gradient of {@link conv3d} with respect to its input, used to make volumes larger. On the
 * CPU and in wasm only, not on WebGPU.
 *
 * The size becomes `(in − 1)·stride − padding + dilation·(kernel − 1) + outputPadding + 1`, with `padding` the sum of
 * both sides.
 *
 * @param x - `[batch, in, depth, height, width]`, float32, float64 or float16.
 * @param weight - `[in, out / groups, kernelDepth, kernelHeight, kernelWidth]`.
 * @param options.bias - `[out]`. Default none.
 * @param options.stride - Default 1.
 * @param options.padding - Default 0.
 * @param options.outputPadding - Below stride or dilation. Default 0.
 * @param options.dilation - Default 1.
 * @param options.groups - Default 1.
 * @returns `[batch, out, outDepth, outHeight, outWidth]`.
 * @throws {@link ShapeError} if channels do not fit or nothing is left; {@link ArgumentError} for a bad option.
 * @example
 * const volume = reshape(tensor([1, 2]), [1, 1, 1, 1, 2]);
 * const weight = reshape(tensor([1, 10]), [1, 1, 2, 1, 1]);
 * await toArray(convTranspose3d(volume, weight)); // => [[[[[1, 2]], [[10, 20]]]]]
 * @category Convolution
 */
export function convTranspose3d(x: TensorLike, weight: TensorLike, options: ConvTranspose3dOptions = {}): Tensor {
  checkOptionNames('convTranspose3d', options, ['padding', 'outputPadding', 'bias', 'stride', 'dilation', 'groups']);
  return convolveBack({ op: 'convTranspose3d', rank: 3 }, [x, weight], options);
}
