import { formatShape } from '../shape.ts';
import { toposort } from './graph.ts';
import type { Graph } from './graph.ts';
import type { AttrValue } from './op.ts';
import type { Node, Tensor } from './tensor.ts';

function formatAttr(value: AttrValue): string {
  if (typeof value === 'function') return value.name === '' ? '<function>' : `<${value.name}>`;
  if (Array.isArray(value)) return `[${value.map((item) => formatAttr(item as AttrValue)).join(',')}]`;
  if (typeof value === 'object' && value !== null && 'key' in value) return value.key;
  return JSON.stringify(value) ?? 'undefined';
}

function formatAttrs(node: Node): string {
  const entries = Object.entries(node.attrs).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? '' : `{${entries.map(([key, value]) => `${key}: ${formatAttr(value)}`).join(', ')}}`;
}

/** What a leaf is, in a few characters. */
function describeLeaf(node: Node): string {
  const leaf = node.values[0];
  if (leaf === undefined) return '?';
  if (leaf.kind === 'input') return `input ${leaf.name}`;
  if (leaf.kind === 'variable') return `variable ${leaf.variable.name}`;
  if (leaf.kind === 'device' || leaf.kind === 'stored') return leaf.kind;
  const single = leaf.data.length === 1 ? ` ${leaf.data[0]}` : '';
  return (leaf.constant ? 'constant' : 'literal') + single;
}

function nameNodes(nodes: readonly Node[]): (tensor: Tensor) => string {
  const numbers = new Map(nodes.map((node, index) => [node, index]));
  return (tensor) => {
    const base = `%${numbers.get(tensor.node)}`;
    return tensor.node.outputs.length > 1 ? `${base}.${tensor.index}` : base;
  };
}

const typeOf = (tensor: Tensor): string => `${tensor.dtype}${formatShape(tensor.shape)}`;

/**
 * The graph as text, one line a node: `%3 = matmul(%0, %2) : float32[batch,10]`.
 * @example
 * const graph = trace((x: Tensor) => mul(x, 2), [spec([3])]);
 * printGraph(graph).split('\n').length; // => 6
 * @category Graphs
 */
export function printGraph(graph: Graph): string {
  const nodes = toposort(graph.outputs);
  const name = nameNodes(nodes);
  const inputs = graph.inputs.map(
    (input) => `${input.leaf?.kind === 'input' ? input.leaf.name : '?'}: ${typeOf(input)}`,
  );
  const lines = nodes.map((node) => {
    const outputs = node.outputs.map(name).join(', ');
    const types = node.outputs.map(typeOf).join(', ');
    if (node.op === null || node.values[0]) return `  ${outputs} = ${describeLeaf(node)} : ${types}`;
    const regions = node.regions.map((region) => `\n${printGraph(region).replace(/^/gm, '    ')}`).join('');
    return `  ${outputs} = ${node.op.name}(${node.inputs.map(name).join(', ')})${formatAttrs(node)} : ${types}${regions}`;
  });
  return [
    `graph ${graph.name}(${inputs.join(', ')}) {`,
    ...lines,
    `  return ${graph.outputs.map(name).join(', ')}`,
    '}',
  ].join('\n');
}

/**
 * The graph as a Mermaid flowchart, for docs and notebooks.
 * @example
 * toMermaid(trace((x: Tensor) => mul(x, 2), [spec([3])])).startsWith('flowchart TD'); // => true
 * @category Graphs
 */
export function toMermaid(graph: Graph): string {
  const nodes = toposort(graph.outputs);
  const ids = new Map(nodes.map((node, index) => [node, `n${index}`]));
  const lines = ['flowchart TD'];
  for (const node of nodes) {
    const label = node.op === null || node.values[0] ? describeLeaf(node) : node.op.name;
    const types = node.outputs.map((output) => formatShape(output.shape)).join(' ');
    const text = `${label}<br/>${types}`.replaceAll('"', '#quot;');
    lines.push(`  ${ids.get(node)}["${text}"]`);
    const inputs = node.values[0] ? [] : node.inputs;
    for (const input of inputs) lines.push(`  ${ids.get(input.node)} --> ${ids.get(node)}`);
  }
  for (const [index, output] of graph.outputs.entries()) {
    lines.push(`  out${index}(["output ${index}"])`, `  ${ids.get(output.node)} --> out${index}`);
  }
  return lines.join('\n');
}
