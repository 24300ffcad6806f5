import { ShapeError, formatShape } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkInput, checkSizes } from './check.ts';

/** The option `normalizedShape` as a list of sizes. */
export function normalizedAxes(layer: string, given: number | readonly number[]): readonly number[] {
  const sizes = typeof given === 'number' ? [given] : [...given];
  sizes.forEach((size, axis) => checkSizes(layer, { [`normalizedShape[${axis}]`]: size }));
  return sizes;
}

/** Refuses an input whose last axes are not `normalizedShape`. */
export function checkLastAxes(layer: string, x: Tensor, shape: readonly number[]): void {
  checkInput(layer, x, { layout: '[..., ...normalizedShape]' });
  const last = x.shape.slice(-shape.length);
  const differs = last.some((size, axis) => typeof size === 'number' && size !== shape[axis]);
  if (last.length === shape.length && !differs) return;
  throw new ShapeError(
    `${layer}: x does not fit normalizedShape. Got x ${formatShape(x.shape)}; expected its last axes to be ` +
      `${formatShape(shape)}. Change normalizedShape or the layer before.`,
    { op: layer, details: { shape: formatShape(x.shape) } },
  );
}
