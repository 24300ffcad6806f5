import { nodeBackend } from '@gai/backend-node';
import type { NodeBackend } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';
import { allSamples, checkSamples } from '@gai/core/testing';
import { TOLERANCE } from '../agree.ts';
import { gai } from '../contenders/gai.ts';
import type { Training } from '../contenders/contender.ts';
import { makeBatches, makeWeights } from '../data.ts';
import type { HostBatch } from '../data.ts';
import { median } from '../interleave.ts';
import { gpt } from '../models/gpt.ts';
import { lenet } from '../models/lenet.ts';
import { mlp } from '../models/mlp.ts';
import type { BenchModel } from '../models/model.ts';
import { findAdapter } from './adapter.ts';
import { tell } from './protocol.ts';

/** In this order; coreml and dml are no devices of Linux. */
const DEVICES = ['cuda', 'webgpu'] as const;
/** WGSL promises a sine of 2^-11, and lets a device drop NaN and infinities. */
const LIMITS = { tolerance: 5e-4, finiteOnly: true } as const;
/** GPUs sum in another order than the processor; over some steps of Adam that grows. */
const GPU_TOLERANCE = 100 * TOLERANCE;
/** How long the steps of one model on one device are timed. */
const TIMED_MS = 2500;
/** On software a model trains to show that it does; its times say nothing. */
const SOFTWARE_BATCH = 2;

const MODELS: readonly BenchModel[] = [mlp, lenet, gpt];

/** What is trained, by name. */
export const trained: readonly string[] = MODELS.map(({ name }) => name);

/** The ops that have samples, in their order. */
export const ops: readonly string[] = allSamples.flatMap((family) => Object.keys(family));

/** The first device that runs a graph alone, or undefined with the reasons told. */
async function openGpu(): Promise<NodeBackend | undefined> {
  const reasons: Record<string, string> = {};
  for (const device of DEVICES) {
    try {
      return await nodeBackend({ device, strict: true });
    } catch (error) {
      reasons[device] = error instanceof Error ? error.message : String(error);
    }
  }
  tell({ kind: 'absent', reasons });
  return undefined;
}

/** Says which device there is. */
export async function findDevice(): Promise<void> {
  const gpu = await openGpu();
  if (gpu === undefined) return;
  const { name: adapter, software } = findAdapter();
  tell({ kind: 'device', device: gpu.device, adapter, software, lacks: gpu.capabilities?.lacks ?? [] });
}

/** Trains one model on the GPU and on the CPU: the losses must agree, then both are timed. */
export async function train(name: string): Promise<void> {
  const gpu = await openGpu();
  if (gpu === undefined) return;
  const full = MODELS.find((one) => one.name === name)!;
  const model = findAdapter().software ? shortened(full) : full;
  const cpu = await nodeBackend({ device: 'cpu' });
  const batches = makeBatches(model, model.agreeingSteps, 2);
  const onGpu = await gai(gpu).prepare(model, makeWeights(model, 1), batches);
  const onCpu = await gai(cpu).prepare(model, makeWeights(model, 1), batches);
  const losses = await lossesOf(onGpu, batches);
  const expected = await lossesOf(onCpu, batches);
  const difference = Math.max(...losses.map((loss, step) => Math.abs(loss - expected[step]!)));
  if (!(difference <= GPU_TOLERANCE)) {
    const reason = `the losses differ by ${difference}: ${losses.join(' ')} on the GPU, ${expected.join(' ')} on the CPU`;
    tell({ kind: 'failed', what: name, reason });
    return;
  }
  const gpuMs = await timeSteps(onGpu, batches);
  const cpuMs = await timeSteps(onCpu, batches);
  tell({
    kind: 'train',
    what: name,
    batch: model.batchSize,
    gpuMs,
    cpuMs,
    cpuThreads: cpu.threads,
    difference,
    losses,
  });
}

/** The same kinds of layers, fewer of them. */
function shortened(model: BenchModel): BenchModel {
  const { layers } = model;
  const few = layers.length > 9 ? [...layers.slice(0, 3), ...layers.slice(-2)] : layers;
  return { ...model, layers: few, batchSize: SOFTWARE_BATCH, agreeingSteps: 2 };
}

async function lossesOf(training: Training, batches: readonly HostBatch[]): Promise<number[]> {
  const losses: number[] = [];
  for (const batch of batches) losses.push(await training.step(batch));
  return losses;
}

/** Median milliseconds of a step, with the batch's transfer and the loss's: what a loop that looks at each loss has. */
async function timeSteps(training: Training, batches: readonly HostBatch[]): Promise<number> {
  const times: number[] = [];
  const end = performance.now() + TIMED_MS;
  for (let step = 0; step < 2 || performance.now() < end; step++) {
    const start = performance.now();
    await training.step(batches[step % batches.length]!);
    times.push(performance.now() - start);
  }
  return median(times);
}

/** Checks the samples of the ops from a place on until the time is over; says which one begins, for one may end the process. */
export async function conform(from: number, seconds: number): Promise<void> {
  const gpu = await openGpu();
  if (gpu === undefined) return;
  setDefaultBackend(gpu);
  const end = performance.now() + 1000 * seconds;
  const samples = allSamples.flatMap((family) => Object.entries(family)).slice(from);
  for (const [what, list] of samples) {
    if (performance.now() > end) return;
    tell({ kind: 'begin', what });
    const refused: string[] = [];
    const onRefused = (sample: { readonly name: string }): void => void refused.push(sample.name);
    tell({ kind: 'op', what, problems: await checkSamples(list, { ...LIMITS, onRefused }), refused });
  }
}
