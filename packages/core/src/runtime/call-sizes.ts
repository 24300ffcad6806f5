import { dimNames } from '../dim.ts';
import type { Dim, DimExpr } from '../dim.ts';
import { isTensor } from '../ir/tensor.ts';
import type { TypedArguments } from './call-specs.ts';
import { solveSize } from './solve-size.ts';

/** The sizes of a call that have names, each once, with what they are. */
function namedOf({ leaves, types }: TypedArguments): (readonly [size: DimExpr, found: number])[] {
  const found = new Map<string, readonly [size: DimExpr, found: number]>();
  for (const [index, leaf] of leaves.entries()) {
    if (!isTensor(leaf)) continue;
    for (const [axis, size] of (types[index]?.shape ?? []).entries()) {
      if (typeof size === 'number' || found.has(size.key)) continue;
      found.set(size.key, [size, leaf.shape[axis] as number]);
    }
  }
  return [...found.values()];
}

/** The values of the names in a call that fits its types. */
export function namedSizes(typed: TypedArguments): Map<string, number> {
  const sizes = new Map<string, number>();
  const open = namedOf(typed);
  for (let before = -1; before < sizes.size;) {
    before = sizes.size;
    for (const [size, found] of open) {
      const [name, ...others] = [...dimNames(size)].filter((one) => !sizes.has(one));
      const solved =
        name === undefined || others.length > 0 ? undefined : (solveSize(size, name, found, sizes) ?? undefined);
      if (solved !== undefined) sizes.set(name!, solved);
    }
    if (before < sizes.size) continue;
    // A product that nothing tells apart is counted with as a whole: all of it goes to one name.
    const name = open.flatMap(([size]) => [...dimNames(size)].filter((one) => !sizes.has(one)))[0];
    if (name !== undefined) sizes.set(name, 1);
  }
  return sizes;
}

/** The same arguments with the names of some sizes, and all that are in one size with them, taken for fixed. */
export function withFixed(typed: TypedArguments, names: ReadonlySet<string>): TypedArguments {
  const fixed = new Set(names);
  const open = namedOf(typed).map(([size]) => [...dimNames(size)]);
  for (let before = -1; before < fixed.size;) {
    before = fixed.size;
    for (const together of open)
      if (together.some((name) => fixed.has(name))) together.forEach((name) => fixed.add(name));
  }
  const types = typed.types.map((type, index) => {
    const leaf = typed.leaves[index];
    if (type === undefined || !isTensor(leaf)) return type;
    const known = (size: Dim, axis: number): Dim =>
      [...dimNames(size)].some((name) => fixed.has(name)) ? leaf.shape[axis]! : size;
    return { dtype: type.dtype, shape: type.shape.map(known) };
  });
  return { ...typed, types };
}
