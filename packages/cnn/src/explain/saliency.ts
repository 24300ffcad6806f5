import { abs, grad, jit, max, sum, takeAlongAxis, reshape } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { Module } from '@gai/nn';

/**
 * How much each pixel matters for a class: the size of the logit's gradient with respect to it, the largest over the
 * channels.
 * @param model - From `[batch, ...]` to logits `[batch, classes]`; put it in evaluation mode.
 * @param images - `[batch, channels, height, width]`.
 * @param classes - `[batch]`, int32.
 * @returns `[batch, height, width]`, 0 or more.
 * @example
 * const model = new LeNet().eval();
 * const images = tensor(new Float32Array(784), { shape: [1, 1, 28, 28] });
 * (await saliency(model, images, tensor([3], { dtype: 'int32' }))).shape; // => [1, 28, 28]
 * @see Simonyan et al. 2014, https://arxiv.org/abs/1312.6034
 * @category Explanations
 */
export async function saliency(model: Module, images: Tensor, classes: Tensor): Promise<Tensor> {
  const explain = jit((x: Tensor, y: Tensor) => {
    const score = (pixels: Tensor): Tensor =>
      sum(takeAlongAxis(model.forward(pixels) as Tensor, reshape(y, [y.shape[0]!, 1]), { axis: 1 }));
    return max(abs(grad(score)(x)), { axis: 1 });
  });
  return explain(images, classes);
}
