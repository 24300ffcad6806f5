import { batchNorm, compile, conv2d, grad, jit, matmul, mean, quantile, resize, setDefaultBackend } from '@gai/core';
import { sort, spec, sum, tensor, toArray, topK, triangularSolve } from '@gai/core';
import type { Tensor } from '@gai/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';
import { runEmptyCases } from './empty-cases.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const zeros = (...shape: number[]): Tensor =>
  tensor(new Float32Array(shape.reduce((product, size) => product * size, 1)), { shape });

/** One of the cases of each op; all of them are in the full run. */
it('computes or refuses every op with empty axes, and lives', { timeout: 600_000 }, async () => {
  const { cases, problems } = await runEmptyCases(1);
  expect(problems).toEqual([]);
  expect(cases).toBeGreaterThan(100);
});

describe('empty tensors', () => {
  it('are sorted: there is nothing to do', async () => {
    expect(await toArray(sort(zeros(0, 3)).values)).toEqual([]);
    expect(topK(zeros(2, 0, 3), 2).values.shape).toEqual([2, 0, 2]);
    expect(await toArray(quantile(zeros(0, 3), 0.5, { axis: 1 }))).toEqual([]);
    const named = jit((x: Tensor) => sort(x).values, { dynamicAxes: [['batch']] });
    expect(await toArray(await named(zeros(0, 3)))).toEqual([]);
    expect(await toArray(await named(tensor([[2, 1]])))).toEqual([[1, 2]]);
  });

  it('are refused by a compiled program whose kernel would end the process', async () => {
    const compiled = await compile((x: Tensor) => sort(x).values, { x: spec(['batch', 3]) });
    await expect(compiled(zeros(0, 3))).rejects.toThrow(/^topK: .* Got batch = 0, so batch-1 is -1/);
    await compiled.dispose();
  });

  it('are multiplied, resized, convolved and solved with', async () => {
    expect(matmul(zeros(0, 2, 3), zeros(1, 3, 4)).shape).toEqual([0, 2, 4]);
    expect(await toArray(matmul(zeros(0, 2, 3), zeros(1, 3, 4)))).toEqual([]);
    expect(await toArray(matmul(zeros(2, 0), zeros(0, 2)))).toEqual([[0, 0], [0, 0]]); // prettier-ignore
    expect(await toArray(resize(zeros(0, 1, 2, 2), { size: [4, 4], mode: 'bilinear' }))).toEqual([]);
    const x = tensor(new Float64Array(0), { shape: [0, 1, 3, 3] });
    expect(await toArray(conv2d(x, tensor(new Float64Array(4), { shape: [1, 1, 2, 2] })))).toEqual([]);
    expect(await toArray(triangularSolve(zeros(0, 2, 2), zeros(0, 2, 1)))).toEqual([]);
  });

  it('have gradients of 0', async () => {
    const weight = tensor([1, 1]);
    const loss = (w: Tensor): Tensor => sum(batchNorm(zeros(0, 2, 3), { weight: w }).y);
    expect(await toArray(grad(loss)(weight))).toEqual([0, 0]);
    const bias = (b: Tensor): Tensor => sum(matmul(zeros(0, 2), b));
    expect(await toArray(grad(bias)(tensor([[1], [1]])))).toEqual([[0], [0]]);
  });

  it('have no mean, whether the size has a name or not', async () => {
    expect(await toArray(mean(zeros(0, 2), { axis: 0 }))).toEqual([NaN, NaN]);
    const named = jit((x: Tensor) => mean(x, { axis: 0 }), { dynamicAxes: [['n']] });
    expect(await toArray(await named(zeros(0, 2)))).toEqual([NaN, NaN]);
  });
});
