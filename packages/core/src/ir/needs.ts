import { DimExpr, dimNames, evaluateDim, formatDim, isNonNegative } from '../dim.ts';
import type { Dim, DimBindings } from '../dim.ts';
import { ShapeError } from '../errors.ts';
import { toposort } from './graph.ts';
import type { OperandTypes } from './op.ts';
import type { Node, Tensor } from './tensor.ts';

/** A size that a program takes for 0 or more, though its names could have values that make it less. */
export interface Need {
  readonly size: DimExpr;
  /** The op that was written for it. */
  readonly op: string;
  /** The line that made the node, where known. */
  readonly place: { readonly line: string | undefined } | undefined;
}

/** What a node needs of its sizes: that its results have no negative ones, and what its op adds. */
export function needsOfNode({ op, attrs, inputs, outputs }: Node): DimExpr[] {
  if (op === null) return [];
  const own: readonly Dim[] = op.needs?.(attrs as never, inputs as unknown as OperandTypes) ?? [];
  const sizes = [...own, ...outputs.flatMap(({ shape }) => shape)];
  return sizes.filter((size): size is DimExpr => size instanceof DimExpr && !isNonNegative(size));
}

/** Everything that the graph of `outputs` needs of its sizes, bodies of loops and branches included, each once. */
export function needsOf(outputs: readonly Tensor[], isLeaf?: (node: Node) => boolean): Need[] {
  const found = new Map<string, Need>();
  for (const node of toposort(outputs, isLeaf)) {
    if (isLeaf?.(node) ?? node.values[0] !== undefined) continue;
    for (const size of needsOfNode(node)) {
      if (!found.has(size.key)) found.set(size.key, { size, op: node.op?.name ?? 'run', place: node.place });
    }
    for (const region of node.regions) {
      for (const need of needsOf(region.outputs)) if (!found.has(need.size.key)) found.set(need.size.key, need);
    }
  }
  return [...found.values()];
}

/** The first need that the sizes of a run do not meet. */
export function unmetNeed(needs: readonly Need[], sizes: DimBindings): Need | undefined {
  return needs.find(({ size }) => evaluateDim(size, sizes) < 0);
}

/** The refusal of sizes that do not meet a need. */
export function refusedSizes({ size, op, place }: Need, sizes: DimBindings): ShapeError {
  const names = [...dimNames(size)];
  const given = names.map((name) => `${name} = ${sizes.get(name)}`).join(', ');
  const made = place?.line === undefined ? '' : `, made at ${place.line},`;
  return new ShapeError(
    `${op}: a size of this run does not fit the program. Got ${given}, so ${formatDim(size)} is ` +
      `${evaluateDim(size, sizes)}; expected 0 or more, which '${op}'${made} was written for. Run it with other sizes, or ` +
      `compile it for fixed ones.`,
    { op, details: { sizes: Object.fromEntries(names.map((name) => [name, sizes.get(name)])), need: size.key } },
  );
}
