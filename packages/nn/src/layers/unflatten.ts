import { ShapeError, formatShape, reshape } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Module } from '../module.ts';

/** Options of {@link Unflatten}. */
export interface UnflattenOptions {
  /** The axis to divide; negative counts from the end. Default 1. */
  readonly axis?: number | undefined;
  /** The sizes it is divided into; one may be -1 and is inferred. */
  readonly unflattenedSize: readonly number[];
}

/**
 * Divides one axis into several: what {@link Flatten} joins.
 * @throws {@link ShapeError} if the input has no such axis or the sizes do not fit.
 * @example
 * new Unflatten({ unflattenedSize: [2, 2] }).forward(tensor([[1, 2, 3, 4]])).shape; // => [1, 2, 2]
 * @category Layers
 */
export class Unflatten extends Module {
  readonly axis: number;
  readonly unflattenedSize: readonly number[];

  constructor(options: UnflattenOptions) {
    checkOptionNames('Unflatten', options, ['axis', 'unflattenedSize']);
    super();
    this.axis = options.axis ?? 1;
    this.unflattenedSize = [...options.unflattenedSize];
  }

  /** `[..., product of sizes, ...]` → `[..., ...sizes, ...]`. */
  forward(x: Tensor): Tensor {
    const { axis, unflattenedSize } = this;
    const at = axis < 0 ? axis + x.shape.length : axis;
    if (!Number.isInteger(at) || at < 0 || at >= x.shape.length) {
      throw new ShapeError(
        `Unflatten: no such axis. Got axis ${axis} and x ${formatShape(x.shape)}; expected ${-x.shape.length} to ` +
          `${x.shape.length - 1}. Change axis or the layer before.`,
        { op: 'Unflatten', details: { axis } },
      );
    }
    // The part before the axis may be symbolic, so only one axis of the new ones is left to be inferred.
    return reshape(x, [...x.shape.slice(0, at), ...unflattenedSize, ...x.shape.slice(at + 1)]);
  }
}
