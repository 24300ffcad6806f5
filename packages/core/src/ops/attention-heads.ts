import { dimDivide, dimEquals, formatDim } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { isFloat } from '../dtype.ts';
import { DTypeError, ShapeError } from '../errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { broadcastShapes, formatShape } from '../shape.ts';
import type { Shape } from '../shape.ts';
import { unsqueeze } from './movement.ts';
import { expand, reshape } from './structural.ts';

/** Queries, keys and values. */
export type Attended = readonly [Tensor, Tensor, Tensor];

/** `1 / √depth`. */
export function defaultScale(op: string, q: Tensor): number {
  const depth = q.shape.at(-1);
  if (typeof depth === 'number') return 1 / Math.sqrt(depth);
  throw new ShapeError(
    `${op}: the depth has no fixed size. Got query ${formatShape(q.shape)}; expected a number in the last axis. Pass scale.`,
    { op },
  );
}

export function checkOperands(op: string, [q, k, v]: Attended): void {
  const shapes = `query ${formatShape(q.shape)}, key ${formatShape(k.shape)}, value ${formatShape(v.shape)}`;
  if (!isFloat(q.dtype) || k.dtype !== q.dtype || v.dtype !== q.dtype) {
    throw new DTypeError(
      `${op}: the dtypes do not fit. Got query ${q.dtype}, key ${k.dtype}, value ${v.dtype}; expected one float ` +
        `dtype. Cast them.`,
      { op },
    );
  }
  const matrices = [q, k, v].every((x) => x.shape.length >= 2);
  const depths = matrices && dimEquals(q.shape.at(-1)!, k.shape.at(-1)!);
  if (depths && dimEquals(k.shape.at(-2)!, v.shape.at(-2)!)) return;
  throw new ShapeError(
    `${op}: sizes do not fit. Got ${shapes}; expected query [...,queries,depth], key [...,keys,depth] and value ` +
      `[...,keys,valueDepth]. Transpose or reshape them.`,
    { op },
  );
}

/** How the heads of the queries share those of the keys: none do (`group` 1), or `group` queries each. */
export interface Grouping {
  readonly heads: Dim;
  readonly shared: Dim;
  readonly group: Dim;
}

/** What is shared by how many; keys and values may have numbers of heads of their own only where these are equal. */
export function groupingOf(op: string, [q, k, v]: Attended): Grouping {
  const heads = q.shape.at(-3);
  const [shared] = [k, v].map((x) => {
    const own = x.shape.at(-3);
    if (heads !== undefined && own !== undefined && dimDivide(heads, own) !== undefined) return own;
    throw new ShapeError(
      `${op}: the heads cannot be shared. Got query ${formatShape(q.shape)} and key or value ${formatShape(x.shape)}; ` +
        `expected ${own === undefined ? 'a heads axis' : `heads (${formatDim(heads ?? 0)}) that ${formatDim(own)} divides`} ` +
        `in axis -3.`,
      { op },
    );
  });
  return { heads: heads!, shared: shared!, group: dimDivide(heads!, shared!)! };
}

/** Keys and values with as many heads as the queries: each is repeated for the group that shares it. */
export function repeatHeads(x: Tensor, heads: Dim): Tensor {
  const front = x.shape.slice(0, -2);
  const group = dimDivide(heads, front.at(-1)!)!;
  if (dimEquals(group, 1)) return x;
  const repeated = expand(unsqueeze(x, -3), [...front, group, ...x.shape.slice(-2)]);
  return reshape(repeated, [...front.slice(0, -1), heads, ...x.shape.slice(-2)]);
}

/** `[..., heads, queries, n]` → `[..., shared, group, queries, n]`; one head for all, and what has no heads, stays so. */
export function splitHeads(x: Tensor, { shared, group }: Grouping): Tensor {
  const heads = x.shape.at(-3);
  if (heads === undefined) return x;
  if (heads === 1) return unsqueeze(x, -3);
  return reshape(x, [...x.shape.slice(0, -3), shared, group, ...x.shape.slice(-2)]);
}

/** The opposite of {@link splitHeads}. */
export function joinHeads(x: Tensor, heads: Dim): Tensor {
  return reshape(x, [...x.shape.slice(0, -4), heads, ...x.shape.slice(-2)]);
}

/** The operands with the same sizes before the last two; the `free` last of these are left as they are. */
export function sameBatch(op: string, operands: Attended, free = 0): [Tensor, Tensor, Tensor] {
  const end = -2 - free;
  const batch = operands.map((x) => x.shape.slice(0, end)).reduce<Shape>((a, b) => broadcastShapes(a, b, op), []);
  return operands.map((x) => expand(x, [...batch, ...x.shape.slice(end)])) as [Tensor, Tensor, Tensor];
}
