import { ShapeError, data, flattenTree, isTensor, mapTree, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { hostLeaf } from '@gai/core/ops';

/** Parts of a batch with one number of rows each, stacked. */
export interface BatchParts<B> {
  /** As the batch, with a leading axis of parts. */
  readonly batch: B;
  /** Rows of each part, float32 `[parts]`. */
  readonly rows: Tensor;
}

/**
 * A batch in `count` parts, in the order of its rows: one group of equal parts, or, where the rows do not divide evenly,
 * one of larger parts and one of parts with a row less. At most one part per row.
 */
export async function splitBatch<B>(batch: B, count: number): Promise<BatchParts<B>[]> {
  const rows = rowsOf(batch);
  const parts = Math.min(count, rows);
  const [size, larger] = [Math.floor(rows / parts), rows % parts];
  const groups =
    larger === 0
      ? [{ parts, size, from: 0 }]
      : [
          { parts: larger, size: size + 1, from: 0 },
          { parts: parts - larger, size, from: larger * (size + 1) },
        ];
  return Promise.all(groups.map((group) => takeGroup(batch, group)));
}

interface Group {
  readonly parts: number;
  readonly size: number;
  readonly from: number;
}

async function takeGroup<B>(batch: B, { parts, size, from }: Group): Promise<BatchParts<B>> {
  const taken = new Map<Tensor, Tensor>();
  for (const leaf of flattenTree(batch).leaves) {
    if (isTensor(leaf) && !taken.has(leaf)) taken.set(leaf, await takeRows(leaf, { parts, size, from }));
  }
  const rows = tensor(new Float32Array(parts).fill(size));
  return { batch: mapTree(batch, (leaf) => (isTensor(leaf) ? taken.get(leaf) : leaf)) as B, rows };
}

/** `[rows, ...]` → `[parts, size, ...]`; a scalar is the same for every part. */
async function takeRows(whole: Tensor, { parts, size, from }: Group): Promise<Tensor> {
  const values = await data(whole);
  const [, ...rest] = whole.shape as readonly number[];
  if (whole.shape.length === 0) {
    const same = new (values.constructor as new (length: number) => Float32Array)(parts);
    return tensor(same.fill(values[0] as number), { shape: [parts], dtype: whole.dtype });
  }
  const row = rest.reduce((product, length) => product * length, 1);
  const own = values.subarray(from * row, (from + parts * size) * row);
  return hostLeaf(own, { shape: [parts, size, ...rest], dtype: whole.dtype }, false);
}

/** The number of rows that all tensors of a batch have. */
function rowsOf(batch: unknown): number {
  const { leaves, paths } = flattenTree(batch);
  const sizes = leaves.flatMap((leaf, index) =>
    isTensor(leaf) && leaf.shape.length > 0 ? [{ size: Number(leaf.shape[0]), path: paths[index]! }] : [],
  );
  const [first] = sizes;
  if (first !== undefined && first.size > 0 && sizes.every(({ size }) => size === first.size)) return first.size;
  const got = sizes.map(({ size, path }) => `${size} in batch${path}`).join(', ');
  throw new ShapeError(
    `trainStep: the batch cannot be split into parts. Got ${got === '' ? 'no tensor with rows' : `first axes of ${got}`}; ` +
      `expected one number of rows, at least 1, in every tensor. Leave accumulate out, or give the tensors a batch axis.`,
    { op: 'trainStep', details: { sizes: sizes.map(({ size }) => size) } },
  );
}
