import { item, reshape, setDefaultBackend, tensor, toArray } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { Backend } from '@gai/core/backend';
import { Sequential, adam, adamW, crossEntropy, trainStep } from '@gai/nn';
import type { HostArray, HostBatch } from '../data.ts';
import type { BenchModel } from '../models/model.ts';
import { ADAM, ADAMW_DECAY } from './contender.ts';
import type { Contender } from './contender.ts';
import { build } from './gai-layers.ts';

interface Batch {
  readonly x: Tensor;
  readonly y: Tensor;
}

const toTensor = ({ data, shape }: HostArray): Tensor => tensor(data, { shape });

/** The model with the first weights, in training. */
export function makeModel({ layers }: BenchModel, weights: ReadonlyMap<string, HostArray>): Sequential {
  const model = new Sequential(...layers.map(build));
  const first = [...weights].map(([name, array]) => [name, toTensor({ ...array, data: array.data.slice() })] as const);
  // The statistics of batch norms begin as they are.
  model.loadStateDict({ ...model.stateDict(), ...Object.fromEntries(first) });
  return model;
}

/** Our train step. */
export function makeStep(bench: BenchModel, weights: ReadonlyMap<string, HostArray>) {
  const model = makeModel(bench, weights);
  const optimizer = bench.optimizer === 'adam' ? adam(ADAM) : adamW({ ...ADAM, weightDecay: ADAMW_DECAY });
  return trainStep({ models: { model }, optimizers: { model: optimizer } }, (parts, { x, y }: Batch) => ({
    // One row of logits per label.
    losses: { model: crossEntropy(reshape(parts.model.forward(x), [-1, bench.classes]), reshape(y, [-1])) },
  }));
}

type Step = ReturnType<typeof makeStep>;

const toBatch = ({ x, y }: HostBatch): Batch => ({ x: toTensor(x), y: toTensor(y) });

/** One step, the batch's transfer and the loss's included. */
export async function runStep(step: Step, batch: HostBatch): Promise<number> {
  const { losses } = await step(toBatch(batch));
  return item(losses.model);
}

/** Several steps as one run. */
export async function runSteps(step: Step, batches: readonly HostBatch[]): Promise<readonly number[]> {
  const { losses } = await step.many(batches.map(toBatch));
  return (await toArray(losses.model)) as number[];
}

/** Ours, with as many threads as the backend has. */
export function gai(backend: Backend): Contender {
  return {
    name: 'gai',
    without: () => undefined,
    async prepare(model, weights) {
      setDefaultBackend(backend);
      const step = makeStep(model, weights);
      return {
        step(batch) {
          setDefaultBackend(backend);
          return runStep(step, batch);
        },
        steps(batches) {
          setDefaultBackend(backend);
          return runSteps(step, batches);
        },
      };
    },
  };
}
