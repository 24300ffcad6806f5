/**
 * Products of a few rows with frozen weights, as a decoder makes them: float32, float16 in the file, 8 and 4 bits in blocks of
 * 32. Milliseconds, times of float32 in the same rounds, error of the result against float32 (root mean square), and
 * megabytes of the weight.
 *
 * `node --conditions=@gai/source --import tsx packages/backend-node/bench/quantized.ts [threads] [largest rows · N · K in millions]`
 */
import {
  cast,
  compile,
  data,
  linear,
  quantizeWeight,
  quantizedLinear,
  setDefaultBackend,
  spec,
  tensor,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { normal, key } from '@gai/core/random';
import { nodeBackend } from '@gai/backend-node';

const threads = Number(process.argv[2] ?? 1);
const largest = Number(process.argv[3] ?? Infinity) * 1e6;
setDefaultBackend(await nodeBackend({ device: 'cpu', threads }));

const ROUNDS = 9;
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** Processor time on one thread; on several the time that passed. */
async function timed(run: () => Promise<unknown>, times: number): Promise<number> {
  const [start, wall] = [process.cpuUsage(), performance.now()];
  for (let count = 0; count < times; count += 1) await run();
  const { user, system } = process.cpuUsage(start);
  return (threads === 1 ? (user + system) / 1000 : performance.now() - wall) / times;
}

async function errorOf(result: Tensor, exact: Tensor): Promise<number> {
  const [a, b] = [await data(result), await data(exact)];
  let [error, size] = [0, 0];
  for (let index = 0; index < b.length; index += 1) {
    error += (Number(a[index]) - Number(b[index])) ** 2;
    size += Number(b[index]) ** 2;
  }
  return Math.sqrt(error / size);
}

for (const [n, k] of [
  [1536, 576],
  [3072, 768],
  [49152, 576],
] as const) {
  const weight = tensor((await data(normal(key(1), [n, k]))) as Float32Array, { shape: [n, k] });
  const half = tensor((await data(cast(weight, 'float16'))) as Uint16Array, { dtype: 'float16', shape: [n, k] });
  const [q8, q4] = [await quantizeWeight(weight, { bits: 8 }), await quantizeWeight(weight, { bits: 4 })];
  const zeros = await quantizeWeight(weight, { bits: 4, symmetric: false });
  const ways: Record<string, { readonly run: (x: Tensor) => Tensor; readonly bytes: number }> = {
    float32: { run: (x) => linear(x, weight), bytes: 4 },
    float16: { run: (x) => linear(x, half), bytes: 2 },
    '8 bits': { run: (x) => quantizedLinear(x, q8), bytes: 1 + 4 / 32 },
    '4 bits': { run: (x) => quantizedLinear(x, q4), bytes: 0.5 + 4 / 32 },
    '4 bits, zeros': { run: (x) => quantizedLinear(x, zeros), bytes: 0.5 + 4.5 / 32 },
  };
  for (const rows of [1, 8, 128]) {
    if (rows * n * k > largest) continue;
    const x = tensor((await data(normal(key(2), [rows, k]))) as Float32Array, { shape: [rows, k] });
    const made = await Promise.all(
      Object.entries(ways).map(async ([name, { run, bytes }]) => {
        const compiled = await compile(run, { x: spec([rows, k]) });
        return { name, compiled, megabytes: (n * k * bytes) / 1e6, times: [] as number[] };
      }),
    );
    const exact = await made[0]!.compiled(x);
    const repeats = Math.max(1, Math.round(2e8 / (rows * n * k * 2)));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const { compiled, times } of made) {
        times.push(await timed(async () => (await compiled(x))[Symbol.dispose](), round === 0 ? 1 : repeats));
      }
    }
    console.log(`${rows} x ${k} · ${k} x ${n}, ${threads} thread${threads === 1 ? '' : 's'}`);
    for (const { name, compiled, megabytes, times } of made) {
      const ratio = median(times.slice(1).map((time, index) => time / made[0]!.times[index + 1]!));
      const error = await errorOf(await compiled(x), exact);
      console.log(
        `  ${name.padEnd(13)} ${median(times.slice(1)).toFixed(3).padStart(8)} ms  ${ratio.toFixed(2)}x  error ` +
          `${error.toExponential(1)}  ${megabytes.toFixed(1)} MB`,
      );
      await compiled.dispose();
    }
  }
}
process.exit(0);
