import { ArgumentError, jit } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { tap } from '@gai/nn';
import type { Module } from '@gai/nn';
import { pathOf } from './path-of.ts';

/** Options of {@link featureMaps}. */
export interface FeatureMapsOptions {
  /** The modules inside the model whose outputs are wanted. */
  readonly layers: readonly Module[];
}

/**
 * What layers inside a network put out for given images: their feature maps.
 *
 * @param model - Put it in evaluation mode.
 * @param images - What the model takes, for example `[batch, channels, height, width]`.
 * @param options.layers - Modules inside the model. Of one that runs several times the last output is taken.
 * @returns One tensor per layer in the same order, for a convolution `[batch, outChannels, h, w]`.
 * @throws {@link ArgumentError} if a layer is not used by the model.
 * @example
 * const model = new LeNet().eval();
 * const images = tensor(new Float32Array(784), { shape: [1, 1, 28, 28] });
 * const [first, second] = await featureMaps(model, images, { layers: [model.conv1, model.conv2] });
 * first!.shape; // => [1, 8, 28, 28]
 * second!.shape; // => [1, 16, 10, 10]
 * @category Explanations
 */
export async function featureMaps(model: Module, images: Tensor, options: FeatureMapsOptions): Promise<Tensor[]> {
  checkOptionNames('featureMaps', options, ['layers']);
  const paths = options.layers.map((layer, index) => pathOf(model, layer) ?? unusedLayer(index, layer));
  const run = jit((x: Tensor) => {
    const { taps } = tap(model, paths, () => model.forward(x));
    return paths.map((path) => taps[path]!);
  });
  return run(images);
}

function unusedLayer(index: number, layer: Module): never {
  throw new ArgumentError(
    `featureMaps: the model does not use a layer. Got ${layer.constructor.name} as layer ${index}, which did not run; ` +
      `expected modules inside the model. Pass { layers: [model.conv1] }, for example.`,
    { op: 'featureMaps', details: { index } },
  );
}
