import { needsOfNode } from '../ir/needs.ts';
import type { Node } from '../ir/tensor.ts';
import type { Builder } from './builder.ts';

/**
 * For a model that others run: an int64 vector of one 0 whose computation fails where a size that a node needs is
 * negative, under a name that says which; undefined if the node needs nothing.
 */
export function writeAssertion(b: Builder, node: Node): string | undefined {
  const checks = needsOfNode(node).map((size) => {
    const zero = b.ints([0]);
    // 0 is a place of [0]; twice a negative number is none.
    const place = b.node('Mul', [b.node('Min', [b.dims([size]), zero]), b.ints([2])]);
    const check = b.fresh('check');
    b.note = `_needs_${size.key}_of_at_least_0`;
    b.write('Gather', [zero, place], [check], { axis: 0 });
    b.note = '';
    b.declare(check, 'int64');
    return check;
  });
  return checks.length === 0 ? undefined : checks.reduce((a, c) => b.node('Add', [a, c]));
}
