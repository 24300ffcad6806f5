import { flattenTree, mapTree, slice, squeeze, stack, unflattenTree } from '@gai/core';
import type { ScanOptions, Tensor } from '@gai/core';

/** What `scan` computes, step by step with ordinary ops: the reference its tests compare with. */
export function unrolled<C, X, Y>(
  fn: (carry: C, x: X) => readonly [C, Y],
  init: C,
  xs: X,
  options: ScanOptions = {},
): [C, Y] {
  const first = flattenTree(xs).leaves[0] as Tensor | null;
  const length = Number(options.length ?? first?.shape[0]);
  const order = Array.from({ length }, (_, step) => (options.reverse === true ? length - 1 - step : step));
  const results: Y[] = new Array<Y>(length);
  let carry = init;
  for (const step of order) {
    const at = (leaf: unknown): unknown =>
      leaf === null ? null : squeeze(slice(leaf as Tensor, [[step, step + 1]]), 0);
    [carry, results[step]] = fn(carry, mapTree(xs, at) as X);
  }
  const columns = results.map((result) => flattenTree(result).leaves as (Tensor | null)[]);
  const stacked = columns[0]!.map((leaf, index) => (leaf === null ? null : stack(columns.map((row) => row[index]!))));
  return [carry, unflattenTree(results[0], stacked) as Y];
}
