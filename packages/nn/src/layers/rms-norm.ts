import { rmsNorm } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { ones } from '../init/constant.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { checkLastAxes, normalizedAxes } from './normalized-shape.ts';

/** Options of {@link RMSNorm}. */
export interface RMSNormLayerOptions {
  /** Sizes of the last axes, over which the mean is taken; a number is one axis. */
  readonly normalizedShape: number | readonly number[];
  /** Added to the mean square. Default: the spacing of numbers at 1 in the input's dtype (1.19e-7 in float32). */
  readonly eps?: number | undefined;
  /** Whether there is a weight. Default true. */
  readonly elementwiseAffine?: boolean | undefined;
}

/**
 * Divides each example by the root mean square of its last axes: `x / √(mean x² + eps) · weight`.
 *
 * State: `weight` of `normalizedShape`.
 * @throws {@link ShapeError} if the input's last axes are not `normalizedShape`.
 * @example
 * const layer = new RMSNorm({ normalizedShape: 2, eps: 0 });
 * await toArray(layer.forward(tensor([[1, 7]]))); // => [[0.2, 1.4]]
 * @see Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467
 * @category Layers
 */
export class RMSNorm extends Module {
  readonly weight: Parameter | null;
  readonly normalizedShape: readonly number[];
  /** Undefined: the spacing of numbers at 1 in the input's dtype. */
  readonly eps: number | undefined;

  constructor(options: RMSNormLayerOptions) {
    checkOptionNames('RMSNorm', options, ['normalizedShape', 'eps', 'elementwiseAffine']);
    super();
    this.normalizedShape = normalizedAxes('RMSNorm', options.normalizedShape);
    this.eps = options.eps;
    this.weight = (options.elementwiseAffine ?? true) ? new Parameter(ones()(this.normalizedShape)) : null;
  }

  /** `[..., ...normalizedShape]` → the same shape. */
  forward(x: Tensor): Tensor {
    checkLastAxes('RMSNorm', x, this.normalizedShape);
    return rmsNorm(x, { axis: -this.normalizedShape.length, weight: this.weight ?? undefined, eps: this.eps });
  }
}
