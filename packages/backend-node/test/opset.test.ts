import { compile, setDefaultBackend, spec, tensor, toArray, toOnnx } from '@gai/core';
import type { Tensor } from '@gai/core';
import { bind } from '@gai/core/ops';
import type { OpDef } from '@gai/core/ops';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';
import type { NodeBackend } from '../src/index.ts';

let backend: NodeBackend;
beforeAll(async () => setDefaultBackend((backend = await nodeBackend({ device: 'cpu', threads: 1 }))));
afterAll(() => backend.dispose());

/** Numbers packed with one scale for every two of a row: operator set 21. */
const dequantize: OpDef = {
  kind: 'op',
  name: 'dequantize',
  infer: ([x, scale]) => ({ dtype: scale.dtype, shape: x.shape }),
  vjp: null,
  onnx: (b, [x, scale]) => {
    b.requires(21);
    return b.node('DequantizeLinear', [x, scale], { axis: 1, block_size: 2 });
  },
};

it('runs and exports what needs operator set 21', async () => {
  const unpack = (x: Tensor, scale: Tensor): Tensor => bind(dequantize, [x, scale], {});
  const specs = { x: spec([1, 4], 'uint8'), scale: spec([1, 2]) };
  const run = await compile(unpack, specs);
  const x = tensor([[1, 2, 3, 4]], { dtype: 'uint8' });
  expect(await toArray(await run(x, tensor([[10, 0.5]])))).toEqual([[10, 20, 1.5, 2]]);
  await run.dispose();
  const session = await backend.load((await toOnnx(unpack, specs)).model, {
    inputs: ['x', 'scale'],
    outputs: ['output'],
  });
  const [y] = await session.run([
    { dtype: 'uint8', shape: [1, 4], data: Uint8Array.of(1, 2, 3, 4) },
    { dtype: 'float32', shape: [1, 2], data: Float32Array.of(1, 2) },
  ]);
  expect(await y!.read()).toEqual(Float32Array.of(1, 2, 6, 8));
  await session.release();
});
