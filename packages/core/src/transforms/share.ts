import { toposort } from '../ir/graph.ts';
import type { Graph } from '../ir/graph.ts';
import { attrsKey, opKey } from '../ir/node-key.ts';
import type { Node, Tensor } from '../ir/tensor.ts';
import { withInputs } from '../ir/with-inputs.ts';
import { formatShape } from '../shape.ts';

/**
 * Computes equal expressions once (common subexpressions): of nodes with the same op, settings and operands one stays.
 * The graph keeps its inputs; what nobody reads is gone by itself.
 */
export function share(graph: Graph): Graph {
  const given = new Set(graph.inputs.map((input) => input.node));
  const isLeaf = (node: Node): boolean => given.has(node) || node.values[0] !== undefined;
  const numbers = new Map<Node, number>();
  const known = new Map<string, Node>();
  const replaced = new Map<Tensor, Tensor>();
  const now = (tensor: Tensor): Tensor => replaced.get(tensor) ?? tensor;
  const refer = (tensor: Tensor): string => {
    const constant = constantKey(tensor);
    if (constant !== undefined) return constant;
    if (!numbers.has(tensor.node)) numbers.set(tensor.node, numbers.size);
    return `${numbers.get(tensor.node)}.${tensor.index}`;
  };
  for (const node of toposort(graph.outputs, isLeaf)) {
    if (node.op === null || isLeaf(node)) continue;
    const inputs = node.inputs.map(now);
    const key = keyOf(node, inputs.map(refer));
    const twin = key === undefined ? undefined : known.get(key);
    const kept = twin ?? withInputs(node, inputs, node.regions.map(share));
    if (key !== undefined && twin === undefined) known.set(key, kept);
    if (kept !== node) node.outputs.forEach((output, index) => replaced.set(output, kept.outputs[index]!));
  }
  return replaced.size === 0 ? graph : { ...graph, outputs: graph.outputs.map(now) };
}

/** Small constants are the same if they hold the same. */
function constantKey({ leaf, dtype, shape }: Tensor): string | undefined {
  if (leaf?.kind !== 'host' || !leaf.constant || leaf.data.length > 16) return undefined;
  const numbers = [...leaf.data].map((value) => (Object.is(value, -0) ? '-0' : String(value)));
  return `${dtype}${formatShape(shape)}=${numbers.join()}`;
}

/** What a node computes, as text; undefined if two of it are not one (effects, bodies, functions among the settings). */
function keyOf({ op, attrs, regions, outputs }: Node, inputs: readonly string[]): string | undefined {
  if (op === null || op.effect !== undefined || regions.length > 0) return undefined;
  if (Object.values(attrs).some((value) => typeof value === 'function')) return undefined;
  return `${opKey(op)}(${inputs.join(' ')})${attrsKey(attrs)}:${outputs.length}`;
}
