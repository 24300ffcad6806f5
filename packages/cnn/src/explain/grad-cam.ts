import {
  ArgumentError,
  backward,
  jit,
  mean,
  mul,
  onesLike,
  relu,
  sum,
  takeAlongAxis,
  isTensor,
  reshape,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { tap } from '@gai/nn';
import type { Module } from '@gai/nn';
import { pathOf } from './path-of.ts';

/** Options of {@link gradCam}. */
export interface GradCamOptions {
  /** The convolution whose output is looked at; usually the last one. */
  readonly layer: Module;
}

/**
 * Grad-CAM: where in the image a convolutional network sees a class. `relu(Σₖ αₖ Aᵏ)`, with αₖ the mean over the
 * picture of the gradient of the class's logit with respect to feature map Aᵏ.
 *
 * @param model - From `[batch, ...]` to logits `[batch, classes]`; put it in evaluation mode.
 * @param images - `[batch, channels, height, width]`.
 * @param classes - `[batch]`, int32: the class to explain for each image.
 * @param options.layer - The module inside the model whose output has the feature maps.
 * @returns `[batch, h, w]` in the size of the feature maps, not normalised.
 * @throws {@link ArgumentError} if the layer is not used by the model.
 * @example
 * const model = new LeNet().eval();
 * const images = tensor(new Float32Array(784), { shape: [1, 1, 28, 28] });
 * const maps = await gradCam(model, images, tensor([3], { dtype: 'int32' }), { layer: model.conv2 });
 * maps.shape; // => [1, 10, 10]
 * @see Selvaraju et al. 2017, https://arxiv.org/abs/1610.02391
 * @category Explanations
 */
export async function gradCam(
  model: Module,
  images: Tensor,
  classes: Tensor,
  options: GradCamOptions,
): Promise<Tensor> {
  checkOptionNames('gradCam', options, ['layer']);
  const path = pathOf(model, options.layer);
  if (path === undefined) throw unusedLayer();
  const explain = jit((x: Tensor, y: Tensor) => {
    const { output: logits, taps } = tap(model, [path], () => model.forward(x));
    const features = taps[path]!;
    if (!isTensor(logits)) throw unusedLayer();
    const score = sum(takeAlongAxis(logits, reshape(y, [y.shape[0]!, 1]), { axis: 1 }));
    const [slope] = backward([score], [onesLike(score)], [features]);
    if (slope === undefined) throw unusedLayer();
    return camFrom(features, slope);
  });
  return explain(images, classes);
}

/** The map from feature maps `[B, K, h, w]` and the logit's gradient with respect to them. */
export function camFrom(features: Tensor, slope: Tensor): Tensor {
  const alpha = mean(slope, { axis: [2, 3], keepDims: true }); // [B, K, 1, 1]
  return relu(sum(mul(alpha, features), { axis: 1 })); // [B, h, w]
}

const unusedLayer = (): ArgumentError =>
  new ArgumentError(
    'gradCam: the layer does not lead to the logits. Got a layer that the model did not use; expected one of its ' +
      'convolutions. Pass { layer: model.conv2 }, for example.',
    { op: 'gradCam' },
  );
