import { add, customVjp, mul, setDefaultBackend } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkSamples, gradcheck, mapPlain, plain, randomPlain } from '@gai/core/testing';
import type { Sample } from '@gai/core/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const square: Sample = {
  name: 'square',
  inputs: [randomPlain([2, 2])],
  symbolic: [0],
  run: (x) => mul(x!, x!),
  reference: mapPlain((x) => x! * x!),
};

/** A square with the gradient of another function. */
const wrong = (rule: (dy: Tensor, x: Tensor) => Tensor): ((x: Tensor) => Tensor) => {
  const fn = customVjp(
    (x) => mul(x, x),
    (dy, { inputs: [x] }) => [rule(dy, x!)],
  );
  return (x) => fn(x);
};

/** What was wrong in which run, without the numbers. */
const kinds = (problems: readonly string[]): string[] => [
  ...new Set(problems.map((problem) => problem.replace(/: element.*/, ''))),
];

describe('checkSamples', () => {
  it('finds nothing wrong with what is right', async () => {
    expect(await checkSamples([square])).toEqual([]);
  });

  it('finds wrong values, eagerly, compiled and with symbolic sizes', async () => {
    const problems = await checkSamples([{ ...square, run: (x) => add(mul(x!, x!), 0.001), gradients: [] }]);
    expect(kinds(problems)).toEqual([
      'square: eager: result 0',
      'square: jit: result 0',
      'square: symbolic: result 0',
      'square: symbolic, doubled: result 0',
    ]);
  });

  it('finds wrong gradients', async () => {
    const run = wrong((dy, x) => mul(dy, x));
    const problems = await checkSamples([{ ...square, run: (x) => run(x!) }]);
    expect(kinds(problems)).toContain('square: eager: gradient of input 0');
    expect(kinds(problems)).toContain('square: symbolic, doubled: gradient of input 0');
  });

  it('finds a gradient that is right but whose own gradient is not', async () => {
    // Detached: 2·x as a value, without a path to x.
    const detached = customVjp(
      (x) => mul(x, 2),
      () => [null],
    );
    const run = wrong((dy, x) => mul(dy, detached(x)));
    const problems = await checkSamples([{ ...square, run: (x) => run(x!) }]);
    expect(kinds(problems)).toEqual([
      'square: eager: second derivative of input 0',
      'square: jit: second derivative of input 0',
    ]);
  });

  it('finds wrong shapes and dtypes', async () => {
    const other = { ...square, symbolic: undefined, gradients: [] };
    const problems = await checkSamples([
      { ...other, name: 'shape', reference: () => plain([4], [1, 2, 3, 4]) },
      { ...other, name: 'dtype', reference: mapPlain((x) => x! * x!, 'float64') },
    ]);
    expect(problems[0]).toBe('shape: eager: result 0: shape [2,2], expected [4]');
    expect(problems[1]).toBe('dtype: eager: result 0: dtype float32, expected float64');
  });

  it('names the sample that fails to build, and checks the others', async () => {
    const broken: Sample = { ...square, name: 'broken', symbolic: undefined, run: (x) => add(x!, x!.shape as never) };
    const problems = await checkSamples([square, broken]);
    expect(problems).toHaveLength(2);
    expect(problems[0]).toMatch(/^broken: checkEager threw DataError: add: not a tensor/);
  });
});

describe('gradcheck', () => {
  it('agrees with a right gradient in float64 and float32, and not with a wrong one', async () => {
    for (const dtype of ['float64', 'float32'] as const) {
      const x = randomPlain([2, 3], { dtype });
      expect(await gradcheck((a) => mul(a!, a!), [x])).toEqual([]);
      const run = wrong((dy, a) => mul(dy, a));
      expect(await gradcheck((a) => run(a!), [x])).toHaveLength(6);
    }
  });

  it('checks every float operand', async () => {
    expect(await gradcheck((a, b) => mul(a!, b!), [randomPlain([2, 1]), randomPlain([3])])).toEqual([]);
    await expect(gradcheck((a) => a!, [plain([1], [1], 'int32')])).rejects.toThrowErrorMatchingInlineSnapshot(
      `[GraphError: gradcheck: nothing to check. Got no float operand; expected at least one.]`,
    );
  });
});
