import { conv2d, data, jit, setDefaultBackend, tensor, vjp } from '@gai/core';
import type { Conv2dOptions, Tensor } from '@gai/core';
import type { Backend } from '@gai/core/backend';
import { allClose } from '@gai/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';
import type { NodeBackend } from '../src/index.ts';

let cpu: NodeBackend;
let plain: Backend;
beforeAll(async () => {
  cpu = await nodeBackend({ device: 'cpu' });
  // The same runtime, of which nothing is known: every weight gradient is one Conv of the standard.
  plain = {
    name: 'plain',
    device: cpu.device,
    provider: 'plain',
    maxSessions: 8,
    load: (model, options) => cpu.load(model, options),
    upload: (host) => cpu.upload(host),
    dispose: () => cpu.dispose(),
  };
});
afterAll(() => cpu.dispose());

interface Case {
  readonly name: string;
  readonly x: readonly [number, number, number, number];
  readonly w: readonly [number, number, number, number];
  readonly options: Conv2dOptions;
}

const numbers = (shape: readonly number[], seed: number): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => Math.sin(index * 12.9898 + seed)),
    { shape },
  );

/** The weight gradient of a sum of squares, compiled; the batch has a name, or not. */
async function gradient(backend: Backend, { x, w, options }: Case, dynamicAxes?: ['batch'][]): Promise<number[]> {
  setDefaultBackend(backend);
  const run = jit((images: Tensor, weight: Tensor) => {
    const { value, pullback } = vjp((kernel: Tensor) => conv2d(images, kernel, options), weight);
    return pullback(value)[0];
  }, dynamicAxes && { dynamicAxes });
  return [...((await data(await run(numbers(x, 1), numbers(w, 2)))) as Float32Array)];
}

const cases: Case[] = [
  { name: 'in pieces of the batch', x: [8, 4, 128, 128], w: [2, 4, 3, 3], options: { padding: 1 } },
  { name: 'depthwise', x: [3, 16, 9, 8], w: [16, 1, 3, 3], options: { padding: 1, groups: 16 } },
  { name: 'depthwise, stride', x: [2, 32, 9, 8], w: [32, 1, 3, 2], options: { padding: 1, groups: 32, stride: 2 } },
  { name: 'depthwise, blocks over images', x: [8, 6, 7, 7], w: [6, 1, 5, 5], options: { padding: 2, groups: 6 } },
  { name: 'one channel', x: [5, 1, 12, 10], w: [16, 1, 5, 5], options: { padding: 2, stride: [1, 2] } },
  { name: 'one channel, half a block', x: [4, 1, 12, 10], w: [8, 1, 5, 5], options: { dilation: 2 } },
];

describe('the weight gradient', () => {
  it.each(cases)('$name: as one Conv of the standard has it', async (one) => {
    const expected = await gradient(plain, one);
    expect(allClose(await gradient(cpu, one), expected, 1e-4)).toBe(true);
    const named = await gradient(cpu, one, [['batch']]);
    expect(allClose(named, expected, 1e-4)).toBe(true);
  });
});
