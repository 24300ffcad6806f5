import { layerNorm } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { ones, zeros } from '../init/constant.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { checkLastAxes, normalizedAxes } from './normalized-shape.ts';

/** Options of {@link LayerNorm}. */
export interface LayerNormLayerOptions {
  /** Sizes of the last axes, over which mean and variance are taken; a number is one axis. */
  readonly normalizedShape: number | readonly number[];
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined;
  /** Whether there are weight and bias. Default true. */
  readonly elementwiseAffine?: boolean | undefined;
  /** Whether there is a bias beside the weight. Default true. */
  readonly bias?: boolean | undefined;
}

/**
 * Normalises each example over its last axes: `(x − mean) / √(variance + eps) · weight + bias`, variance over n.
 *
 * State: `weight` and `bias`, both of `normalizedShape`.
 * @throws {@link ShapeError} if the input's last axes are not `normalizedShape`.
 * @example
 * const layer = new LayerNorm({ normalizedShape: 3 });
 * layer.forward(tensor([[1, 2, 3]])).shape; // => [1, 3]
 * @see Ba et al. 2016, https://arxiv.org/abs/1607.06450
 * @category Layers
 */
export class LayerNorm extends Module {
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  readonly normalizedShape: readonly number[];
  readonly eps: number;

  constructor(options: LayerNormLayerOptions) {
    checkOptionNames('LayerNorm', options, ['normalizedShape', 'eps', 'elementwiseAffine', 'bias']);
    super();
    const { normalizedShape, eps = 1e-5, elementwiseAffine = true, bias = true } = options;
    this.normalizedShape = normalizedAxes('LayerNorm', normalizedShape);
    this.eps = eps;
    this.weight = elementwiseAffine ? new Parameter(ones()(this.normalizedShape)) : null;
    this.bias = elementwiseAffine && bias ? new Parameter(zeros()(this.normalizedShape)) : null;
  }

  /** `[..., ...normalizedShape]` → the same shape. */
  forward(x: Tensor): Tensor {
    checkLastAxes('LayerNorm', x, this.normalizedShape);
    const [weight, bias] = [this.weight ?? undefined, this.bias ?? undefined];
    return layerNorm(x, { axis: -this.normalizedShape.length, weight, bias, eps: this.eps });
  }
}
