/**
 * Teaches: the same program runs in a page and in Node; only the backend is another.
 *
 * Fits a line to five points by gradient descent, as WebAssembly. Expected: slope 2 and intercept 1.
 * Run time: under a second. `pnpm example backend-web/first-steps [--smoke]`
 */
import { webBackend } from '@gai/backend-web';
import { add, jit, matmul, mean, mul, setDefaultBackend, square, sub, tensor, toArray, valueAndGrad } from '@gai/core';
import type { Tensor } from '@gai/core';

interface Line {
  readonly weight: Tensor;
  readonly bias: Tensor;
}

const steps = process.argv.includes('--smoke') ? 20 : 400;
const learningRate = 0.1;

// In a page this asks your site for ONNX Runtime's files below /ort/.
await using backend = await webBackend({ device: 'wasm' });
setDefaultBackend(backend);

const x = tensor([[-1], [-0.5], [0], [0.5], [1]]);
const y = tensor([[-1], [0], [1], [2], [3]]);
const loss = ({ weight, bias }: Line): Tensor => mean(square(sub(add(matmul(x, weight), bias), y)));

const step = jit((line: Line): Line => {
  const [, slope] = valueAndGrad(loss)(line);
  const next = (name: keyof Line): Tensor => sub(line[name], mul(slope[name], learningRate));
  return { weight: next('weight'), bias: next('bias') };
});

let line: Line = { weight: tensor([[0]]), bias: tensor([0]) };
for (let done = 0; done < steps; done++) line = await step(line);
console.log('weight', await toArray(line.weight), 'bias', await toArray(line.bias));
