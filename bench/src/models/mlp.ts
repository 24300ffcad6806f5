import type { BenchModel } from './model.ts';

/** 784-256-128-10 with ReLU. */
export const mlp: BenchModel = {
  name: 'mlp',
  batchSize: 128,
  inputShape: [784],
  classes: 10,
  optimizer: 'adam',
  agreeingSteps: 10,
  tolerance: 1e-4,
  layers: [
    { kind: 'linear', inputs: 784, outputs: 256 },
    { kind: 'relu' },
    { kind: 'linear', inputs: 256, outputs: 128 },
    { kind: 'relu' },
    { kind: 'linear', inputs: 128, outputs: 10 },
  ],
};
