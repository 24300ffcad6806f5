/**
 * Teaches: tensors are graph values, a read computes them, `grad` makes another graph, `jit` compiles a step once.
 *
 * Fits a line to five points by gradient descent. Expected: slope 2 and intercept 1, a loss below 1e-4.
 * Run time: under a second. `pnpm example backend-node/first-steps [--smoke]`
 */
import {
  add,
  grad,
  item,
  jit,
  matmul,
  mean,
  mul,
  setDefaultBackend,
  square,
  sub,
  tensor,
  toArray,
  valueAndGrad,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';

interface Line {
  readonly weight: Tensor;
  readonly bias: Tensor;
}

const steps = process.argv.includes('--smoke') ? 20 : 400;
const learningRate = 0.1;

// One backend for everything that follows.
await using backend = await nodeBackend({ device: 'auto' });
setDefaultBackend(backend);
console.log(`running on ${backend.device}, threads: ${backend.threads}`);

// A tensor is a value of a graph. Nothing is computed until somebody reads it.
const x = tensor([[-1], [-0.5], [0], [0.5], [1]]);
const y = tensor([[-1], [0], [1], [2], [3]]);
console.log('y - x:', await toArray(sub(y, x)));

// The loss is an ordinary function, and so is its gradient; parameters may be any tree of tensors.
const loss = ({ weight, bias }: Line): Tensor => mean(square(sub(add(matmul(x, weight), bias), y)));
const start: Line = { weight: tensor([[0]]), bias: tensor([0]) };
console.log('first gradient of the bias:', await toArray(grad(loss)(start).bias));

// A step is compiled once, at its first call, and then run.
const step = jit((line: Line) => {
  const [value, slope] = valueAndGrad(loss)(line);
  const next = (name: keyof Line): Tensor => sub(line[name], mul(slope[name], learningRate));
  return { value, line: { weight: next('weight'), bias: next('bias') } };
});

let { value, line } = await step(start);
for (let done = 1; done < steps; done++) ({ value, line } = await step(line));
console.log(`after ${steps} steps: loss ${(await item(value)).toExponential(1)}`);
console.log('weight', await toArray(line.weight), 'bias', await toArray(line.bias));
