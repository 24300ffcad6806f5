/**
 * A train step of a small language model beside the matrix product, on one thread:
 * `tsx --conditions=@gai/source packages/transformer/bench/train-gpt.ts`. Processor time, in turns, medians. The share of the peak is the
 * products of the step (forward and backward, attention's over all pairs that a causal mask leaves) in operations per second, over those of
 * the fastest of a few large products of the same run.
 */
import { nodeBackend } from '@gai/backend-node';
import { data, evaluate, jit, matmul, setDefaultBackend, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { adamW, chain, clipByGlobalNorm, manualSeed, trainStep } from '@gai/nn';
import { GPT2LMHeadModel, LlamaForCausalLM, tokenLoss } from '../src/index.ts';

setDefaultBackend(await nodeBackend({ threads: 1 }));
const smoke = process.argv.includes('--smoke');
const rounds = smoke ? 1 : 7;
const [batch, time, width, layers, heads, vocabulary] = [16, 128, 128, 4, 4, 128];

/** Values that repeat nowhere nearby. */
const noise = (count: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: count }, (_, index) => Math.sin(index * 12.9898) * 0.1);
const ids = (seed: number): Tensor =>
  tensor(
    Int32Array.from({ length: batch * time }, (_, index) => (index * 7919 + seed) % vocabulary),
    { shape: [batch, time] },
  );

async function seconds(run: () => Promise<unknown>, calls: number): Promise<number> {
  const start = process.cpuUsage();
  for (let call = 0; call < calls; call += 1) await run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6 / calls;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Operations of all products of a step; of attention half the pairs count, the others are masked. */
function operations(inner: number, gated: boolean): number {
  const tokens = batch * time;
  const weights = layers * (4 * width * width + (gated ? 3 : 2) * width * inner) + width * vocabulary;
  const pairs = layers * 2 * width * (time / 2);
  return 3 * 2 * tokens * (weights + pairs);
}

function stepOf(model: GPT2LMHeadModel | LlamaForCausalLM): () => Promise<unknown> {
  const optimizer = chain(clipByGlobalNorm(1), adamW({ learningRate: 1e-3, weightDecay: 0.1 }));
  const step = trainStep({ models: { model }, optimizers: { model: optimizer } }, (models, { x, y }: Batch) => ({
    losses: { model: tokenLoss(models.model.forward(x), y) },
  }));
  let turn = 0;
  return async () => {
    const { losses } = await step({ x: ids(turn), y: ids(turn + 1) });
    turn += 1;
    return data(losses.model);
  };
}

interface Batch {
  readonly x: Tensor;
  readonly y: Tensor;
}

function productOf(rows: number, inner: number, columns: number): { run: () => Promise<unknown>; operations: number } {
  const [a, b] = [
    tensor(noise(rows * inner), { shape: [rows, inner] }),
    tensor(noise(inner * columns), { shape: [inner, columns] }),
  ];
  const program = jit((left: Tensor, right: Tensor) => matmul(left, right));
  return { run: async () => evaluate(await program(a, b)), operations: 2 * rows * inner * columns };
}

manualSeed(0);
const gpt2 = new GPT2LMHeadModel({
  vocabSize: vocabulary,
  nPositions: time,
  nEmbd: width,
  nLayer: layers,
  nHead: heads,
  residPdrop: 0,
  embdPdrop: 0,
  attnPdrop: 0,
});
const llama = new LlamaForCausalLM({
  vocabSize: vocabulary,
  hiddenSize: width,
  intermediateSize: 344,
  numHiddenLayers: layers,
  numAttentionHeads: heads,
  tieWordEmbeddings: true,
});
const steps = [
  { name: 'GPT-2 step', run: stepOf(gpt2), operations: operations(4 * width, false), calls: 4 },
  { name: 'Llama step', run: stepOf(llama), operations: operations(344, true), calls: 4 },
];
const products = [
  { name: 'product 512³', ...productOf(512, 512, 512), calls: 40 },
  { name: 'product 1024³', ...productOf(1024, 1024, 1024), calls: 5 },
  { name: 'product 2048 x 128 x 512', ...productOf(2048, 128, 512), calls: 40 },
];
const all = [...steps, ...products];
const rates: number[][] = all.map(() => []);
for (const { run } of all) await run();
for (let round = 0; round < rounds; round += 1) {
  for (const [index, one] of all.entries()) {
    rates[index]!.push(one.operations / (await seconds(one.run, smoke ? 1 : one.calls)) / 1e9);
  }
}
const medians = rates.map(median);
const peak = Math.max(...medians.slice(steps.length));
for (const [index, { name, operations: count }] of all.entries()) {
  const share = index < steps.length ? `, ${((100 * medians[index]!) / peak).toFixed(0)} % of the peak` : '';
  const milliseconds = count / medians[index]! / 1e6;
  console.log(`${name}: ${milliseconds.toFixed(1)} ms, ${medians[index]!.toFixed(1)} GFLOP/s${share}`);
}
