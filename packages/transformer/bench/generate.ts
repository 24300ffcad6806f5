/**
 * Generation with the shape of GPT-2 (124 M parameters, random weights, float32): milliseconds of processor time of a token behind 16 and
 * 400 others, of reading a prompt of 400, and of a token of 8 rows. Beside them, in turn, the least there is: every weight multiplied with
 * one row by the same kernels, in a chain without attention or anything else.
 *
 * `tsx --conditions=@gai/source packages/transformer/bench/generate.ts [--rounds 5] [--tokens 6]`
 */
import { parseArgs } from 'node:util';
import { nodeBackend } from '@gai/backend-node';
import { compile, data, linear, max, setDefaultBackend, spec, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { GPT2LMHeadModel, generateSteps } from '../src/index.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string' }, tokens: { type: 'string' } } });
const [rounds, tokens] = [Number(values.rounds ?? 5), Number(values.tokens ?? 6)];
setDefaultBackend(await nodeBackend({ device: 'cpu', threads: 1 }));

const model = new GPT2LMHeadModel({}).eval();
const { nLayer, nEmbd, nInner, vocabSize } = model.config;

/** The products of one token, each of its result a number, so that no two depend on each other's values. */
const maps = model.transformer.h.flatMap(({ attn, mlp }) => [attn.c_attn, attn.c_proj, mlp.c_fc, mlp.c_proj]);
const floor = await compile(
  (narrow: Tensor, wide: Tensor) => [
    ...maps.map((map) => max(map.forward(map.weight.shape[0] === nInner ? wide : narrow))),
    max(linear(narrow, model.lm_head.weight.value)),
  ],
  { narrow: spec([1, nEmbd]), wide: spec([1, nInner]) },
);
const [narrow, wide] = [
  tensor(new Float32Array(nEmbd).fill(0.1), { shape: [1, nEmbd] }),
  tensor(new Float32Array(nInner).fill(0.1), { shape: [1, nInner] }),
];

const now = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const promptOf = (length: number, row: number): number[] =>
  Array.from({ length }, (_, at) => (at * 7919 + row * 104_729 + 11) % vocabSize);

/** Milliseconds of the prompt with its first token, and of each token after it. */
async function written(rows: number, context: number): Promise<{ readonly prompt: number; readonly token: number }> {
  const prompts = Array.from({ length: rows }, (_, row) => promptOf(context, row));
  const times: number[] = [];
  let before = now();
  for await (const _ of generateSteps(model, prompts, { maxNewTokens: tokens + 1, eosTokenId: null })) {
    times.push(now() - before);
    before = now();
  }
  const [prompt, ...others] = times;
  return { prompt: prompt!, token: median(others) };
}

async function least(): Promise<number> {
  const before = now();
  await Promise.all(((await floor(narrow, wide)) as unknown as Tensor[]).map(data));
  return now() - before;
}

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;

const found: Record<string, number[]> = {};
const note = (name: string, ms: number): unknown => (found[name] ??= []).push(ms);
await written(1, 16);
await least();
for (let round = 0; round < rounds; round += 1) {
  for (let turn = 0; turn < tokens; turn += 1) note('products alone', await least());
  note('a token behind 16', (await written(1, 16)).token);
  const long = await written(1, 400);
  note('a token behind 400', long.token);
  note('a prompt of 400', long.prompt);
  note('a token of each of 8 rows behind 16', (await written(8, 16)).token);
}
const base = median(found['products alone']!);
const bytes = 4 * (nLayer * (4 * nEmbd * nEmbd + 2 * nEmbd * nInner) + vocabSize * nEmbd);
console.log(
  `${(bytes / 1e6).toFixed(0)} MB of weights in ${base.toFixed(1)} ms: ${(bytes / 1e6 / base).toFixed(1)} GB/s`,
);
for (const [name, all] of Object.entries(found)) {
  console.log(
    `${name.padEnd(36)} ${median(all).toFixed(1).padStart(8)} ms ${(median(all) / base).toFixed(2).padStart(6)} x`,
  );
}
