/**
 * Attention as the models compute it beside the plain formula, operator by operator, on one thread:
 * `tsx --conditions=@gai/source packages/transformer/bench/attention.ts`. Processor time of one call, in turns, medians; and how far the
 * two are apart.
 */
import { nodeBackend } from '@gai/backend-node';
import {
  data,
  evaluate,
  jit,
  matmul,
  mul,
  scaledDotProductAttention,
  setDefaultBackend,
  softmax,
  tensor,
  where,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { causalMask } from '../src/index.ts';

setDefaultBackend(await nodeBackend({ threads: 1 }));
const [heads, depth] = [4, 32];
const rounds = process.argv.includes('--smoke') ? 1 : 15;

type Attention = (query: Tensor, key: Tensor, value: Tensor) => Tensor;

const plain =
  (isCausal: boolean): Attention =>
  (query, key, value) => {
    const scores = mul(matmul(query, key, { transposeB: true }), depth ** -0.5);
    const seen = isCausal ? where(causalMask(query.shape[2]!), scores, -Infinity) : scores;
    return matmul(softmax(seen, { axis: -1 }), value);
  };

const own =
  (isCausal: boolean): Attention =>
  (query, key, value) =>
    scaledDotProductAttention(query, key, value, { isCausal });

function numbers(time: number, seed: number): Tensor {
  const values = Float32Array.from({ length: heads * time * depth }, (_, index) => Math.sin(index * 12.9898 + seed));
  return tensor(values, { shape: [1, heads, time, depth] });
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

async function cost(run: () => Promise<Tensor>, calls: number): Promise<number> {
  const start = process.cpuUsage();
  for (let call = 0; call < calls; call += 1) await evaluate(await run());
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / calls;
}

for (const isCausal of [false, true]) {
  for (const time of [64, 256, 512, 1024]) {
    const operands = [numbers(time, 1), numbers(time, 2), numbers(time, 3)] as const;
    const runs = [own(isCausal), plain(isCausal)].map((attention) => {
      const program = jit(attention);
      return (): Promise<Tensor> => program(...operands);
    });
    const results = await Promise.all(runs.map(async (run) => (await data(await run())) as Float32Array));
    const apart = results[0]!.reduce((most, value, index) => Math.max(most, Math.abs(value - results[1]![index]!)), 0);
    const times: number[][] = [[], []];
    const calls = Math.max(1, Math.round((rounds > 1 ? 2 ** 18 : 1) / time ** 2));
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, run] of runs.entries()) times[index]!.push(await cost(run, calls));
    }
    const ratio = median(times[0]!.map((value, round) => times[1]![round]! / value));
    const [mine, formula] = times.map(median);
    console.log(
      `${isCausal ? 'causal' : 'full  '} ${time} tokens: ${mine!.toFixed(2)} ms, plain ${formula!.toFixed(2)} ms; ` +
        `${ratio.toFixed(2)} times as fast; apart by ${apart.toExponential(0)}`,
    );
  }
}
