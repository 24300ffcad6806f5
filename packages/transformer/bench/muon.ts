/**
 * How many steps Muon needs for the loss that AdamW ends at: `tsx --conditions=@gai/source packages/transformer/bench/muon.ts`. A Llama-style
 * model of characters on a part of the Brown corpus, each optimizer at the best of some rates; the loss is the mean of the last 20 steps.
 */
import { nodeBackend } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';
import { packed, tokenArray } from '@gai/data';
import { loadBrown } from '@gai/data/node';
import { adamW, chain, clipByGlobalNorm, cosineSchedule, fit, manualSeed, muon } from '@gai/nn';
import type { Optimizer, Schedule } from '@gai/nn';
import { characterTokenizer } from '@gai/tokenizers';
import { LlamaForCausalLM, segmentMask, tokenLoss } from '../src/index.ts';

setDefaultBackend(await nodeBackend({ threads: 1 }));
const smoke = process.argv.includes('--smoke');
const steps = smoke ? 4 : 240;
const last = smoke ? 2 : 20;

const { train } = await loadBrown();
const texts = train.slice(0, 60).map(({ text }) => text);
const tokenizer = characterTokenizer(texts.join(''));
const tokens = tokenArray(
  texts.map((text) => tokenizer.encode(text).ids),
  { separator: 0 },
);

/** The losses of a run, step by step. */
async function losses(optimizer: Optimizer, count: number): Promise<number[]> {
  manualSeed(0);
  const model = new LlamaForCausalLM({
    vocabSize: tokenizer.vocabSize,
    hiddenSize: 64,
    intermediateSize: 172,
    numHiddenLayers: 2,
    numAttentionHeads: 2,
    tieWordEmbeddings: true,
  });
  const found: number[] = [];
  await fit(model, {
    train: packed(tokens, { length: 64, batchSize: 8 }),
    inputs: ({ x, segments, positionIds }) => [x, { attentionMask: segmentMask(segments), positionIds }],
    loss: tokenLoss,
    optimizer: chain(clipByGlobalNorm(1), optimizer),
    callbacks: [
      {
        name: 'record',
        everySteps: count,
        onStepEnd: (context, { loss }) => {
          found.push(loss);
          if (context.step === count) context.stop('enough');
        },
      },
    ],
  });
  return found;
}

const rateOf = (initial: number, count: number): Schedule =>
  cosineSchedule({ initial, steps: count, warmupSteps: Math.ceil(count / 20) });
const adamWith = (rate: number, count: number): Optimizer =>
  adamW({ learningRate: rateOf(rate, count), b2: 0.95, weightDecay: 0.1 });
const muonWith = (rate: number, count: number): Optimizer =>
  muon({
    learningRate: rateOf(rate, count),
    matrices: /layers\..*_proj\.weight$/,
    others: adamWith(5e-3, count),
  });
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const endOf = async (optimizer: Optimizer, count: number): Promise<number> =>
  mean((await losses(optimizer, count)).slice(-last));

let best = Infinity;
for (const rate of smoke ? [5e-3] : [5e-3, 1e-2, 2e-2]) {
  const loss = await endOf(adamWith(rate, steps), steps);
  console.log(`AdamW, rate ${rate}, ${steps} steps: ${loss.toFixed(4)} nats per character`);
  best = Math.min(best, loss);
}
for (const share of smoke ? [1] : [1, 0.75, 0.6, 0.5]) {
  const count = Math.round(steps * share);
  const loss = await endOf(muonWith(0.02, count), count);
  const verdict = loss <= best ? 'as good as the best of AdamW' : 'not as good';
  console.log(`Muon, rate 0.02, ${count} steps: ${loss.toFixed(4)} nats per character, ${verdict}`);
}
