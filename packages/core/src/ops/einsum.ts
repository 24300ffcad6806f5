import { checkArgument } from '../argument.ts';
import { ArgumentError } from '../errors.ts';
import { promote } from '../dtype.ts';
import type { Tensor } from '../ir/tensor.ts';
import { sizeOf } from '../shape.ts';
import type { Shape } from '../shape.ts';
import type { TensorLike } from '../trace/literal.ts';
import { parseEquation } from './einsum-equation.ts';
import type { Equation } from './einsum-equation.ts';
import { mul } from './elementwise.ts';
import { matmul } from './linalg.ts';
import { squeeze } from './movement.ts';
import { asNumber } from './shared.ts';
import { cast, reshape, sum, transpose } from './structural.ts';
import { diagonal } from './triangular.ts';

/** A tensor with a name for each axis. */
interface Labelled {
  readonly x: Tensor;
  readonly labels: readonly string[];
}

/** The axes of one factor of a matrix product. */
interface Groups {
  readonly batch: readonly string[];
  readonly rows: readonly string[];
  readonly summed: readonly string[];
}

/**
 * Sums of products by Einstein's convention: what is not in the output is summed over, as in
 * `einsum('bij,bjk->bik', a, b)` for the product of matrices in a batch.
 *
 * - `ij,jk` (no `->`): the output has the indices that occur once, in alphabetical order, after those of `...`.
 * - `...ij`: any number of further axes, which broadcast like NumPy's.
 * - `ii->i`: an index that occurs twice in one operand takes its diagonal.
 *
 * Operands are contracted from left to right, each pair by one batched matrix product where it sums over something;
 * give them in the order that keeps the results in between small.
 *
 * @param equation - Indices of each operand, comma-separated; then `->` and those of the result. Spaces are ignored.
 * @param operands - One tensor for each term; of the dtype they promote to.
 * @throws {@link ArgumentError} if the equation is malformed or has another number of terms.
 * @throws {@link ShapeError} if an operand has another number of axes than its term, or an index two sizes.
 * @example
 * const a = tensor([[1, 2], [3, 4]]);
 * await toArray(einsum('ij,kj->ik', a, a)); // => [[5, 11], [11, 25]]
 * await toArray(einsum('ii', a)); // => 5
 * @category Linear algebra
 */
export function einsum(equation: string, ...operands: readonly TensorLike[]): Tensor {
  const isText = typeof equation === 'string';
  checkArgument(isText, equation, {
    op: 'einsum',
    name: 'the equation',
    rule: "a string such as 'ij,jk->ik', and it comes first",
  });
  const given = operands.map((operand) => asNumber(operand, 'einsum'));
  if (given.length === 0) {
    throw new ArgumentError(
      `einsum: no operands. Got the equation alone; expected one tensor for each term of '${equation}'.`,
      {
        op: 'einsum',
      },
    );
  }
  const dtype = given.map((operand) => operand.dtype).reduce(promote);
  const parsed = parseEquation(equation, given);
  const terms = given.map((x, index) => distinct({ x: cast(x, dtype), labels: parsed.inputs[index]! }));
  return contract(terms, parsed);
}

/** Contracts the terms from left to right. */
function contract(terms: readonly Labelled[], { output, sizes }: Equation): Tensor {
  const needed = (from: number): ReadonlySet<string> =>
    new Set([...output, ...terms.slice(from).flatMap(({ labels }) => labels)]);
  const [first, ...rest] = terms as [Labelled, ...Labelled[]];
  const total = rest.reduce(
    (left, right, index) => {
      const later = needed(index + 2);
      return multiply(
        sumAway(left, new Set([...later, ...right.labels])),
        sumAway(right, new Set([...later, ...left.labels])),
        later,
      );
    },
    sumAway(first, needed(1)),
  );
  const placed = ordered(
    total,
    output.filter((label) => total.labels.includes(label)),
  );
  // An axis of size 1 was dropped; one that all operands have so comes back here.
  return reshape(
    placed,
    output.map((label) => sizes.get(label)!),
  );
}

/** Drops axes of size 1, which broadcast, and takes diagonals for labels that occur twice. */
function distinct({ x, labels }: Labelled): Labelled {
  const narrow = labels.flatMap((_, axis) => (x.shape[axis] === 1 ? [axis] : []));
  if (narrow.length > 0) {
    return distinct({ x: squeeze(x, narrow), labels: labels.filter((_, axis) => !narrow.includes(axis)) });
  }
  const second = labels.findIndex((label, axis) => labels.indexOf(label) < axis);
  if (second < 0) return { x, labels };
  const first = labels.indexOf(labels[second]!);
  const others = labels.filter((_, axis) => axis !== second && axis !== first);
  return distinct({ x: diagonal(x, { axes: [first, second] }), labels: [...others, labels[second]!] });
}

/** Sums over the labels that nothing needs. */
function sumAway({ x, labels }: Labelled, needed: ReadonlySet<string>): Labelled {
  const axis = labels.flatMap((label, at) => (needed.has(label) ? [] : [at]));
  if (axis.length === 0) return { x, labels };
  return { x: sum(x, { axis }), labels: labels.filter((label) => needed.has(label)) };
}

/** The axes in the order of `labels`. */
function ordered(term: Labelled, labels: readonly string[]): Tensor {
  return transpose(
    term.x,
    labels.map((label) => term.labels.indexOf(label)),
  );
}

/** The sizes of some labels of a term. */
const sizesIn = ({ x, labels }: Labelled, of: readonly string[]): Shape =>
  of.map((label) => x.shape[labels.indexOf(label)]!);

/** The product of two terms, summed over what both have and nothing else needs. */
function multiply(a: Labelled, b: Labelled, needed: ReadonlySet<string>): Labelled {
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const batch = shared.filter((label) => needed.has(label));
  const summed = shared.filter((label) => !needed.has(label));
  const rows = a.labels.filter((label) => !shared.includes(label));
  const columns = b.labels.filter((label) => !shared.includes(label));
  const labels = [...batch, ...rows, ...columns];
  if (summed.length === 0 || (rows.length === 0 && columns.length === 0 && batch.length > 0)) {
    const products = mul(spread(a, [...labels, ...summed]), spread(b, [...labels, ...summed]));
    return sumAway({ x: products, labels: [...labels, ...summed] }, needed);
  }
  const left = matrices(a, { batch, rows, summed, preferred: 'rows first' });
  const right = matrices(b, { batch, rows: columns, summed, preferred: 'turned' });
  // [batch, rows, summed] · [batch, summed, columns]
  const product = matmul(left.x, right.x, { transposeA: left.turned, transposeB: !right.turned });
  return {
    x: reshape(product, [...sizesIn(a, batch), ...sizesIn(a, rows), ...sizesIn(b, columns)]),
    labels,
  };
}

/** The term with axes of size 1 for the labels it lacks. */
function spread(term: Labelled, labels: readonly string[]): Tensor {
  const own = labels.filter((label) => term.labels.includes(label));
  const x = ordered(term, own);
  return reshape(
    x,
    labels.map((label) => (own.includes(label) ? x.shape[own.indexOf(label)]! : 1)),
  );
}

/** The term as `[batch, rows, summed]` or `[batch, summed, rows]` (`turned`): as it lies, else the `preferred` way. */
function matrices(
  term: Labelled,
  { batch, rows, summed, preferred }: Groups & { readonly preferred: 'rows first' | 'turned' },
): { x: Tensor; turned: boolean } {
  const layouts = [
    { turned: false, labels: [...batch, ...rows, ...summed] },
    { turned: true, labels: [...batch, ...summed, ...rows] },
  ];
  if (preferred === 'turned') layouts.reverse();
  const lies = layouts.find(({ labels }) => labels.every((label, axis) => term.labels[axis] === label));
  const { turned, labels } = lies ?? layouts[0]!;
  const [r, k] = [sizeOf(sizesIn(term, rows)), sizeOf(sizesIn(term, summed))];
  return { x: reshape(ordered(term, labels), [...sizesIn(term, batch), ...(turned ? [k, r] : [r, k])]), turned };
}
