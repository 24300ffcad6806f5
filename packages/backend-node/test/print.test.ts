import { inspect } from 'node:util';
import { add, dispose, evaluate, jit, mul, setDefaultBackend, spec, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { describe, expect, it } from 'vitest';

setDefaultBackend(await nodeBackend({ device: 'cpu' }));

describe('what is printed', () => {
  it('has values once they are computed, and none after they are freed', async () => {
    const sum = add(tensor([1, 2]), 1);
    expect(inspect(sum)).toMatch(/^tensor\(float32 \[2\], not computed yet: /);
    await evaluate(sum);
    expect(inspect(sum)).toBe('tensor([2, 3], float32 [2])');
    dispose(sum);
    expect(inspect(sum)).toBe('tensor(float32 [2], disposed)');
  });

  it('has the sizes that a run gave to names', async () => {
    const twice = jit((x: Tensor) => mul(x, 2), { specs: { x: spec(['n']) } });
    expect(inspect(await twice(tensor([1, 2, 3])))).toBe('tensor([2, 4, 6], float32 [3])');
  });

  it('is a compiled function with what it did', async () => {
    const double = jit(function double(x: Tensor) {
      return mul(x, 2);
    });
    await double(tensor([1]));
    await double(tensor([2]));
    expect(inspect(double)).toBe('jit(double): 2 calls, 1 compiled; see explain(...)');
    expect(inspect(spec(['n', 2]))).toBe('spec(float32 [n,2])');
    expect(inspect({ shape: spec(['n', 2]).shape })).toBe('{ shape: [ n, 2 ] }');
  });
});
