import { compile, exportOnnx, grad, jit, mean, mul, pad, roll, setDefaultBackend, slice, spec, sum } from '@gai/core';
import { tensor, toArray } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkSizes } from '@gai/core/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend, openOnnx } from '../src/index.ts';

let folder: string;
beforeAll(async () => {
  setDefaultBackend(await nodeBackend());
  folder = await mkdtemp(join(tmpdir(), 'gai-sizes-'));
});
afterAll(() => rm(folder, { recursive: true }));

const counted = (n: number): Tensor => tensor(Float32Array.from({ length: n }, (_, index) => index + 1));
const gradientOf = (part: (x: Tensor) => Tensor): ((x: Tensor) => Tensor) =>
  grad((x: Tensor) => sum(mul(part(x), part(x))));

/** Programs whose sizes are right for some n only, as written for an n that nobody knows. */
const programs: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  'mean of the last 4': (x) => mean(slice(x, [[-4, null]])),
  'the fourth last to the second last': (x) => slice(x, [[-4, -1]]),
  'backwards from the third last': (x) => slice(x, [[-3, null, -2]]),
  'roll by 5': (x) => roll(x, 5),
  'reflected border': (x) => pad(x, [3], { mode: 'reflect' }),
  'circular border': (x) => pad(x, [3], { mode: 'circular' }),
  'gradient of -1:1': gradientOf((x) => slice(x, [[-1, 1]])),
  'gradient of -3::3': gradientOf((x) => slice(x, [[-3, null, 3]])),
};

const SIZES = [0, 1, 2, 3, 5, 8];

/** The value, or the name of the error. */
const outcome = async (run: () => unknown): Promise<unknown> => {
  try {
    return await toArray((await run()) as Tensor);
  } catch (error) {
    return (error as Error).name;
  }
};

describe('a size that has a name', () => {
  it.each(Object.keys(programs))('%s: jit is right for every size', async (name) => {
    const run = programs[name]!;
    const compiled = jit(run, { dynamicAxes: [['n']] });
    for (const n of SIZES) {
      expect(await outcome(() => compiled(counted(n))), `n = ${n}`).toEqual(await outcome(() => run(counted(n))));
    }
  });

  it.each(Object.keys(programs))('%s: compile is right, or names the size', async (name) => {
    const run = programs[name]!;
    const compiled = await compile(run, { x: spec(['n']) });
    for (const n of SIZES) {
      const found = await outcome(() => compiled(counted(n)));
      if (found !== 'ShapeError') expect(found, `n = ${n}`).toEqual(await outcome(() => run(counted(n))));
    }
    await compiled.dispose();
  });

  it.each(Object.keys(programs))('%s: an exported file is right, or fails', async (name) => {
    const run = programs[name]!;
    const path = join(folder, `${name.replaceAll(/\W/g, '_')}.onnx`);
    await exportOnnx(run, { x: spec(['n']) }, path);
    const model = await openOnnx(path);
    for (const n of SIZES) {
      const data = Float32Array.from({ length: n }, (_, index) => index + 1);
      const found = await model.run({ x: { dtype: 'float32', shape: [n], data } }).catch(() => undefined);
      if (found === undefined) continue;
      const { output } = found;
      expect([...output!.data], `n = ${n}`).toEqual([await outcome(() => run(counted(n)))].flat());
    }
  });

  it('is named in the refusal, with the line that needs it', async () => {
    const compiled = await compile((x: Tensor) => slice(x, [[-4, null]]), { x: spec(['n']) });
    await expect(compiled(counted(3))).rejects.toThrow(
      /^slice: a size of this run does not fit the program\. Got n = 3, so n-4 is -1; expected 0 or more, which 'slice', made at .*sizes\.test\.ts.*, was written for\. Run it with other sizes/,
    );
    expect(await toArray(await compiled(counted(5)))).toEqual([2, 3, 4, 5]);
    await compiled.dispose();
  });
});

describe('random programs with named sizes', () => {
  it('give what they give with fixed ones, at five sizes', { timeout: 120_000 }, async () => {
    const { problems, pairs, compared, refused } = await checkSizes(0, 240);
    expect(problems).toEqual([]);
    expect(pairs).toBe(240);
    expect(compared).toBeGreaterThan(refused);
  });
});
