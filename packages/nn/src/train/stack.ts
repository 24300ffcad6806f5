import { ShapeError, data, flattenTree, formatShape, isTensor, mapTree, unflattenTree } from '@gai/core';
import type { Tensor } from '@gai/core';
import { hostLeaf } from '@gai/core/ops';
import { freshMemory } from './stack-memory.ts';
import type { Elements, TakeMemory } from './stack-memory.ts';

/**
 * Trees of equal structure as one tree, whose tensors have a leading axis of the trees; made on the host, in memory from
 * `take`.
 */
export async function stackTrees<T>(trees: readonly T[], take: TakeMemory = freshMemory): Promise<T> {
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
  for (const [path, tensors] of leaves) stacked.set(path, await stackOnHost(tensors, take));
  return mapTree(trees[0], (leaf, path) => stacked.get(path) ?? leaf) as T;
}

/**
 * Trees of equal structure as one tree, whose tensors are those of the trees one after the other along their first axis;
 * made on the host, in whatever dtype they have.
 * @throws {@link ShapeError} if a tensor has no first axis, or the others differ.
 */
export async function joinTrees<T>(trees: readonly T[], op: string): Promise<T> {
  const flat = trees.map((tree) => flattenTree(tree));
  const [first] = flat as [ReturnType<typeof flattenTree>];
  const leaves = await Promise.all(
    first.leaves.map((leaf, index) => {
      if (!isTensor(leaf)) return leaf;
      const parts = flat.map(({ leaves: others }) => others[index] as Tensor);
      checkJoinable(parts, first.paths[index]!, op);
      return joinOnHost(parts);
    }),
  );
  return unflattenTree(trees[0], leaves) as T;
}

async function joinOnHost(tensors: readonly Tensor[]): Promise<Tensor> {
  const [first] = tensors as [Tensor];
  const rows = tensors.reduce((total, { shape }) => total + Number(shape[0]), 0);
  const parts = await Promise.all(tensors.map((part) => data(part)));
  return hostLeaf(
    join(parts, freshMemory),
    { shape: [rows, ...first.shape.slice(1).map(Number)], dtype: first.dtype },
    false,
  );
}

function checkJoinable(parts: readonly Tensor[], path: string, op: string): void {
  const [first] = parts as [Tensor];
  const row = (one: Tensor): string => `${one.dtype} ${formatShape(one.shape.slice(1))}`;
  const other = parts.find((part) => row(part) !== row(first));
  if (first.shape.length > 0 && other === undefined) return;
  const got = other === undefined ? 'a scalar' : `${formatShape(first.shape)} and ${formatShape(other.shape)}`;
  throw new ShapeError(
    `${op}: the results of several batches cannot be joined. Got ${got}${path === '' ? '' : ` at ${path}`}; expected tensors ` +
      `with a first axis to join along, and equal sizes along the others. Pad the batches to one length, or return less.`,
    { op, details: { path } },
  );
}

async function stackOnHost(tensors: readonly Tensor[], take: TakeMemory): Promise<Tensor> {
  const [first] = tensors as [Tensor];
  const shape = [tensors.length, ...(first.shape as readonly number[])];
  const parts = await Promise.all(tensors.map((part) => data(part)));
  return hostLeaf(join(parts, take), { shape, dtype: first.dtype }, false);
}

/** One after the other; of a single one it is that very memory. */
function join(parts: readonly Elements[], take: TakeMemory): Elements {
  const [first] = parts as [Elements];
  if (parts.length === 1) return first;
  const length = parts.reduce((total, part) => total + part.length, 0);
  const joined = take(first, length);
  let at = 0;
  for (const part of parts) {
    (joined as Float32Array).set(part as Float32Array, at);
    at += part.length;
  }
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
