import { data, flattenTree, isTensor, mapTree, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';

/** The elements of a tensor, on the host. */
type Elements = Awaited<ReturnType<typeof data>>;

/** Trees of equal structure as one tree, whose tensors have a leading axis of the trees; made on the host. */
export async function stackTrees<T>(trees: readonly T[]): Promise<T> {
  const leaves = new Map<string, Tensor[]>();
  for (const tree of trees) {
    mapTree(tree, (leaf, path) => {
      if (!isTensor(leaf)) return leaf;
      const known = leaves.get(path);
      if (known === undefined) leaves.set(path, [leaf]);
      else known.push(leaf);
      return leaf;
    });
  }
  const stacked = new Map<string, Tensor>();
  for (const [path, tensors] of leaves) stacked.set(path, await stackOnHost(tensors));
  return mapTree(trees[0], (leaf, path) => stacked.get(path) ?? leaf) as T;
}

async function stackOnHost(tensors: readonly Tensor[]): Promise<Tensor> {
  const [first] = tensors as [Tensor];
  const shape = [tensors.length, ...(first.shape as readonly number[])];
  const parts = await Promise.all(tensors.map((part) => data(part)));
  return tensor(join(parts), { shape, dtype: first.dtype });
}

function join(parts: readonly Elements[]): Elements {
  const [first] = parts as [Elements];
  if (parts.length === 1) return first;
  const joined = new (first.constructor as new (length: number) => Elements)(first.length * parts.length);
  parts.forEach((part, index) => (joined as Float32Array).set(part as Float32Array, index * first.length));
  return joined;
}

/** What batches that run together share. */
export interface BatchType {
  /** Structure, and types of the tensors, as text. */
  readonly key: string;
  /** Size of the tensors, about: four bytes an element. */
  readonly bytes: number;
}

/** What a batch is compiled for, and how large it is. */
export function batchType(batch: unknown): BatchType {
  const { leaves, structure } = flattenTree(batch);
  let bytes = 0;
  const parts = leaves.map((leaf) => {
    if (!isTensor(leaf)) return `${typeof leaf} ${String(leaf)}`;
    const shape = leaf.shape as readonly number[];
    bytes += 4 * shape.reduce((product, size) => product * size, 1);
    return `${leaf.dtype}[${shape.join()}]`;
  });
  return { key: [structure, ...parts].join(' | '), bytes };
}
