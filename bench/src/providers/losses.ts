import { setDefaultBackend } from '@gai/core';
import type { Backend } from '@gai/core/backend';
import { makeStep, runStep } from '../contenders/gai.ts';
import { makeBatches, makeWeights } from '../data.ts';
import type { BenchModel, LayerSpec } from '../models/model.ts';

const common = { agreeingSteps: 0, tolerance: 1e-4 } as const;
const block: readonly LayerSpec[] = [
  {
    kind: 'residual',
    body: [
      { kind: 'layerNorm', size: 32 },
      { kind: 'attention', length: 16, width: 32, heads: 4 },
    ],
  },
  {
    kind: 'residual',
    body: [
      { kind: 'layerNorm', size: 32 },
      { kind: 'linear', inputs: 32, outputs: 128 },
      { kind: 'gelu' },
      { kind: 'linear', inputs: 128, outputs: 32 },
    ],
  },
];

/** One small model of each kind; every provider must train them alike. */
export const smallModels: readonly BenchModel[] = [
  {
    ...common,
    name: 'mlp',
    batchSize: 16,
    inputShape: [20],
    classes: 5,
    optimizer: 'adam',
    layers: [{ kind: 'linear', inputs: 20, outputs: 32 }, { kind: 'relu' }, { kind: 'linear', inputs: 32, outputs: 5 }],
  },
  {
    ...common,
    name: 'cnn',
    batchSize: 8,
    inputShape: [1, 12, 12],
    classes: 5,
    optimizer: 'adam',
    layers: [
      { kind: 'conv', inputs: 1, outputs: 4, kernel: 3, padding: 1 },
      { kind: 'relu' },
      { kind: 'maxPool', size: 2 },
      { kind: 'conv', inputs: 4, outputs: 8, kernel: 3, padding: 1 },
      { kind: 'relu' },
      { kind: 'maxPool', size: 2 },
      { kind: 'flatten' },
      { kind: 'linear', inputs: 72, outputs: 5 },
    ],
  },
  {
    ...common,
    name: 'gpt',
    batchSize: 4,
    inputShape: [16],
    classes: 24,
    optimizer: 'adamW',
    layers: [
      { kind: 'embedding', vocabulary: 24, length: 16, width: 32 },
      ...block,
      ...block,
      { kind: 'layerNorm', size: 32 },
      { kind: 'linear', inputs: 32, outputs: 24, bias: false },
    ],
  },
];

/** The losses of 20 train steps of each small model. */
export async function trainingLosses(backend: Backend): Promise<Record<string, number[]>> {
  setDefaultBackend(backend);
  const losses: Record<string, number[]> = {};
  for (const model of smallModels) {
    const step = makeStep(model, makeWeights(model, 1));
    const batches = makeBatches(model, 4, 2);
    const seen: number[] = [];
    for (let done = 0; done < 20; done++) seen.push(await runStep(step, batches[done % batches.length]!));
    losses[model.name] = seen;
  }
  return losses;
}
