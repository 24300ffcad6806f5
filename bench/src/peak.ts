import { data, jit, matmul, setDefaultBackend, slice, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { Backend } from '@gai/core/backend';
import type { Task } from './interleave.ts';

const SIZE = 1024;

/** Floating-point operations of one run of {@link peakTask}. */
export const PEAK_FLOPS = 2 * SIZE ** 3;

/** The matrix product that stands for the peak of the machine: 1024³, float32, through the same runtime as our steps. */
export function peakTask(backend: Backend): Task {
  const values = Float32Array.from({ length: SIZE ** 2 }, (_, index) => Math.sin(index));
  const [a, b] = [tensor(values, { shape: [SIZE, SIZE] }), tensor(values, { shape: [SIZE, SIZE] })];
  // One element comes back: copying the product out would count as a slower machine.
  const product = jit((x: Tensor, y: Tensor) =>
    slice(matmul(x, y), [
      [0, 1],
      [0, 1],
    ]),
  );
  return {
    name: 'peak',
    async run(count) {
      setDefaultBackend(backend);
      for (let done = 0; done < count; done++) await data(await product(a, b));
    },
  };
}
