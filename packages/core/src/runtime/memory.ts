import type { Tensor } from '../ir/tensor.ts';
import { flattenTree } from '../tree.ts';
import type { TreeNode } from '../tree.ts';
import { isTensor } from '../ir/tensor.ts';

/**
 * Releases the memory that a backend holds for the tensors of a tree. Tensors that were never computed have none.
 * On a CPU the garbage collector does it too; on a GPU do it for what is large. `using x = ...` does it at the end of
 * a block.
 * @example
 * const x = add(tensor([1, 2]), 1);
 * await evaluate(x);
 * dispose(x);
 * @category Reading
 */
export function dispose(tree: Tensor | TreeNode | readonly unknown[] | Readonly<Record<string, unknown>>): void {
  for (const leaf of flattenTree(tree).leaves) if (isTensor(leaf)) leaf[Symbol.dispose]();
}
