import { checkOptionNames } from '@gai/core/ops';
import { InstanceNorm } from './instance-norm.ts';
import type { InstanceNormLayerOptions } from './instance-norm.ts';

/**
 * Normalises each channel of each of images by its own mean and variance (over n), in training and evaluation alike:
 * `(x − mean) / √(variance + eps) · weight + bias`.
 *
 * State: `weight` and `bias`, both `[numFeatures]`, with `affine` only. Running statistics are not kept.
 * @throws {@link ShapeError} if the input does not have `numFeatures` channels.
 * @example
 * const layer = new InstanceNorm2d({ numFeatures: 3 });
 * layer.forward(tensor(new Float32Array(24), { shape: [2, 3, 2, 2] })).shape; // => [2, 3, 2, 2]
 * @see Ulyanov et al. 2016, https://arxiv.org/abs/1607.08022
 * @category Layers
 */
export class InstanceNorm2d extends InstanceNorm {
  constructor(options: InstanceNormLayerOptions) {
    checkOptionNames('InstanceNorm2d', options, ['numFeatures', 'eps', 'affine']);
    super(options, { name: 'InstanceNorm2d', layout: '[batch, channels, height, width]', rank: 4 });
  }
}
