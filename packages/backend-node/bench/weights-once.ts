/**
 * Weights of a 135 M-parameter decoder (shapes of SmolLM2-135M, random values): the memory that evaluation and a
 * compiled program take, and how long the program takes to follow new values.
 *
 * `node --expose-gc --conditions=@gai/source --import tsx packages/backend-node/bench/weights-once.ts`
 */
import { readFileSync } from 'node:fs';
import {
  Variable,
  add,
  compile,
  evaluate,
  gather,
  item,
  jit,
  linear,
  mul,
  setDefaultBackend,
  silu,
  spec,
  sum,
  tensor,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';

const [WIDTH, INNER, KEYS, LAYERS, VOCABULARY] = [576, 1536, 192, 30, 49_152];
const ROUNDS = 5;
let state = 1;
const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647 - 0.5;

function weight(...shape: number[]): Variable {
  const [rows = 1, columns = 1] = shape;
  const values = new Float32Array(rows * columns);
  for (let index = 0; index < values.length; index++) values[index] = random() / Math.sqrt(columns);
  return new Variable(tensor(values, { shape }));
}

const backend = await nodeBackend({ device: 'cpu', threads: 1 });
setDefaultBackend(backend);

/** Resident bytes in MB, after what nobody holds has been collected. */
async function resident(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    globalThis.gc?.();
  }
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1000;
}

const empty = await resident();
const embedding = weight(VOCABULARY, WIDTH);
const layers = Array.from({ length: LAYERS }, () => ({
  norms: [weight(WIDTH), weight(WIDTH)],
  query: weight(WIDTH, WIDTH),
  key: weight(KEYS, WIDTH),
  value: weight(KEYS, WIDTH),
  output: weight(WIDTH, WIDTH),
  gate: weight(INNER, WIDTH),
  up: weight(INNER, WIDTH),
  down: weight(WIDTH, INNER),
}));
const all = [embedding, ...layers.flatMap(({ norms, ...rest }) => [...norms, ...Object.values(rest)])];
const bytes = all.reduce((total, { shape }) => total + (shape as number[]).reduce((a, b) => a * b, 4), 0);

/** Every weight is used as a decoder uses it; attention itself has none. */
function logits(ids: Tensor): Tensor {
  let h = gather(embedding, ids);
  for (const { norms, query, key, value, output, gate, up, down } of layers) {
    const x = mul(h, norms[0]!);
    const mixed = add(linear(x, query), add(sum(linear(x, key)), sum(linear(x, value))));
    h = add(h, linear(mixed, output));
    const y = mul(h, norms[1]!);
    h = add(h, linear(mul(silu(linear(y, gate)), linear(y, up)), down));
  }
  return linear(h, embedding);
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const processor = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const times = (of: number): string => `${(of / (bytes / 1e6)).toFixed(2)} x`;

console.log(`${(bytes / 4e6).toFixed(1)} M parameters in ${all.length} tensors, ${(bytes / 1e6).toFixed(0)} MB`);
const say = async (what: string): Promise<void> => {
  const now = (await resident()) - empty;
  console.log(`${what.padEnd(44)} ${now.toFixed(0).padStart(5)} MB  ${times(now)}`);
};
const ids = tensor([7, 8], { dtype: 'int32' });
await say('variables');
const evaluation = jit(logits, { specs: { ids: spec(['time'], 'int32') } });
await evaluate(await evaluation(ids));
await say('and evaluated by jit');
const started = processor();
const run = await compile(logits, { ids: spec(['time'], 'int32') });
const compiling = processor() - started;
await run(ids);
await say('and compiled');

const spent: number[] = [];
const waited: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  for (const w of layers.flatMap(({ norms, gate }) => [...norms, gate])) w.assign(mul(w, 1.01));
  await evaluate(...all.map((w) => w.value));
  const [cpu, wall] = [processor(), performance.now()];
  await run.refresh();
  spent.push(processor() - cpu);
  waited.push(performance.now() - wall);
  const [compiled, fed] = [await item(sum(await run(ids))), await item(sum(await evaluation(ids)))];
  if (Math.abs(compiled - fed) > 1e-2 * Math.abs(fed) + 1e-3) throw new Error(`old weights: ${compiled}, ${fed}`);
}
await say(`and refreshed ${ROUNDS} times`);
console.log(
  `compile ${compiling.toFixed(0)} ms, refresh ${median(spent).toFixed(0)} ms of processor time (${median(waited).toFixed(0)} ms waited)`,
);

const ways = { jit: () => evaluation(ids), compiled: () => run(ids) };
for (const [name, call] of Object.entries(ways)) {
  const taken: number[] = [];
  for (let index = 0; index < 9; index++) {
    const begin = processor();
    await call();
    taken.push(processor() - begin);
  }
  console.log(`${name} call on 2 rows: ${median(taken).toFixed(1)} ms`);
}
await run.dispose();
await say('and disposed');
await backend.dispose();
