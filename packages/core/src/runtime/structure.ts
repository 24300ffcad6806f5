import type { TypedArray } from '../dtype.ts';
import type { Graph } from '../ir/graph.ts';
import { toposort } from '../ir/graph.ts';
import { attrsKey, opKey } from '../ir/node-key.ts';
import type { Node, Tensor } from '../ir/tensor.ts';
import { formatShape } from '../shape.ts';

/**
 * The structure of a graph as text: equal text, equal computation. Values of inputs take no part; values baked into
 * the graph do.
 */
export function structureOf(graph: Graph, isInput: (node: Node) => boolean): string {
  const numbers = new Map<Node, number>();
  const refer = (tensor: Tensor): string => `${numbers.get(tensor.node)}.${tensor.index}`;
  const lines: string[] = [];
  for (const input of graph.inputs) {
    if (!numbers.has(input.node)) numbers.set(input.node, numbers.size);
    lines.push(`${refer(input)}:${input.dtype}${formatShape(input.shape)}`);
  }
  for (const node of toposort(graph.outputs, isInput)) {
    if (numbers.has(node)) continue;
    numbers.set(node, numbers.size);
    lines.push(isInput(node) ? leafKey(node) : nodeKey(node, refer));
  }
  return `${lines.join('\n')}\n=> ${graph.outputs.map(refer).join(' ')}`;
}

function nodeKey(node: Node, refer: (tensor: Tensor) => string): string {
  const regions = node.regions.map((region) => `{${structureOf(region, (inner) => inner.values[0] !== undefined)}}`);
  const name = node.op === null ? '?' : opKey(node.op);
  return `${name}(${node.inputs.map(refer).join(' ')})${attrsKey(node.attrs)}${regions.join('')}`;
}

function leafKey(node: Node): string {
  const { dtype, shape } = node.outputs[0]!;
  const leaf = node.values[0];
  // Data in a file is data of the host once it is fed.
  const kind = leaf?.kind === 'stored' ? 'host' : (leaf?.kind ?? '?');
  const content = leaf?.kind === 'host' && leaf.constant ? contentKey(leaf.data) : kind;
  return `${content}:${dtype}${formatShape(shape)}`;
}

/** From this size on a table's key is kept: an un-jitted loop asks for it in every step. */
const KEPT_BYTES = 1024;
const hashes = new WeakMap<TypedArray, string>();

function contentKey(data: TypedArray): string {
  if (data.byteLength < KEPT_BYTES) return hashData(data);
  const key = hashes.get(data) ?? hashData(data);
  hashes.set(data, key);
  return key;
}

/** FNV-1a over the bytes, in two 32-bit lanes, with the length: a key for baked data. */
function hashData(data: TypedArray): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x85ebca6b) + 1;
  }
  return `#${bytes.length}.${(a >>> 0).toString(36)}.${(b >>> 0).toString(36)}`;
}
