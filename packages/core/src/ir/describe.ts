import type { TypedArray } from '../dtype.ts';
import { arrayText } from '../array-text.ts';
import { formatShape } from '../shape.ts';
import type { Leaf, Tensor } from './tensor.ts';

/**
 * A tensor as text: dtype, shape and, where they are known without a run, its elements.
 * @param name - Stands in front.
 * @param value - Where the elements are, if not in the tensor itself.
 */
export function describeTensor(tensor: Tensor, name = 'tensor', value: Tensor = tensor): string {
  const { leaf } = value;
  // A computed tensor has the sizes of its buffer; in the graph they may have had names.
  const shape = leaf?.kind === 'device' ? leaf.buffer.shape : value.shape;
  const type = `${tensor.dtype} ${formatShape(shape)}`;
  const elements = elementsOf(leaf);
  if (elements === undefined) return `${name}(${type}, ${absence(value)})`;
  const given = { dtype: tensor.dtype, shape: shape as readonly number[] };
  return `${name}(${arrayText(elements, given, name.length + 1)}, ${type})`;
}

/** The elements, if they lie in JavaScript's memory. */
export function elementsOf(leaf: Leaf | undefined): TypedArray | undefined {
  if (leaf?.kind === 'host') return leaf.data;
  if (leaf?.kind === 'stored') return leaf.source.data;
  return leaf?.kind === 'device' && !leaf.buffer.disposed ? leaf.buffer.peek?.() : undefined;
}

/** Why no elements are shown, and how to see them. */
function absence({ leaf, node }: Tensor): string {
  const read = 'read it with await toArray(...) or data(...)';
  if (leaf?.kind === 'device') return leaf.buffer.disposed ? 'disposed' : `on ${leaf.buffer.backend.device}: ${read}`;
  if (leaf?.kind === 'stored') return `in a file: ${read}`;
  if (leaf === undefined && node.scope === null) return `not computed yet: ${read}`;
  const kind = leaf?.kind === 'input' ? `input ${leaf.name} of` : 'part of';
  const what = leaf?.kind === 'variable' ? 'variable in a graph' : `${kind} '${node.scope?.name ?? 'a graph'}'`;
  return `${what}: see its value at every run with debugPrint(x, 'x')`;
}
