import { ShapeError, abs, add, formatShape, pow, sqrt, square, sub, sum } from '@gai/core';
import type { Tensor } from '@gai/core';
import { shapesEqual } from '@gai/core/ops';
import { checkSameShape } from './check.ts';

/** `‖a − b + eps‖ₚ` over the last axis, as PyTorch's pairwise_distance: eps keeps the gradient finite where a = b. */
export function pairwiseDistance(
  a: Tensor,
  b: Tensor,
  { p, eps }: { readonly p: number; readonly eps: number },
): Tensor {
  const difference = add(sub(a, b), eps);
  if (p === 2) return sqrt(sum(square(difference), { axis: -1 }));
  if (p === 1) return sum(abs(difference), { axis: -1 });
  return pow(sum(pow(abs(difference), p), { axis: -1 }), 1 / p);
}

/** Refuses embeddings that are not `[batch, features]` floats of one shape. */
export function checkEmbeddings(loss: string, a: Tensor, b: Tensor): void {
  checkSameShape(loss, a, b);
  if (a.shape.length === 2) return;
  throw new ShapeError(
    `${loss}: not one vector per example. Got ${formatShape(a.shape)}; expected [batch,features]. Use flatten.`,
    { op: loss },
  );
}

/** Refuses targets that are not `[batch]`. */
export function checkPairTargets(loss: string, a: Tensor, targets: Tensor): void {
  if (shapesEqual(targets.shape, a.shape.slice(0, 1))) return;
  throw new ShapeError(
    `${loss}: the targets do not fit. Got ${formatShape(targets.shape)} for embeddings ${formatShape(a.shape)}; expected ` +
      `one for each pair: ${formatShape(a.shape.slice(0, 1))}. Reshape them.`,
    { op: loss },
  );
}
