import type { Regions } from './op.ts';
import { Node } from './tensor.ts';
import type { Tensor } from './tensor.ts';

/** A node of the same op and types with other operands and regions; the node itself if they are the ones it has. */
export function withInputs(node: Node, inputs: readonly Tensor[], regions: Regions = node.regions): Node {
  const isSame =
    inputs.every((input, index) => input === node.inputs[index]) &&
    regions.every((region, index) => region === node.regions[index]);
  if (isSame) return node;
  const { op, attrs, outputs: types, scope, place: origin } = node;
  return new Node({ op, inputs, attrs, regions, types, scope, origin });
}
