import { ShapeError, cast, div, formatShape, greater, mean, mul, sum, where } from '@gai/core';
import type { Tensor } from '@gai/core';
import { shapesEqual } from '@gai/core/ops';

/** Refuses tensors of another shape than the first: broadcasting them would silently pair everything with all. */
export function checkShapes(op: string, tensors: Readonly<Record<string, Tensor | undefined>>): void {
  const [[first, model], ...others] = Object.entries(tensors) as [[string, Tensor], ...[string, Tensor | undefined][]];
  for (const [name, other] of others) {
    if (other === undefined || shapesEqual(other.shape, model.shape)) continue;
    throw new ShapeError(
      `${op}: the shapes differ. Got ${name} ${formatShape(other.shape)} beside ${first} ${formatShape(model.shape)}; ` +
        'expected one shape. Reshape them to one number per step.',
      { op, details: { [name]: other.shape, [first]: model.shape } },
    );
  }
}

/** The mean of the elements that the mask counts (1), of all without a mask. */
export function maskedMean(values: Tensor, mask: Tensor | undefined): Tensor {
  if (mask === undefined) return mean(values);
  const weights = cast(mask, values.dtype);
  // Not a product alone: padding may hold what is no number.
  return div(sum(where(greater(weights, 0), mul(values, weights), 0)), sum(weights));
}
