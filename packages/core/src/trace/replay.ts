import { internalError } from '../errors.ts';
import { toposort } from '../ir/graph.ts';
import { currentScope } from '../ir/scope.ts';
import type { TraceScope } from '../ir/scope.ts';
import { Node } from '../ir/tensor.ts';
import type { Tensor } from '../ir/tensor.ts';

/**
 * Copies what leads to `outputs` into a scope, with other tensors of the same types in place of the `given` ones. The
 * copies keep the place in the user's code that made the originals; effects are not done again.
 * @param given - What stands for each tensor where the way back ends; every placeholder and value that is not baked.
 */
export function replay(
  outputs: readonly Tensor[],
  given: ReadonlyMap<Tensor, Tensor>,
  scope: TraceScope | null = currentScope(),
): Tensor[] {
  const made = new Map(given);
  const ends = new Set([...given.keys()].map(({ node }) => node));
  const lookUp = (tensor: Tensor): Tensor => {
    const found = made.get(tensor);
    if (found !== undefined) return found;
    throw internalError(`a ${tensor.node.op?.name ?? tensor.leaf?.kind} was replayed without a value.`);
  };
  for (const node of toposort(outputs, (one) => ends.has(one) || one.values[0] !== undefined)) {
    if (ends.has(node)) continue;
    if (node.op?.effect !== undefined) {
      made.set(node.outputs[0]!, lookUp(node.inputs[0]!));
      continue;
    }
    const copy = copyOf(node, lookUp, scope);
    node.outputs.forEach((output, index) => made.set(output, copy.outputs[index]!));
  }
  return outputs.map(lookUp);
}

function copyOf(node: Node, lookUp: (tensor: Tensor) => Tensor, scope: TraceScope | null): Node {
  const types = node.outputs.map(({ dtype, shape }) => ({ dtype, shape }));
  const leaf = node.values[0];
  if (leaf !== undefined) {
    if (leaf.kind === 'host' && leaf.constant) return new Node({ op: null, types, leaf, scope, origin: node.place });
    throw internalError(`a ${leaf.kind} leaf was replayed without a value.`);
  }
  const { op, attrs, regions, place } = node;
  return new Node({ op, inputs: node.inputs.map(lookUp), attrs, regions, types, scope, origin: place });
}
