/**
 * Teaches: `profile` tells the time and the bytes of each line, forward and gradient; Perfetto shows them in time.
 *
 * Measures the train step of a small network, and says which line takes most. Expected: the line of the first product.
 * Run time: about a second. `pnpm example backend-node/profile [--smoke] [--trace trace.json]`
 */
import { parseArgs } from 'node:util';
import { grad, jit, matmul, mean, profile, relu, setDefaultBackend, square, sub } from '@gai/core';
import type { Tensor } from '@gai/core';
import { key, normal } from '@gai/core/random';
import { nodeBackend } from '@gai/backend-node';

const { values: options } = parseArgs({ options: { smoke: { type: 'boolean' }, trace: { type: 'string' } } });
const rows = options.smoke === true ? 64 : 1024;

await using backend = await nodeBackend({ device: 'cpu', threads: 1 });
setDefaultBackend(backend);

const x = normal(key(0), [rows, 256]);
const y = normal(key(1), [rows, 8]);
const wide = normal(key(2), [256, 512]);
const narrow = normal(key(3), [512, 8]);

function loss(first: Tensor, second: Tensor): Tensor {
  const hidden = relu(matmul(x, first)); // [rows, 512]
  const guess = matmul(hidden, second); // [rows, 8]
  return mean(square(sub(guess, y)));
}

const step = jit((first: Tensor, second: Tensor) => grad(loss, { argument: [0, 1] })(first, second));
const report = await profile(() => step(wide, narrow), { active: options.smoke === true ? 1 : 5 });
console.log(report);
console.log(`\nmost of it: ${report.lines[0]!.line}`);
if (options.trace !== undefined) {
  await report.exportChromeTrace(options.trace);
  console.log(`${options.trace} is for https://ui.perfetto.dev`);
}
