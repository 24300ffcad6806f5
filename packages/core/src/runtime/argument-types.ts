import { dim } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { ShapeError } from '../errors.ts';
import type { TensorType } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { isTensor } from '../ir/tensor.ts';
import type { FlatTree } from '../tree.ts';
import type { TypedArguments } from './call-specs.ts';

/** For each argument the names of its leading axes; see `JitOptions.dynamicAxes`. */
export type DynamicAxes = readonly (readonly (string | null)[] | null)[] | undefined;

/** The arguments with the type each tensor is traced with: its own, with the leading sizes that were given names. */
export function typedByAxes(args: FlatTree, axes: DynamicAxes): TypedArguments {
  if (axes !== undefined) checkSizes(args, axes);
  const { leaves, paths } = args;
  const types = leaves.map((leaf, index) => (isTensor(leaf) ? typeOf(leaf, paths[index]!, axes) : undefined));
  return { ...args, types };
}

function typeOf(leaf: Tensor, path: string, axes: DynamicAxes): TensorType {
  const names = axes?.[argumentOf(path)];
  if (names == null) return leaf;
  const shape = leaf.shape.map((size, axis): Dim => {
    const name = names[axis];
    return name == null ? size : dim(name);
  });
  return { dtype: leaf.dtype, shape };
}

const argumentOf = (path: string): number => Number(/^\[(\d+)\]/.exec(path)?.[1]);

/** Axes of one name have one size. */
function checkSizes({ leaves, paths }: FlatTree, axes: NonNullable<DynamicAxes>): void {
  const found = new Map<string, Found>();
  leaves.forEach((leaf, index) => {
    if (!isTensor(leaf)) return;
    const path = paths[index]!;
    axes[argumentOf(path)]?.slice(0, leaf.shape.length).forEach((name, axis) => {
      if (name !== null) checkSize(found, name, { size: leaf.shape[axis]!, path });
    });
  });
}

interface Found {
  readonly size: Dim;
  readonly path: string;
}

function checkSize(known: Map<string, Found>, name: string, found: Found): void {
  const before = known.get(name);
  if (before === undefined) known.set(name, found);
  else if (before.size !== found.size) {
    throw new ShapeError(
      `jit: the size '${name}' differs between arguments. Got ${String(before.size)} in argument ${before.path} and ` +
        `${String(found.size)} in argument ${found.path}; expected one size. Give the axes different names.`,
      { op: 'jit', details: { name, sizes: [before.size, found.size] } },
    );
  }
}
