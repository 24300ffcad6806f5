import { checkArgument, checkOptionNames } from '../argument.ts';
import { isSymbolic } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { ArgumentError, ShapeError } from '../errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { formatShape, normalizeAxis } from '../shape.ts';
import { bindAll } from '../trace/bind.ts';
import { tensor } from '../trace/literal.ts';
import type { TensorLike } from '../trace/literal.ts';
import { isInf, isNaN, where } from './compare.ts';
import { add, ceil, floor, mul, sub } from './elementwise.ts';
import { gather, sort, topKOp } from './indexing.ts';
import { moveAxis } from './movement.ts';
import { any, countOf } from './reduce.ts';
import { asFloat } from './shared.ts';
import { cast, reshape } from './structural.ts';

/**
 * The indices that put the elements along an axis in ascending order; equal ones keep theirs. The elements must not be
 * NaN.
 * @param options.axis - Default -1.
 * @param options.descending - Largest first. Default false.
 * @returns dtype int32.
 * @throws {@link ShapeError} if x is a scalar.
 * @example
 * await toArray(argsort(tensor([30, 10, 20]))); // => [1, 2, 0]
 * @category Indexing
 */
export function argsort(
  x: TensorLike,
  options: { readonly axis?: number | undefined; readonly descending?: boolean | undefined } = {},
): Tensor {
  checkOptionNames('argsort', options, ['axis', 'descending']);
  return sort(x, options).indices;
}

/** Which axis {@link quantile} and {@link median} go along. */
export interface QuantileOptions {
  /** The axis; negative counts from the end. Default: all elements. */
  readonly axis?: number | undefined;
  /** Keep the axis with size 1. Default false. */
  readonly keepDims?: boolean | undefined;
}

function checkProbabilities(q: readonly number[]): void {
  const wrong = q.find((value) => !(value >= 0 && value <= 1));
  if (wrong === undefined) return;
  throw new ArgumentError(`quantile: not a probability. Got ${wrong}; expected 0 to 1. Divide percentiles by 100.`, {
    op: 'quantile',
    details: { q: wrong },
  });
}

interface Places {
  readonly lower: Tensor;
  readonly upper: Tensor;
  /** How far from the lower one. */
  readonly weight: Tensor;
}

/** Between which elements of a sorted line the quantiles lie. */
function places(q: readonly number[], size: Dim, like: Tensor): Places {
  if (!isSymbolic(size)) {
    // In the host's float64.
    const at = q.map((value) => value * (size - 1));
    const indices = (values: number[]): Tensor => tensor(values, { dtype: 'int32' });
    const weight = tensor(
      at.map((place) => place - Math.floor(place)),
      { dtype: 'float64' },
    );
    return { lower: indices(at.map(Math.floor)), upper: indices(at.map(Math.ceil)), weight: cast(weight, like.dtype) };
  }
  const dtype = like.dtype === 'float64' ? 'float64' : 'float32';
  const place = mul(tensor([...q], { dtype }), sub(countOf([size], [0], dtype), 1));
  const below = floor(place);
  const weight = cast(sub(place, below), like.dtype);
  return { lower: cast(below, 'int32'), upper: cast(ceil(place), 'int32'), weight };
}

/**
 * Value below which a share `q` of the elements lies, interpolated linearly between the two nearest: element `q·(n − 1)`
 * of the sorted line. NaN if one of them is NaN. Integers become float32.
 * @param q - One share from 0 to 1, or a list of them.
 * @param options.axis - Default: all elements.
 * @param options.keepDims - Keep the axis with size 1. Default false.
 * @returns Without the axis; a list of shares gives a first axis with one row for each.
 * @throws {@link ArgumentError} if a share is not between 0 and 1; {@link ShapeError} if there are no elements.
 * @example
 * await item(quantile(tensor([1, 2, 3, 4]), 0.5)); // => 2.5
 * await toArray(quantile(tensor([1, 2, 3, 4, 5]), [0, 0.25])); // => [1, 2]
 * @category Reductions
 */
export function quantile(x: TensorLike, q: number | readonly number[], options: QuantileOptions = {}): Tensor {
  checkOptionNames('quantile', options, ['axis', 'keepDims']);
  const isShare = typeof q === 'number' || Array.isArray(q);
  checkArgument(isShare, q, { op: 'quantile', name: 'q', rule: 'a number from 0 to 1, or a list of them' });
  checkProbabilities(typeof q === 'number' ? [q] : q);
  return quantiles(x, q, options, 'quantile');
}

function quantiles(x: TensorLike, q: number | readonly number[], options: QuantileOptions, op: string): Tensor {
  const shares = typeof q === 'number' ? [q] : q;
  const given = asFloat(x, op);
  const operand = options.axis === undefined ? reshape(given, [-1]) : given;
  const axis = normalizeAxis(options.axis ?? 0, operand.shape.length, op);
  const size = operand.shape[axis]!;
  if (size === 0) {
    throw new ShapeError(
      `${op}: no elements to choose from. Got ${formatShape(given.shape)}; expected at least one element along the ` +
        `axis. Leave empty tensors out.`,
      { op, details: { shape: formatShape(given.shape) } },
    );
  }
  const [values] = bindAll(topKOp, [operand], { k: size, axis, largest: false, least: 1 }) as [Tensor, Tensor];
  const { lower, upper, weight } = places(shares, size, operand);
  const low = gather(values, lower, { axis });
  // ∞ − ∞ would be NaN.
  const spread = where(isInf(low), 0, sub(gather(values, upper, { axis }), low));
  const trailing = operand.shape.slice(axis + 1).map(() => 1);
  const found = add(low, mul(spread, reshape(weight, [shares.length, ...trailing])));
  const checked = where(any(isNaN(operand), { axis, keepDims: true }), NaN, found);
  return shaped(moveAxis(checked, axis, 0), { rank: given.shape.length, axis, scalar: typeof q === 'number', options });
}

/** From `[q, ...the other axes]` to what was asked for. */
function shaped(x: Tensor, given: { rank: number; axis: number; scalar: boolean; options: QuantileOptions }): Tensor {
  const { rank, axis, scalar, options } = given;
  const [count, ...others] = x.shape;
  const first = scalar ? [] : [count!];
  if (options.keepDims !== true) return reshape(x, [...first, ...others]);
  const kept = options.axis === undefined ? Array.from({ length: rank }, () => 1) : others.toSpliced(axis, 0, 1);
  return reshape(x, [...first, ...kept]);
}

/**
 * Middle value over an axis: the {@link quantile} of ½, so the mean of the two middle elements where their number is
 * even (as in NumPy; PyTorch takes the lower one). NaN if one of them is NaN.
 * @param options.axis - Default: all elements.
 * @param options.keepDims - Keep the axis with size 1. Default false.
 * @throws {@link ShapeError} if there are no elements.
 * @example
 * await item(median(tensor([3, 1, 2]))); // => 2
 * @category Reductions
 */
export function median(x: TensorLike, options: QuantileOptions = {}): Tensor {
  checkOptionNames('median', options, ['axis', 'keepDims']);
  return quantiles(x, 0.5, options, 'median');
}
