/**
 * What a call costs whose graph does next to nothing: 150 weights fed by `jit`, and frozen by `compile`. It counts
 * processor time, in turns.
 *
 * `node --conditions=@gai/source --import tsx packages/backend-node/bench/calls.ts`
 */
import { Variable, add, compile, jit, matmul, setDefaultBackend, spec, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';

const [COUNT, SIZE, RUNS, ROUNDS] = [150, 16, 500, 15];
setDefaultBackend(await nodeBackend({ device: 'cpu', threads: 1 }));
const weights = Array.from({ length: COUNT }, (_, index) => {
  const shape = index % 2 === 0 ? [SIZE, SIZE] : [SIZE];
  return new Variable(tensor(new Float32Array(shape.reduce((a, b) => a * b)).fill(0.01), { shape }));
});
const model = (x: Tensor): Tensor =>
  weights.reduce<Tensor>((h, weight, index) => (index % 2 === 0 ? matmul(h, weight) : add(h, weight)), x);
const specs = { x: spec(['rows', SIZE]) };
const [fed, named, frozen] = [jit(model), jit(model, { specs }), await compile(model, specs)];
const changing = jit(model);
const x = tensor(new Float32Array(SIZE), { shape: [1, SIZE] });

const ways: Record<string, () => Promise<unknown>> = {
  jit: () => fed(x),
  'jit with specs': () => named(x),
  'jit, a weight changes before each call': () => {
    weights[0]!.assign(tensor(new Float32Array(SIZE * SIZE), { shape: [SIZE, SIZE] }));
    return changing(x);
  },
  compiled: () => frozen(x),
};
const times = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, call] of Object.entries(ways)) {
    const start = process.cpuUsage();
    for (let done = 0; done < RUNS; done++) await call();
    const { user, system } = process.cpuUsage(start);
    times.get(name)!.push((user + system) / RUNS);
  }
}
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const least = median(times.get('compiled')!);
console.log(`${COUNT} weights: microseconds of processor time per call (${ROUNDS} x ${RUNS})`);
for (const [name, values] of times) {
  console.log(
    `  ${name.padEnd(40)} ${median(values).toFixed(0).padStart(5)}  ${(median(values) / least).toFixed(2)} x`,
  );
}
await frozen.dispose();
