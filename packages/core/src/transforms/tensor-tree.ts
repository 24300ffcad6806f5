import type { Tensor } from '../ir/tensor.ts';
import { GraphError, ShapeError } from '../errors.ts';
import { formatShape, shapesEqual } from '../shape.ts';
import { resolve } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import type { RegionInput } from '../trace/region.ts';
import { flattenTree, mapTree } from '../tree.ts';

/** The tensors of a tree, and how to put others in their place; what is null or undefined stays as it is. */
export interface TensorTree {
  readonly tensors: readonly Tensor[];
  readonly paths: readonly string[];
  /** Equal for trees with tensors in the same places. */
  readonly structure: string;
  readonly rebuild: (tensors: readonly Tensor[]) => unknown;
}

const isAbsent = (leaf: unknown): boolean => leaf === null || leaf === undefined;

/** Takes a tree of tensors apart; numbers and booleans become tensors. */
export function treeOf(tree: unknown, op: string): TensorTree {
  const { leaves, paths, structure } = flattenTree(tree);
  const kept = leaves.flatMap((leaf, index) => (isAbsent(leaf) ? [] : [index]));
  return {
    tensors: kept.map((index) => asTensor(leaves[index] as TensorLike, op)),
    paths: kept.map((index) => paths[index]!),
    structure:
      kept.length === leaves.length ? structure : `${structure} without ${leaves.length - kept.length} of its leaves`,
    rebuild: (tensors) => {
      let next = 0;
      return mapTree(tree, (leaf) => (isAbsent(leaf) ? leaf : tensors[next++]));
    },
  };
}

/** The inputs of a region that stand for the tensors of a tree. */
export function regionInputs({ tensors, paths }: TensorTree, name: string): RegionInput[] {
  return tensors.map(({ dtype, shape }, index) => ({ name: `${name}${paths[index]!}`, dtype, shape }));
}

const typeOf = ({ dtype, shape }: Tensor): string => `${dtype} ${formatShape(shape)}`;

/**
 * The tensors of a tree that must be like another one.
 * @param what - What the tree is and what it must be like, for messages: `carry`, `after a step`, `at the beginning`.
 */
export function tensorsLike(
  tree: unknown,
  like: TensorTree,
  [op, name, now, then]: readonly [op: string, name: string, now: string, then: string],
): Tensor[] {
  const { tensors, structure } = treeOf(tree, op);
  if (structure !== like.structure) {
    throw new GraphError(
      `${op}: the ${name} changes its structure. Got ${structure} ${now}; expected ${like.structure} as ${then}. ` +
        `Return every part of it.`,
      { op },
    );
  }
  return tensors.map((given, index) => {
    const tensor = resolve(given);
    const wanted = like.tensors[index]!;
    if (tensor.dtype === wanted.dtype && shapesEqual(tensor.shape, wanted.shape)) return tensor;
    throw new ShapeError(
      `${op}: ${name}${like.paths[index]} changes its type. Got ${typeOf(tensor)} ${now}; expected ${typeOf(wanted)} ` +
        `as ${then}. Cast or reshape it.`,
      { op },
    );
  });
}
