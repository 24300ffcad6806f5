import type { GraphRecord, NodeRecord, Scope } from './scope.ts';

/**
 * Leaves out nodes whose results nobody reads, of a graph and of those inside it: such as a Reshape whose readers took what it reshapes.
 * @param results - Values that the graphs return.
 * @returns How many nodes were left out.
 */
export const prune = (scope: Scope, results: Iterable<string>): number => keep(scope, new Set(results));

/** From the last node to the first: whoever reads a value stands behind it. */
function keep({ nodes }: Scope, read: Set<string>): number {
  const kept: NodeRecord[] = [];
  let inside = 0;
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((output) => read.has(output))) continue;
    for (const input of node.inputs) read.add(input);
    for (const body of bodies(node)) inside += keep(body.scope, read);
    kept.push(node);
  }
  const before = nodes.length;
  nodes.length = 0;
  for (const node of kept.toReversed()) nodes.push(node);
  return inside + before - kept.length;
}

const bodies = ({ attrs }: NodeRecord): GraphRecord[] =>
  attrs.flatMap(([, value]) => (typeof value === 'object' && 'scope' in value ? [value] : []));
