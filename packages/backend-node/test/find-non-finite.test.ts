import {
  Variable,
  add,
  findNonFinite,
  grad,
  log,
  mul,
  setDefaultBackend,
  softmax,
  sqrt,
  stopGradient,
  sub,
  sum,
  tensor,
  toArray,
  where,
  greater,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open } from './backends.ts';
import type { NodeBackend } from '../src/index.ts';

describe('findNonFinite', () => {
  let backend: NodeBackend;
  beforeAll(async () => {
    backend = await open(false);
    setDefaultBackend(backend);
  });
  afterAll(() => backend.dispose());

  it('names the op where an infinity came up, and the one where it became a NaN', async () => {
    const look = findNonFinite((x: Tensor) => sum(sub(log(x), log(mul(x, x)))));
    const found = await look(
      tensor([
        [1, 0],
        [2, 0],
      ]),
    );
    expect(found).toMatchObject({ op: 'log', value: -Infinity, index: 1, count: 2, shape: [2, 2], isGradient: false });
    expect(found!.operands).toEqual([{ shape: [2, 2], min: 0, max: 2 }]);
    expect(found!.becameNaN!.op).toBe('sub');
    expect(found!.line).toContain('find-non-finite.test.ts');
  });

  it('finds what only the gradient has, at the line whose gradient it is', async () => {
    const found = await findNonFinite(grad((x: Tensor) => sum(mul(sqrt(x), 0))))(tensor([4, 0]));
    expect(found).toMatchObject({ isGradient: true });
    expect(await findNonFinite((x: Tensor) => sum(mul(sqrt(x), 0)))(tensor([4, 0]))).toBeUndefined();
  });

  it('passes over infinities that reach no result, and says where the input was bad', async () => {
    const masked = findNonFinite((x: Tensor) => softmax(where(greater(x, 0), x, -Infinity)));
    expect(await masked(tensor([1, -1, 2]))).toBeUndefined();
    const found = await findNonFinite(({ x }: { x: Tensor }) => stopGradient(add(x, 1)))({
      x: tensor([1, Number.NaN]),
    });
    expect(found).toMatchObject({ op: 'input', name: 'arg[0].x', index: 1, value: Number.NaN });
  });

  it('finds nothing where nothing is computed', async () => {
    expect(await findNonFinite(() => 1)()).toBeUndefined();
  });

  it('looks at what is assigned, and assigns nothing', async () => {
    const state = new Variable(tensor([1, 2]), 'state');
    const look = findNonFinite((x: Tensor) => {
      state.assign(log(x));
      return x;
    });
    expect(await look(tensor([-1, 1]))).toMatchObject({ op: 'log', value: Number.NaN });
    expect(await toArray(state)).toEqual([1, 2]);
  });
});
