/**
 * The pieces of a train step, each forward and with its gradients, one thread: `tsx bench/ops/pieces.ts [part of a name]`.
 * Every result is summed in the graph, so that copying outputs is not measured. The least of many runs is printed, as
 * the machine may be busy.
 */
import { nodeBackend } from '@gai/backend-node';
import {
  avgPool2d,
  batchNorm,
  conv2d,
  gather,
  jit,
  layerNorm,
  linear,
  maxPool2d,
  setDefaultBackend,
  sum,
  tensor,
  vjp,
} from '@gai/core';
import type { Jitted, Tensor } from '@gai/core';

interface Piece {
  readonly name: string;
  readonly inputs: readonly Tensor[];
  /** Inputs that need no gradient come after the others. */
  readonly wrt: number;
  readonly run: (...inputs: Tensor[]) => Tensor;
}

function random(shape: readonly number[], seed: number): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return tensor(
    Float32Array.from({ length: count }, (_, index) => Math.sin(index * 12.9898 + seed)),
    { shape },
  );
}

const piece = (
  name: string,
  shapes: readonly (readonly number[])[],
  run: Piece['run'],
  wrt = shapes.length,
): Piece => ({
  name,
  inputs: shapes.map(random),
  wrt,
  run,
});

const convolution = (
  name: string,
  x: number[],
  w: number[],
  options: { padding?: number; stride?: number; groups?: number } = {},
): Piece => piece(`conv2d ${name}`, [x, w, [w[0]!]], (a, k, bias) => conv2d(a!, k!, { ...options, bias: bias! }));

const tokens = tensor(
  Int32Array.from({ length: 2048 }, (_, index) => (index * 7919) % 8192),
  { shape: [16, 128] },
);

const pieces: Piece[] = [
  convolution('1→8 5×5 [64,1,28,28]', [64, 1, 28, 28], [8, 1, 5, 5], { padding: 2 }),
  convolution('8→16 5×5 [64,8,14,14]', [64, 8, 14, 14], [16, 8, 5, 5]),
  convolution('3→16 3×3 [32,3,32,32]', [32, 3, 32, 32], [16, 3, 3, 3], { padding: 1 }),
  convolution('16→16 3×3 [32,16,32,32]', [32, 16, 32, 32], [16, 16, 3, 3], { padding: 1 }),
  convolution('16→32 3×3 stride 2 [32,16,32,32]', [32, 16, 32, 32], [32, 16, 3, 3], { padding: 1, stride: 2 }),
  convolution('64→64 3×3 [32,64,8,8]', [32, 64, 8, 8], [64, 64, 3, 3], { padding: 1 }),
  convolution('64→64 3×3 [8,64,32,32]', [8, 64, 32, 32], [64, 64, 3, 3], { padding: 1 }),
  convolution('32→32 1×1 [32,32,16,16]', [32, 32, 16, 16], [32, 32, 1, 1]),
  convolution('16→32 1×1 stride 2 [32,16,32,32]', [32, 16, 32, 32], [32, 16, 1, 1], { stride: 2 }),
  convolution('depthwise 32 3×3 [32,32,32,32]', [32, 32, 32, 32], [32, 1, 3, 3], { padding: 1, groups: 32 }),
  convolution('20→40 3×3 [16,20,24,24]', [16, 20, 24, 24], [40, 20, 3, 3], { padding: 1 }),
  piece('maxPool2d 2×2 [64,8,28,28]', [[64, 8, 28, 28]], (x) => maxPool2d(x!, { kernelSize: 2 })),
  piece('maxPool2d 2×2 [64,16,10,10]', [[64, 16, 10, 10]], (x) => maxPool2d(x!, { kernelSize: 2 })),
  piece('maxPool2d 3×3 stride 2 [64,8,28,28]', [[64, 8, 28, 28]], (x) => maxPool2d(x!, { kernelSize: 3, stride: 2 })),
  piece('avgPool2d 2×2 [64,8,28,28]', [[64, 8, 28, 28]], (x) => avgPool2d(x!, { kernelSize: 2 })),
  piece('avgPool2d 3×3 stride 2 [64,8,28,28]', [[64, 8, 28, 28]], (x) => avgPool2d(x!, { kernelSize: 3, stride: 2 })),
  piece('linear 784→256 [128]', [[128, 784], [256, 784], [256]], (x, w, b) => linear(x!, w!, b)),
  piece('linear 256→128 [128]', [[128, 256], [128, 256], [128]], (x, w, b) => linear(x!, w!, b)),
  piece('linear 128→10 [128]', [[128, 128], [10, 128], [10]], (x, w, b) => linear(x!, w!, b)),
  piece(
    'batchNorm [64,16,32,32]',
    [[64, 16, 32, 32], [16], [16]],
    (x, weight, bias) => batchNorm(x!, { weight, bias }).y,
  ),
  piece('layerNorm [2048,128]', [[2048, 128], [128], [128]], (x, weight, bias) => layerNorm(x!, { weight, bias })),
  {
    name: 'embedding 8192×128 [16,128]',
    inputs: [random([8192, 128], 1), tokens],
    wrt: 1,
    run: (table, ids) => gather(table!, ids!),
  },
];

const forward = ({ run }: Piece): Jitted<Tensor[], Tensor> => jit((...inputs: Tensor[]) => sum(run(...inputs)));

const both = ({ run, wrt }: Piece): Jitted<Tensor[], Tensor[]> =>
  jit((...inputs: Tensor[]) => {
    const call = (given: readonly Tensor[]): Tensor => run(...given, ...inputs.slice(wrt));
    const { value, pullback } = vjp(call, inputs.slice(0, wrt));
    return [sum(value), ...pullback(value)[0].map((gradient) => sum(gradient))];
  });

async function least(call: () => Promise<unknown>, runs: number): Promise<number> {
  let best = Infinity;
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now();
    await call();
    if (run >= 3) best = Math.min(best, performance.now() - start);
  }
  return best;
}

setDefaultBackend(await nodeBackend({ device: 'cpu', threads: 1 }));
console.log('piece'.padEnd(40), 'forward ms', 'with gradients ms');
for (const one of pieces.filter(({ name }) => name.includes(process.argv[2] ?? ''))) {
  const [once, again] = [forward(one), both(one)];
  const ms = [await least(() => once(...one.inputs), 60), await least(() => again(...one.inputs), 60)];
  console.log(one.name.padEnd(40), ...ms.map((time) => time.toFixed(3).padStart(10)));
}
