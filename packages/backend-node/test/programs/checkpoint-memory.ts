/**
 * Takes the gradient through 16 blocks of 4 MB activations, with or without keeping them, and prints the most memory
 * the process had.
 *
 * `node --conditions=@gai/source --import tsx checkpoint-memory.ts keep|again`
 */
import {
  add,
  checkpoint,
  grad,
  item,
  jit,
  matmul,
  mul,
  setDefaultBackend,
  sigmoid,
  square,
  sum,
  tanh,
  tensor,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';

const DEPTH = 16;
const [ROWS, SIZE] = [16_384, 64];
const backend = await nodeBackend({ device: 'cpu', threads: 1 });
setDefaultBackend(backend);
const waves = (rows: number, scale: number): Tensor =>
  tensor(
    Float32Array.from({ length: rows * SIZE }, (_, index) => Math.sin(index) * scale),
    { shape: [rows, SIZE] },
  );
const block = (w: Tensor, x: Tensor): Tensor => add(x, mul(sigmoid(tanh(matmul(tanh(matmul(x, w)), w))), 0.1));
const layer = process.argv[2] === 'again' ? checkpoint(block) : block;
const step = jit(
  grad((w: Tensor, x: Tensor) => {
    let h = x;
    for (let index = 0; index < DEPTH; index++) h = layer(w, h);
    return sum(square(h));
  }),
);
const slope = await item(sum(square(await step(waves(SIZE, 0.05), waves(ROWS, 1)))));
await backend.dispose();
console.log(JSON.stringify({ peak: process.resourceUsage().maxRSS * 1024, slope: Math.log(slope) }));
