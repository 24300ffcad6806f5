// How long a program of many lazy ops takes from the first op to its value, with nothing compiled before: linear in the ops.
// Run: node_modules/.bin/tsx --conditions=@gai/source packages/backend-node/bench/lazy-ops.ts
import { performance } from 'node:perf_hooks';
import { add, item, mul, setDefaultBackend, sub, sum, tanh, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';

/** A chain of `count` ops, with numbers, tensors and results of before as operands; other constants each time. */
function chain(count: number, seed: number): Tensor {
  const w = tensor([0.5, -0.25, 0.125, 1]);
  let x = tensor([1, 2, 3, seed]);
  let before = x;
  for (let done = 0; done < count; done += 4) {
    const next = tanh(add(mul(x, w), 0.1));
    [before, x] = [x, sub(next, before)];
  }
  return sum(x);
}

/** Seconds of processor time and of the clock. */
async function measure(count: number): Promise<{ cpu: number; wall: number }> {
  // A new backend has compiled nothing.
  const backend = await nodeBackend({ device: 'cpu', threads: 1 });
  setDefaultBackend(backend);
  const start = process.cpuUsage();
  const clock = performance.now();
  await item(chain(count, count));
  const wall = (performance.now() - clock) / 1000;
  const { user, system } = process.cpuUsage(start);
  setDefaultBackend(undefined);
  await backend.dispose();
  return { cpu: (user + system) / 1e6, wall };
}

await measure(400);
const few = await measure(4_000);
const many = await measure(16_000);
console.log(`4,000 ops ${few.cpu.toFixed(2)} s of processor, ${few.wall.toFixed(2)} s of clock`);
console.log(`16,000 ops ${many.cpu.toFixed(2)} s of processor, ${many.wall.toFixed(2)} s of clock`);
console.log(`ratio ${(many.cpu / few.cpu).toFixed(2)}`);
