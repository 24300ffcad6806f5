import type { Tensor } from '../ir/tensor.ts';
import { expandOp } from './structural.ts';

/** Whether a cotangent is known to be nothing: what `transforms/vjp.ts` gives for an output nobody used. */
export function isNothing(dy: Tensor): boolean {
  if (dy.node.op === expandOp) return isNothing(dy.node.inputs[0]!);
  const leaf = dy.leaf;
  return leaf?.kind === 'host' && leaf.data.length === 1 && Number(leaf.data[0]) === 0;
}
