import { compile, jit, matmul, add, relu, setDefaultBackend, spec, tensor, toArray, constant } from '@gai/core';
import type { Tensor } from '@gai/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';
import type { NodeBackend } from '../src/index.ts';

let backend: NodeBackend;
beforeAll(async () => {
  backend = await nodeBackend({ threads: 1 });
  setDefaultBackend(backend);
});
afterAll(() => backend.dispose());

const wave = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => Math.sin(i));

describe('a function compiled for inference', () => {
  it('gives what jit gives, for any size that has a name, from a tree of results', async () => {
    const w = tensor(wave(24 * 32), { shape: [24, 32] });
    const b = tensor(wave(32));
    const f = (x: Tensor) => ({ hidden: relu(add(matmul(x, w), b)), same: [x] });
    const compiled = await compile<ReturnType<typeof f>>(f, { x: spec(['batch', 24]) });
    const jitted = jit(f);
    for (const rows of [1, 5]) {
      const x = tensor(wave(rows * 24), { shape: [rows, 24] });
      const [got, expected] = [await compiled(x), await jitted(x)];
      const [values, wanted] = [await toArray(got.hidden), await toArray(expected.hidden)] as number[][][];
      values!.flat().forEach((value, index) => expect(value).toBeCloseTo(wanted!.flat()[index]!, 5));
      expect(await toArray(got.same[0]!)).toEqual(await toArray(x));
    }
    await compiled.dispose();
    await expect(compiled(tensor(wave(24), { shape: [1, 24] }))).rejects.toThrow(/released/);
  });

  it('keeps the weights it was compiled with, given as numbers or computed', async () => {
    const doubled = add(tensor([1, 2]), tensor([1, 2]));
    const run = await compile((x: Tensor) => add(add(x, doubled), constant([10, 10])), { x: spec([2]) });
    expect(await toArray(await run(tensor([1, 1])))).toEqual([13, 15]);
    await run.dispose();
  });

  it('says what does not fit', async () => {
    const run = await compile((x: Tensor, y: Tensor) => add(x, y), { x: spec(['n', 2]), y: spec(['n', 2]) });
    const rows = (count: number): Tensor => tensor(wave(2 * count), { shape: [count, 2] });
    await expect(run(rows(1))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: compile: wrong number of inputs. Got 1; expected 2, one per tensor of the specs. Pass them in the order of the specs.]`,
    );
    await expect(run(rows(1), rows(2))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: compile: input 1 does not fit its spec. Got float32 [2,2]; expected float32 [n,2], one size for each name. Reshape or cast it, or compile for another spec.]`,
    );
    await expect(run(rows(1), tensor([1, 2]))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: compile: input 1 does not fit its spec. Got float32 [2]; expected float32 [n,2], one size for each name. Reshape or cast it, or compile for another spec.]`,
    );
    await expect(compile(() => 1, { x: spec([2]) })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: compile: nothing to compute. Got 1 tensor inputs from { x } and 0 tensor outputs; expected at least one of each. Describe inputs with spec(...).]`,
    );
    await run.dispose();
  });
});
