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

/**
 * A loss's input with 0 for padding, which may hold what is no number. To be done before anything is computed: guarding the
 * result does not help its gradient, which is 0 times the slope there, and 0 · NaN is NaN.
 */
export function withoutPadding(values: Tensor, mask: Tensor | undefined): Tensor {
  return mask === undefined ? values : where(greater(cast(mask, values.dtype), 0), values, 0);
}

/** The mean of the elements that the mask counts (1), of all without a mask; of what was computed {@link withoutPadding}. */
export function maskedMean(values: Tensor, mask: Tensor | undefined): Tensor {
  if (mask === undefined) return mean(values);
  const weights = cast(mask, values.dtype);
  return div(sum(mul(values, weights)), sum(weights));
}
