import {
  Variable,
  add,
  all,
  concat,
  cond,
  div,
  exp,
  forLoop,
  grad,
  greater,
  item,
  jit,
  less,
  matmul,
  mul,
  neg,
  scan,
  setDefaultBackend,
  sin,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  tensor,
  toArray,
  whileLoop,
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

const double = (values: number | number[]): Tensor => tensor(values, { dtype: 'float64' });
const read = async (x: Tensor): Promise<number[]> => ([await toArray(x)] as unknown[]).flat(8) as number[];

function thrown(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return 'nothing';
}

describe('cond', () => {
  const w = new Variable(double([1, 2]), 'w');
  const f = (c: Tensor, x: Tensor, y: Tensor): Tensor => {
    const hidden = exp(x);
    const { main } = cond(
      c,
      (a: Tensor, [b]: [Tensor]) => ({ main: mul(mul(a, b), w), rest: [b] }),
      (a: Tensor, [b]: [Tensor]) => ({ main: add(sin(a), mul(b, hidden)), rest: [a] }),
      x,
      [y] as [Tensor],
    );
    return sum(square(main));
  };
  const direct = (c: boolean, x: Tensor, y: Tensor): Tensor =>
    sum(square(c ? mul(mul(x, y), w) : add(sin(x), mul(y, exp(x)))));

  it.each([true, false])('has the value and the derivatives of the branch that holds: %s', async (c) => {
    const at = [double([0.5, -1]), double([2, 0.3])] as const;
    const both = { argument: [0, 1] } as const;
    const slopes =
      (fn: (x: Tensor, y: Tensor) => Tensor) =>
      (x: Tensor, y: Tensor): Tensor =>
        grad(fn, both)(x, y)
          .map((one) => sum(mul(one, sin(one))))
          .reduce((a, b) => add(a, b));
    const chosen = (x: Tensor, y: Tensor): Tensor => f(tensor(c), x, y);
    const wanted = (x: Tensor, y: Tensor): Tensor => direct(c, x, y);
    expect(await item(chosen(...at))).toBeCloseTo(await item(wanted(...at)), 12);
    const compiled = jit((flag: Tensor, x: Tensor, y: Tensor) =>
      grad((a: Tensor, b: Tensor) => f(flag, a, b), both)(x, y),
    );
    for (const index of [0, 1] as const) {
      const expected = await read(grad(wanted, both)(...at)[index]);
      expect(allClose(await read(grad(chosen, both)(...at)[index]), expected, 1e-12)).toBe(true);
      expect(allClose(await read((await compiled(tensor(c), ...at))[index]), expected, 1e-12)).toBe(true);
      const second = await read(grad(slopes(chosen), both)(...at)[index]);
      expect(allClose(second, await read(grad(slopes(wanted), both)(...at)[index]), 1e-12)).toBe(true);
    }
  });

  it('computes only the branch that holds', async () => {
    const safe = (x: Tensor): Tensor =>
      cond(
        greater(x, 0),
        (v: Tensor) => sqrt(v),
        (v: Tensor) => mul(v, 0),
        x,
      );
    expect([await item(grad(safe)(tensor(4))), await item(grad(safe)(tensor(-4)))]).toEqual([0.25, 0]);
  });

  it('works in the steps of a scan', async () => {
    const clipped = (loop: Tensor): Tensor => {
      const [last] = scan(
        (carry: Tensor, x: Tensor) =>
          [
            cond(
              less(carry, 3),
              (c: Tensor) => add(c, mul(x, loop)),
              (c: Tensor) => c,
              carry,
            ),
            null,
          ] as const,
        tensor(0),
        tensor([1, 2, 3, 4]),
      );
      return last;
    };
    expect([await item(clipped(tensor(1))), await item(grad(clipped)(tensor(1)))]).toEqual([3, 3]);
    expect([await item(clipped(tensor(0.5))), await item(grad(clipped)(tensor(0.5)))]).toEqual([3, 6]);
  });

  it('refuses what does not fit', () => {
    const same = (x: Tensor): Tensor => x;
    const cases: [string, () => unknown][] = [
      ['a number', () => cond(1, same, same, tensor(1))],
      ['a vector', () => cond(tensor([true, false]), same, same, tensor(1))],
      ['other shapes', () => cond(true, same, (x: Tensor) => concat([x, x]), tensor([1]))],
      ['other structures', () => cond(true, (x: Tensor) => [x], ((x: Tensor) => [x, x]) as never, tensor([1]))],
    ];
    const texts = cases.map(([what, run]) => `${what}: ${thrown(run)}`);
    expect(texts.join('\n')).toMatchInlineSnapshot(`
      "a number: DTypeError: cond: the condition is not a boolean. Got float32; expected bool. Compare it, for example with greater.
      a vector: ShapeError: cond: the condition is not a scalar. Got [2]; expected []. Reduce it with all or any, or choose element by element with where.
      other shapes: ShapeError: cond: result changes its type. Got float32 [2] if false; expected float32 [1] as if true. Cast or reshape it.
      other structures: GraphError: cond: the result changes its structure. Got [*,*] if false; expected [*] as if true. Return every part of it."
    `);
  });
});

describe('whileLoop', () => {
  it('steps as long as the condition holds, outside a trace and compiled', async () => {
    const limit = tensor(50);
    const f = (x: Tensor): { x: Tensor; count: Tensor } =>
      whileLoop(
        (carry) => less(carry.x, limit),
        (carry) => ({ x: mul(carry.x, 3), count: add(carry.count, 1) }),
        { x, count: tensor(0, { dtype: 'int32' }) },
      );
    for (const run of [f, jit(f)]) {
      const { x, count } = await run(tensor(2));
      expect([await item(x), await item(count)]).toEqual([54, 3]);
      const none = await run(tensor(60));
      expect([await item(none.x), await item(none.count)]).toEqual([60, 0]);
    }
  });

  it('finds a root by Newton', async () => {
    const target = tensor([2, 9]);
    const root = whileLoop(
      (x: Tensor) => all(greater(sum(square(sub(square(x), target))), 1e-10)),
      (x: Tensor) => sub(x, div(sub(square(x), target), mul(2, x))),
      tensor([1, 1]),
    );
    expect(allClose(await read(root), [Math.SQRT2, 3], 1e-5)).toBe(true);
  });

  it('has no gradient, and says so; a part without one may be in it', async () => {
    const f = (x: Tensor): Tensor =>
      whileLoop(
        (y: Tensor) => less(y, 10),
        (y: Tensor) => mul(y, 2),
        x,
      );
    expect(thrown(() => grad(f)(tensor(1)))).toMatchInlineSnapshot(
      `"GraphError: whileLoop: no gradient. Got a gradient through a loop whose number of steps is known only when it runs; expected none. Use scan or forLoop, or stopGradient."`,
    );
    expect(await item(grad((x: Tensor) => mul(x, f(stopGradient(x))))(tensor(3)))).toBe(12);
    expect(
      thrown(() =>
        whileLoop(
          () => true,
          () => null,
          null,
        ),
      ),
    ).toContain('nothing changes from step to step');
    expect(
      thrown(() =>
        whileLoop(
          (x: Tensor) => x,
          (x: Tensor) => x,
          tensor(1),
        ),
      ),
    ).toContain('the condition is not a boolean');
  });
});

describe('forLoop', () => {
  it('is the loop over a range, with its gradient', async () => {
    const power = (x: Tensor): Tensor => forLoop(0, 3, (_, y: Tensor) => mul(y, x), double(1));
    expect([
      await item(power(double(2))),
      await item(grad(power)(double(2))),
      await item(grad(grad(power))(double(2))),
    ]).toEqual([8, 12, 12]);
    const indices = forLoop(2, 5, (index, total: Tensor) => add(mul(total, 10), index), tensor(0, { dtype: 'int32' }));
    expect(await item(indices)).toBe(234);
    expect(await item(forLoop(3, 3, (_, y: Tensor) => neg(y), tensor(7)))).toBe(7);
    const a = double([1, 2]);
    const twice = (m: Tensor): Tensor => sum(forLoop(0, 2, (_, y: Tensor) => mul(y, matmul(m, a)), a));
    // Σa · (m·a)², so 2 Σa (m·a) a.
    expect(await read(grad(twice)(a))).toEqual([30, 60]);
  });
});
