import { add, compile, div, exportOnnx, mul, setDefaultBackend, spec, sub, tensor, toArray } from '@gai/core';
import type { Tensor } from '@gai/core';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend, openOnnx } from '../src/index.ts';

let folder: string;
beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ device: 'cpu', threads: 1 }));
  folder = await mkdtemp(join(tmpdir(), 'gai-no-ops-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What changes nothing, and what the runtime takes out. */
const noOps: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  'x + 0': (x) => add(x, 0),
  'x - 0': (x) => sub(x, 0),
  'x * 1': (x) => mul(x, 1),
  'x / 1': (x) => div(x, 1),
  'x * [1]': (x) => mul(x, tensor([1])),
};

describe('(what changes nothing) · (1 / y), which the runtime makes a quotient of', () => {
  const cases = Object.keys(noOps).flatMap((name) =>
    (['float32', 'float64'] as const).map((dtype) => [name, dtype] as const),
  );
  it.each(cases)('%s in %s: compiled and as a file', async (name, dtype) => {
    const run = (x: Tensor, y: Tensor): Tensor => mul(noOps[name]!(mul(x, 2)), div(tensor(1, { dtype }), add(y, 1)));
    const specs = { x: spec(['n'], dtype), y: spec(['n'], dtype) };
    const compiled = await compile(run, specs);
    const [x, y] = [tensor([3, 5], { dtype }), tensor([1, 3], { dtype })];
    expect(await toArray(await compiled(x, y))).toEqual([3, 2.5]);
    await compiled.dispose();
    const path = join(folder, 'quotient.onnx');
    await exportOnnx(run, specs, path);
    const values = (numbers: number[]) => ({
      dtype,
      shape: [2],
      data: dtype === 'float64' ? Float64Array.from(numbers) : Float32Array.from(numbers),
    });
    const { output } = await (await openOnnx(path)).run({ x: values([3, 5]), y: values([1, 3]) });
    expect([...output!.data]).toEqual([3, 2.5]);
  });
});
