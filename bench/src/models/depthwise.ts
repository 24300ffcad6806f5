import type { BenchModel, LayerSpec } from './model.ts';

const normed = (layer: LayerSpec, size: number): LayerSpec[] => [layer, { kind: 'batchNorm', size }, { kind: 'relu' }];

/** A 3×3 convolution of each channel alone, then a 1×1 of all of them. */
const separable = (inputs: number, outputs: number, stride = 1): LayerSpec[] => [
  ...normed(
    { kind: 'conv', inputs, outputs: inputs, kernel: 3, padding: 1, stride, groups: inputs, bias: false },
    inputs,
  ),
  ...normed({ kind: 'conv', inputs, outputs, kernel: 1, padding: 0, bias: false }, outputs),
];

/** Depthwise-separable convolutions in the manner of MobileNet, on images of 32×32. */
export const depthwise: BenchModel = {
  name: 'depthwise',
  batchSize: 64,
  inputShape: [3, 32, 32],
  classes: 10,
  optimizer: 'adam',
  agreeingSteps: 2,
  // Adam's first update has the size of the learning rate however small a gradient is: rounding decides some signs.
  tolerance: 1e-2,
  layers: [
    ...normed({ kind: 'conv', inputs: 3, outputs: 32, kernel: 3, padding: 1, bias: false }, 32), // [B, 32, 32, 32]
    ...separable(32, 64),
    ...separable(64, 128, 2), // [B, 128, 16, 16]
    ...separable(128, 128),
    ...separable(128, 256, 2), // [B, 256, 8, 8]
    ...separable(256, 256),
    { kind: 'globalAvgPool' },
    { kind: 'linear', inputs: 256, outputs: 10 },
  ],
};
