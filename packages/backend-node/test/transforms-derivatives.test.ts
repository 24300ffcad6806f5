import {
  add,
  clip,
  concat,
  cos,
  exp,
  gather,
  grad,
  greater,
  hessianVectorProduct,
  iota,
  jit,
  jvp,
  log,
  logSumExp,
  matmul,
  max,
  mul,
  pow,
  relu,
  reshape,
  setDefaultBackend,
  sin,
  slice,
  softmax,
  split,
  square,
  sub,
  sum,
  tanh,
  tensor,
  toArray,
  transpose,
  variance,
  vjp,
  where,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { allClose } from '@gai/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';
import type { NodeBackend } from '../src/index.ts';

let backend: NodeBackend;
beforeAll(async () => {
  backend = await nodeBackend({ device: 'cpu', threads: 1 });
  setDefaultBackend(backend);
});
afterAll(() => backend.dispose());

const double = (values: number[] | number[][]): Tensor => tensor(values, { dtype: 'float64' });
const read = async (x: Tensor): Promise<number[]> => ([await toArray(x)] as unknown[]).flat(8) as number[];

describe('derivatives agree with finite differences', () => {
  const functions: Record<string, (x: Tensor) => Tensor> = {
    arithmetic: (x) => sub(mul(x, add(x, 2)), pow(add(square(x), 1), 0.5)),
    chain: (x) => exp(sin(tanh(mul(x, x)))),
    movement: (x) => concat([transpose(reshape(x, [2, 3])), slice(reshape(mul(x, 2), [3, 2]), [[1, 3]])], { axis: 0 }),
    reductions: (x) => concat([reshape(logSumExp(x), [1]), reshape(variance(x), [1]), reshape(max(square(x)), [1])]),
    softmax: (x) => softmax(reshape(mul(x, 3), [3, 2])),
    matrices: (x) => matmul(reshape(x, [2, 3]), transpose(reshape(cos(x), [2, 3]))),
    selection: (x) => where(greater(x, 0), log(add(square(x), 1)), relu(mul(x, -1))),
    indexing: (x) => mul(gather(x, tensor([0, 0, 5], { dtype: 'int32' })), 2),
    several: (x) => {
      const [head, tail] = split(x, [2, 4]);
      return mul(sum(head!), clip(tail!, -1, 1));
    },
    counting: (x) => mul(x, iota(6, 'float64')),
  };
  const at = [0.3, -0.7, 1.1, 0.9, -1.3, 0.4];
  const along = [1, -2, 0.5, 0.25, 3, -1];
  const step = 1e-5;
  const shifted = (f: (x: Tensor) => Tensor, by: number): Promise<number[]> =>
    read(f(double(at.map((x, index) => x + by * along[index]!))));

  it.each(Object.entries(functions))('%s', async (_, f) => {
    const [value, change] = jvp(f, [double(at)], [double(along)]);
    const numeric = (await shifted(f, step)).map((_, index) => index);
    const [up, down] = [await shifted(f, step), await shifted(f, -step)];
    const slopes = numeric.map((index) => (up[index]! - down[index]!) / (2 * step));
    expect(allClose(await read(change), slopes, 1e-7)).toBe(true);
    expect(await read(value)).toEqual(await shifted(f, 0));
    // ⟨J t, u⟩ = ⟨t, Jᵀ u⟩
    const { pullback } = vjp(f, double(at));
    const [back] = pullback(add(mul(value, 0), iotaLike(value)));
    const left = (await read(change)).reduce((total, slope, index) => total + slope * (index + 1), 0);
    const right = (await read(back)).reduce((total, slope, index) => total + slope * along[index]!, 0);
    expect(Math.abs(left - right)).toBeLessThan(1e-9 * Math.max(1, Math.abs(left)));
  });

  /** 1, 2, 3, … in the shape of x. */
  const iotaLike = (x: Tensor): Tensor => {
    const shape = x.shape as number[];
    const count = shape.reduce((a, b) => a * b, 1);
    return tensor(
      Float64Array.from({ length: count }, (_, index) => index + 1),
      { shape },
    );
  };

  it('a Hessian-vector product both ways', async () => {
    const f = (x: Tensor): Tensor => sum(mul(exp(x), sin(mul(x, 2))));
    const [, forward] = jvp(grad(f), [double(at)], [double(along)]);
    const reverse = grad((x: Tensor) => sum(mul(grad(f)(x), double(along))))(double(at));
    expect(allClose(await read(forward), await read(reverse), 1e-12)).toBe(true);
  });

  it('hessianVectorProduct of trees, outside a trace, compiled and differentiated again', async () => {
    const f = ({ x, rest: [y] }: { x: Tensor; rest: [Tensor] }): Tensor => sum(mul(exp(x), sin(mul(y, x))));
    const tree = (x: number[], y: number[]): { x: Tensor; rest: [Tensor] } => ({ x: double(x), rest: [double(y)] });
    const [point, direction] = [tree([0.3, -1], [2, 0.5]), tree([1, -2], [0.5, 3])];
    const product = hessianVectorProduct(f)(point, direction);
    const [, expected] = jvp(grad(f), [point], [direction]);
    const compiled = await jit(hessianVectorProduct(f))(point, direction);
    for (const [name, wanted] of [
      ['x', expected.x],
      ['y', expected.rest[0]],
    ] as const) {
      const pick = (one: typeof product): Tensor => (name === 'x' ? one.x : one.rest[0]);
      expect(allClose(await read(pick(product)), await read(wanted), 1e-12)).toBe(true);
      expect(allClose(await read(pick(compiled)), await read(wanted), 1e-12)).toBe(true);
    }
    // ∂/∂x of ⟨1, H(x)·v⟩ for Σx⁴ is 24 x v.
    const quartic = (x: Tensor): Tensor => sum(mul(mul(x, x), mul(x, x)));
    const third = grad((x: Tensor) => sum(hessianVectorProduct(quartic)(x, double([1, 10]))))(double([2, 3]));
    expect(await read(third)).toEqual([48, 720]);
  });

  it('hessianVectorProduct refuses a direction that does not fit', () => {
    expect(() =>
      hessianVectorProduct((x: Tensor) => sum(x))(tensor([1, 2]), tensor([1])),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: hessianVectorProduct: the (co)tangent does not fit. Got float32 [1]; expected float32 [2] as leaf 0 of 1. Give one tensor for each.]`,
    );
    expect(() => hessianVectorProduct((x: Tensor) => x)(tensor([1, 2]), tensor([1, 2]))).toThrow(
      'does not return a scalar',
    );
  });

  it('jvp refuses a direction that does not fit', () => {
    expect(() => jvp((x: Tensor) => x, [tensor([1, 2])], [tensor([1])])).toThrow('jvp: the (co)tangent does not fit');
  });
});
