import { checkOptionNames } from '@gai/core/ops';
import { BatchNorm } from './batch-norm.ts';
import type { BatchNormLayerOptions } from './batch-norm.ts';

/**
 * Batch normalisation of images: `(x − mean) / √(variance + eps) · weight + bias`, per channel.
 *
 * In training mean and variance (over n) are the batch's, and running averages of them (the variance over n − 1) are
 * updated; in evaluation the running averages are used.
 * State: `weight`, `bias`, `running_mean`, `running_var`, all `[numFeatures]`, and `num_batches_tracked`.
 * @throws {@link ShapeError} if the images do not have `numFeatures` channels.
 * @example
 * const layer = new BatchNorm2d({ numFeatures: 3 });
 * layer.forward(tensor(new Float32Array(24), { shape: [2, 3, 2, 2] })).shape; // => [2, 3, 2, 2]
 * layer.numBatchesTracked; // => 1
 * @see Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167
 * @category Layers
 */
export class BatchNorm2d extends BatchNorm {
  constructor(options: BatchNormLayerOptions) {
    checkOptionNames('BatchNorm2d', options, ['numFeatures', 'eps', 'momentum', 'affine', 'trackRunningStats']);
    super(options, { name: 'BatchNorm2d', layout: '[batch, channels, height, width]', ranks: [4] });
  }
}
