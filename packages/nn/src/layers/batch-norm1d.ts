import { checkOptionNames } from '@gai/core/ops';
import { BatchNorm } from './batch-norm.ts';
import type { BatchNormLayerOptions } from './batch-norm.ts';

/**
 * Batch normalisation of features: `(x − mean) / √(variance + eps) · weight + bias`, per feature.
 *
 * In training mean and variance (over n) are the batch's, and running averages of them (the variance over n − 1) are
 * updated; in evaluation the running averages are used.
 * State: `weight`, `bias`, `running_mean`, `running_var`, all `[numFeatures]`, and `num_batches_tracked`.
 * @throws {@link ShapeError} if axis 1 is not `numFeatures` long, or a training batch has one value per feature.
 * @example
 * const layer = new BatchNorm1d({ numFeatures: 1, affine: false, eps: 0 });
 * await toArray(layer.forward(tensor([[1], [3]]))); // => [[-1], [1]]
 * @see Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167
 * @category Layers
 */
export class BatchNorm1d extends BatchNorm {
  constructor(options: BatchNormLayerOptions) {
    checkOptionNames('BatchNorm1d', options, ['numFeatures', 'eps', 'momentum', 'affine', 'trackRunningStats']);
    super(options, { name: 'BatchNorm1d', layout: '[batch, features] or [batch, features, length]', ranks: [2, 3] });
  }
}
