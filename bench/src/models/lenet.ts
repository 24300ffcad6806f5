import type { BenchModel } from './model.ts';

/** The LeNet of `@gai/cnn`: two 5×5 convolutions, each pooled before its ReLU, and a linear layer. */
export const lenet: BenchModel = {
  name: 'lenet',
  batchSize: 64,
  inputShape: [1, 28, 28],
  classes: 10,
  optimizer: 'adam',
  agreeingSteps: 10,
  tolerance: 1e-4,
  layers: [
    { kind: 'conv', inputs: 1, outputs: 8, kernel: 5, padding: 2 }, // [B, 8, 28, 28]
    { kind: 'maxPool', size: 2 },
    { kind: 'relu' },
    { kind: 'conv', inputs: 8, outputs: 16, kernel: 5, padding: 0 }, // [B, 16, 10, 10]
    { kind: 'maxPool', size: 2 },
    { kind: 'relu' },
    { kind: 'flatten' },
    { kind: 'linear', inputs: 400, outputs: 10 },
  ],
};
