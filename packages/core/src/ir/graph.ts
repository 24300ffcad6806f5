import type { Node, Tensor } from './tensor.ts';

/** A computation with its borders: what goes in, what comes out. */
export interface Graph {
  readonly name: string;
  /** Leaves of kind `input`, in the order they are given. */
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/**
 * The nodes that lead to `outputs`, operands before their users. A node with values is a leaf (a node has either all
 * its values or none). Without recursion, so that long graphs do not exhaust the stack.
 */
export function toposort(outputs: readonly Tensor[], isLeaf: (node: Node) => boolean = hasValues): Node[] {
  const order: Node[] = [];
  const done = new Set<Node>();
  const stack: { node: Node; next: number }[] = [];
  const enter = (tensor: Tensor): void => {
    if (done.has(tensor.node)) return;
    done.add(tensor.node);
    stack.push({ node: tensor.node, next: isLeaf(tensor.node) ? Infinity : 0 });
  };
  for (const output of outputs) {
    enter(output);
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const input = top.node.inputs[top.next];
      if (input === undefined) {
        order.push(top.node);
        stack.pop();
      } else {
        top.next += 1;
        enter(input);
      }
    }
  }
  return order;
}

/** True if nothing has to be computed to know the node's outputs. */
export function hasValues(node: Node): boolean {
  return node.values[0] !== undefined;
}
