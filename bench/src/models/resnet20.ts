import type { BenchModel, LayerSpec } from './model.ts';

const conv = (inputs: number, outputs: number, stride: number): LayerSpec[] => [
  { kind: 'conv', inputs, outputs, kernel: 3, padding: 1, stride, bias: false },
  { kind: 'batchNorm', size: outputs },
];

const block = (inputs: number, outputs: number, stride: number): LayerSpec[] => [
  {
    kind: 'residual',
    body: [...conv(inputs, outputs, stride), { kind: 'relu' }, ...conv(outputs, outputs, 1)],
    ...(stride > 1 && {
      shortcut: [
        { kind: 'conv', inputs, outputs, kernel: 1, padding: 0, stride, bias: false },
        { kind: 'batchNorm', size: outputs },
      ],
    }),
  },
  { kind: 'relu' },
];

const stage = (inputs: number, outputs: number): LayerSpec[] => [
  ...block(inputs, outputs, inputs === outputs ? 1 : 2),
  ...block(outputs, outputs, 1),
  ...block(outputs, outputs, 1),
];

/** The ResNet-20 of `@gai/cnn` on images of 32×32. */
export const resnet20: BenchModel = {
  name: 'resnet20',
  batchSize: 64,
  inputShape: [3, 32, 32],
  classes: 10,
  optimizer: 'adam',
  agreeingSteps: 2,
  // Adam's first update has the size of the learning rate however small a gradient is: rounding decides some signs.
  tolerance: 1e-2,
  layers: [
    ...conv(3, 16, 1),
    { kind: 'relu' },
    ...stage(16, 16), // [B, 16, 32, 32]
    ...stage(16, 32), // [B, 32, 16, 16]
    ...stage(32, 64), // [B, 64, 8, 8]
    { kind: 'globalAvgPool' },
    { kind: 'linear', inputs: 64, outputs: 10 },
  ],
};
