import { checkOptionNames } from '../argument.ts';
import { ArgumentError, ShapeError } from '../errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { formatShape, normalizeAxes, normalizeAxis } from '../shape.ts';
import { dimEquals, dimMul } from '../dim.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { einsum } from './einsum.ts';
import { add, mul } from './elementwise.ts';
import { checkLast, matmul } from './linalg.ts';
import { reshape } from './structural.ts';

/** Names for axes: `a`, `b`, …, then capitals. */
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * Sum of products over pairs of axes: `Σ a[…, k, …]·b[…, k, …]`.
 * @param axes - How many axes to sum over, the last of `a` with the first of `b`; or the lists of both. Default 2.
 * @returns The other axes of `a`, then those of `b`.
 * @throws {@link ArgumentError} if the axes do not pair up; {@link ShapeError} if their sizes differ.
 * @example
 * const a = tensor([[1, 2], [3, 4]]);
 * await toArray(tensordot(a, a, 1)); // => [[7, 10], [15, 22]]
 * await toArray(tensordot(a, a, [[0], [0]])); // => [[10, 14], [14, 20]]
 * @category Linear algebra
 */
export function tensordot(
  a: TensorLike,
  b: TensorLike,
  axes: number | readonly [a: readonly number[], b: readonly number[]] = 2,
): Tensor {
  const x = asTensor(a, 'tensordot');
  const y = asTensor(b, 'tensordot');
  const [left, right] = axisPairs(x, y, axes);
  const labelsA = x.shape.map((_, axis) => LETTERS[axis]!);
  const labelsB = y.shape.map((_, axis) =>
    right.includes(axis) ? labelsA[left[right.indexOf(axis)]!]! : LETTERS[x.shape.length + axis]!,
  );
  const output = [
    ...labelsA.filter((_, axis) => !left.includes(axis)),
    ...labelsB.filter((_, axis) => !right.includes(axis)),
  ];
  checkPairs(x, y, [left, right]);
  return einsum(`${labelsA.join('')},${labelsB.join('')}->${output.join('')}`, x, y);
}

function axisPairs(
  x: Tensor,
  y: Tensor,
  axes: number | readonly [readonly number[], readonly number[]],
): [left: number[], right: number[]] {
  const [rankX, rankY] = [x.shape.length, y.shape.length];
  if (typeof axes === 'number') {
    if (Number.isInteger(axes) && axes >= 0 && axes <= Math.min(rankX, rankY)) {
      const range = [...Array(axes).keys()];
      return [range.map((index) => rankX - axes + index), range];
    }
  } else if (Array.isArray(axes?.[0]) && axes[0].length === axes[1]?.length) {
    // Refuses an axis named twice.
    normalizeAxes(axes[0], rankX, 'tensordot');
    normalizeAxes(axes[1], rankY, 'tensordot');
    return [
      axes[0].map((axis) => normalizeAxis(axis, rankX, 'tensordot')),
      axes[1].map((axis) => normalizeAxis(axis, rankY, 'tensordot')),
    ];
  }
  throw new ArgumentError(
    `tensordot: the axes do not pair up. Got ${typeof axes === 'string' ? axes : JSON.stringify(axes)} for a ${formatShape(x.shape)} and b ` +
      `${formatShape(y.shape)}; expected a count of at most ${Math.min(rankX, rankY)}, or two lists of equal length. ` +
      `Name an axis of b for each of a.`,
    { op: 'tensordot' },
  );
}

/** Refuses sizes that einsum would broadcast. */
function checkPairs(x: Tensor, y: Tensor, [left, right]: readonly [readonly number[], readonly number[]]): void {
  const differs = left.findIndex((axis, index) => !dimEquals(x.shape[axis]!, y.shape[right[index]!]!));
  if (differs < 0) return;
  throw new ShapeError(
    `tensordot: sizes differ. Got axis ${left[differs]} of a ${formatShape(x.shape)} and axis ${right[differs]} of b ` +
      `${formatShape(y.shape)}; expected equal sizes. Name other axes.`,
    { op: 'tensordot' },
  );
}

/**
 * Sum of products over the last axes (NumPy's `inner`): `y[i…, j…] = Σₖ a[i…, k]·b[j…, k]`.
 * @returns All but the last axis of `a`, then those of `b`; for scalars their product.
 * @throws {@link ShapeError} if the last sizes differ.
 * @example
 * await toArray(inner(tensor([[1, 2], [3, 4]]), tensor([10, 1]))); // => [12, 34]
 * @see {@link dot} where the axes before the last broadcast.
 * @category Linear algebra
 */
export function inner(a: TensorLike, b: TensorLike): Tensor {
  const x = asTensor(a, 'inner');
  const y = asTensor(b, 'inner');
  if (x.shape.length === 0 || y.shape.length === 0) return mul(x, y);
  checkLast(x, y, 'inner');
  return tensordot(x, y, [[-1], [-1]]);
}

/**
 * The scalar product of all elements, whatever the shapes: `Σ a·b`.
 * @throws {@link ShapeError} if the numbers of elements differ.
 * @example
 * await item(vdot(tensor([[1, 2], [3, 4]]), tensor([1, 0, 0, 2]))); // => 9
 * @category Linear algebra
 */
export function vdot(a: TensorLike, b: TensorLike): Tensor {
  return matmul(reshape(asTensor(a, 'vdot'), [-1]), reshape(asTensor(b, 'vdot'), [-1]));
}

/**
 * The Kronecker product: every element of `a` times the whole of `b`, as blocks.
 * @returns As many axes as the longer of both has, with the products of their sizes.
 * @example
 * await toArray(kron(tensor([[1, 2]]), tensor([[1], [3]]))); // => [[1, 2], [3, 6]]
 * @category Linear algebra
 */
export function kron(a: TensorLike, b: TensorLike): Tensor {
  const [x, y] = [asTensor(a, 'kron'), asTensor(b, 'kron')];
  const rank = Math.max(x.shape.length, y.shape.length);
  const [p, q] = [x, y].map(({ shape }) => [...Array<number>(rank - shape.length).fill(1), ...shape]);
  // [p₀, 1, p₁, 1, …] · [1, q₀, 1, q₁, …] → [p₀, q₀, p₁, q₁, …]
  const blocks = mul(
    reshape(
      x,
      p!.flatMap((size) => [size, 1]),
    ),
    reshape(
      y,
      q!.flatMap((size) => [1, size]),
    ),
  );
  return reshape(
    blocks,
    p!.map((size, axis) => dimMul(size, q![axis]!)),
  );
}

/**
 * The bilinear layer: `y[…, o] = Σᵢⱼ a[…, i]·w[o, i, j]·b[…, j] + bias[o]`.
 * @param a - `[..., m]`.
 * @param b - `[..., n]`, the other axes as those of `a`.
 * @param weights - `weight` `[out, m, n]` as in PyTorch, and `bias` `[out]`, default none.
 * @returns `[..., out]`.
 * @throws {@link ShapeError} if the sizes do not fit.
 * @example
 * const weight = tensor([[[1, 0], [0, 2]]]);
 * await toArray(bilinear(tensor([1, 2]), tensor([3, 4]), { weight })); // => [19]
 * @category Linear algebra
 */
export function bilinear(
  a: TensorLike,
  b: TensorLike,
  weights: { readonly weight: TensorLike; readonly bias?: TensorLike | undefined },
): Tensor {
  checkOptionNames('bilinear', weights, ['weight', 'bias']);
  const y = einsum('...i,oij,...j->...o', a, weights.weight, b);
  return weights.bias === undefined ? y : add(y, weights.bias);
}
