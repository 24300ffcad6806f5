import { compile, data, matmul, spec, tensor } from '@gai/core';
import { withBackend } from '../with-backend.ts';
import type { BackendOptions } from '../with-backend.ts';

const SIZE = 1024;
const RUNS = 5;

/** Floating point operations per second that this machine reaches in a product of 1024 by 1024 matrices: the best of five. */
export function measureSpeed(options: BackendOptions): Promise<number> {
  return withBackend(options, async () => {
    const square = spec([SIZE, SIZE]);
    const run = await compile(matmul, { a: square, b: square });
    const x = tensor(new Float32Array(SIZE * SIZE).fill(0.5), { shape: [SIZE, SIZE] });
    let best = Infinity;
    for (let index = 0; index <= RUNS; index += 1) {
      const start = performance.now();
      await data(await run(x, x));
      // The first run makes what the others use.
      if (index > 0) best = Math.min(best, performance.now() - start);
    }
    await run.dispose();
    return (2 * SIZE ** 3) / (best / 1000);
  });
}
