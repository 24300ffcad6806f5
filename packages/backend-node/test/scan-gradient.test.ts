import {
  Variable,
  add,
  backward,
  concat,
  cond,
  cumsum,
  customVjp,
  dispose,
  exp,
  grad,
  jit,
  jvp,
  matmul,
  greater,
  mul,
  onesLike,
  scan,
  setDefaultBackend,
  sin,
  softmax,
  split,
  square,
  stopGradient,
  sub,
  sum,
  tanh,
  tensor,
  toArray,
  topK,
  vjp,
  where,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { allClose } from '@gai/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';
import type { NodeBackend } from '../src/index.ts';
import { unrolled } from './unrolled.ts';

let backend: NodeBackend;
beforeAll(async () => {
  backend = await nodeBackend({ device: 'cpu', threads: 1 });
  setDefaultBackend(backend);
});
afterAll(() => backend.dispose());

type Loop = typeof scan;

/** Numbers that look random, in float64. */
const numbers = (seed: number, ...shape: number[]): Tensor => {
  const count = shape.reduce((a, b) => a * b, 1);
  return tensor(
    Float64Array.from({ length: count }, (_, index) => Math.sin((index + 1) * 12.9898 + seed * 78.233)),
    { shape },
  );
};
const read = async (x: Tensor): Promise<number[]> => ([await toArray(x)] as unknown[]).flat(8) as number[];

/** A scalar function of three tensors by way of a loop, for `scan` and its reference alike. */
type Program = (loop: Loop, w: Tensor, h: Tensor, xs: Tensor) => Tensor;

const programs: Record<string, Program> = {
  'a recurrent network': (loop, w, h, xs) => {
    const [last, ys] = loop(
      (carry: Tensor, x: Tensor) => {
        const next = tanh(add(matmul(carry, w), x));
        return [next, square(next)] as const;
      },
      h,
      xs,
    );
    return add(sum(sin(last)), sum(ys));
  },
  'backwards, with two carries of which one is not read': (loop, w, h, xs) => {
    const [{ a }] = loop(
      ({ a, b }: { a: Tensor; b: Tensor }, x: Tensor) =>
        [{ a: sin(add(mul(a, x), b)), b: tanh(mul(b, matmul(x, w))) }, null] as const,
      { a: h, b: mul(h, 2) },
      xs,
      { reverse: true },
    );
    return sum(a);
  },
  'only results': (loop, w, _, xs) =>
    sum(square(loop((__: null, x: Tensor) => [null, exp(matmul(x, w))] as const, null, xs)[1])),
  'results that are not all used, and integers among the carries': (loop, w, h, xs) => {
    const [, { good, top }] = loop(
      ([carry, count]: [Tensor, Tensor], x: Tensor) => {
        const ranked = topK(add(matmul(carry, w), x), 1);
        const next = where(greater(carry, 0), tanh(add(carry, x)), carry);
        return [
          [next, add(count, 1)] as [Tensor, Tensor],
          { good: mul(next, ranked.values), bad: carry, top: ranked.indices },
        ] as const;
      },
      [h, tensor(0, { dtype: 'int32' })] as [Tensor, Tensor],
      xs,
    );
    return add(sum(good), mul(0, sum(top)));
  },
  'parts that do not change from step to step': (loop, w, h, xs) => {
    const [last] = loop(
      (carry: Tensor, x: Tensor) => [add(carry, mul(matmul(x, softmax(w)), exp(h))), null] as const,
      h,
      xs,
    );
    return sum(square(last));
  },
  'no gradient through a part': (loop, w, h, xs) => {
    const [last] = loop(
      (carry: Tensor, x: Tensor) => [add(matmul(stopGradient(carry), w), mul(carry, x)), null] as const,
      h,
      xs,
    );
    return sum(square(last));
  },
  'a carry that becomes active later': (loop, w, h, xs) => {
    const zero = tensor([[0, 0]], { dtype: 'float64' });
    const [, ys] = loop(
      ({ a, b, c }: { a: Tensor; b: Tensor; c: Tensor }, x: Tensor) =>
        [{ a: b, b: c, c: tanh(matmul(add(a, x), w)) }, a] as const,
      { a: zero, b: zero, c: h },
      xs,
    );
    return sum(square(ys));
  },
  'loops in loops': (loop, w, h, xs) => {
    const [last, ys] = loop(
      (carry: Tensor, x: Tensor) => {
        const [inner] = loop(
          (c: Tensor, row: Tensor) => [tanh(add(matmul(c, w), mul(row, x))), null] as const,
          carry,
          xs,
        );
        return [inner, cumsum(inner, { axis: 1 })] as const;
      },
      h,
      xs,
    );
    return add(sum(last), sum(square(ys)));
  },
  'a rule of its own that uses values from outside': (loop, w, h, xs) => {
    const outside = exp(w);
    const scaled = customVjp(
      (x: Tensor) => mul(x, 2),
      (dy) => [matmul(dy, mul(outside, offset))],
    );
    const [last, ys] = loop((carry: Tensor, x: Tensor) => [tanh(add(scaled(carry), x)), scaled(x)] as const, h, xs);
    const chosen = cond(
      true,
      (a: Tensor) => scaled(a),
      (a: Tensor) => a,
      last,
    );
    return add(sum(sin(chosen)), sum(square(ys)));
  },
  'gates by split and concat': (loop, w, h, xs) => {
    const [last] = loop(
      (carry: Tensor, x: Tensor) => {
        const [i, f] = split(concat([matmul(carry, w), x], { axis: 1 }), 2, { axis: 1 });
        return [add(mul(tanh(i!), f!), sub(carry, x)), null] as const;
      },
      h,
      xs,
    );
    return sum(sin(last));
  },
};

const offset = new Variable(numbers(5, 2, 2), 'offset');
const at = (): [Tensor, Tensor, Tensor] => [numbers(1, 2, 2), numbers(2, 1, 2), numbers(3, 4, 1, 2)];
const all = { argument: [0, 1, 2] } as const;
const reference = unrolled as Loop;

describe.each(Object.entries(programs))('the gradient of scan: %s', (_, program) => {
  const slopes = (loop: Loop, ...args: [Tensor, Tensor, Tensor]): Tensor[] =>
    grad((w: Tensor, h: Tensor, xs: Tensor) => program(loop, w, h, xs), all)(...args);
  const seconds = (loop: Loop, ...args: [Tensor, Tensor, Tensor]): Tensor[] =>
    grad(
      (w: Tensor, h: Tensor, xs: Tensor) =>
        slopes(loop, w, h, xs)
          .map((one) => sum(sin(add(one, 1))))
          .reduce((a, b) => add(a, b)),
      all,
    )(...args);

  it.each([
    ['first', slopes],
    ['second', seconds],
  ])('%s derivatives, outside a trace and compiled', async (__, derive) => {
    const expected = derive(reference, ...at());
    const eager = derive(scan, ...at());
    const compiled = await jit((...args: [Tensor, Tensor, Tensor]) => derive(scan, ...args))(...at());
    for (const [index, wanted] of expected.entries()) {
      const numbersWanted = await read(wanted);
      expect(allClose(await read(eager[index]!), numbersWanted, 1e-10), `argument ${index}`).toBe(true);
      expect(allClose(await read(compiled[index]!), numbersWanted, 1e-10), `argument ${index}, compiled`).toBe(true);
    }
  });
});

describe('the gradient of scan', () => {
  const network = programs['a recurrent network']!;

  it('can be taken after the value was read, and more than once', async () => {
    const { value, pullback } = vjp((w: Tensor) => network(scan, w, at()[1], at()[2]), at()[0]);
    const [expected] = vjp((w: Tensor) => network(reference, w, at()[1], at()[2]), at()[0]).pullback(onesLike(value));
    await read(value);
    for (let time = 0; time < 2; time++) {
      const [slope] = pullback(onesLike(value));
      expect(allClose(await read(slope), await read(expected), 1e-12)).toBe(true);
    }
  });

  it('can be begun before the value is read, and read after it', async () => {
    const { value, pullback } = vjp((w: Tensor) => network(scan, w, at()[1], at()[2]), at()[0]);
    const reading = read(value);
    const [slope] = pullback(onesLike(value));
    const [expected] = vjp((w: Tensor) => network(reference, w, at()[1], at()[2]), at()[0]).pullback(onesLike(value));
    expect(allClose(await read(slope), await read(expected), 1e-12)).toBe(true);
    expect(allClose(await reading, await read(network(reference, ...at())), 1e-12)).toBe(true);
    dispose(slope);
  });

  it('is that of forward mode too', async () => {
    const f = (loop: Loop) => (w: Tensor) => network(loop, w, at()[1], at()[2]);
    const [, change] = jvp(f(scan), [at()[0]], [numbers(9, 2, 2)]);
    const [, expected] = jvp(f(reference), [at()[0]], [numbers(9, 2, 2)]);
    expect(allClose(await read(change), await read(expected), 1e-12)).toBe(true);
  });

  it('reaches variables of a compiled step, by several losses', async () => {
    const w = new Variable(at()[0], 'w');
    const step = jit((h: Tensor, xs: Tensor) => {
      const losses = [network(scan, w, h, xs), mul(network(scan, w, h, xs), 2)];
      const slopes = losses.map((loss) => backward([loss], [onesLike(loss)], [w])[0]!);
      w.assign(sub(w, mul(slopes[0]!, 0.1)));
      return slopes;
    });
    const [one, two] = await step(at()[1], at()[2]);
    const expected = await read(grad((v: Tensor) => network(reference, v, at()[1], at()[2]))(at()[0]));
    expect(allClose(await read(one!), expected, 1e-12)).toBe(true);
    expect(
      allClose(
        await read(two!),
        expected.map((x) => 2 * x),
        1e-12,
      ),
    ).toBe(true);
    const before = await read(at()[0]);
    expect(
      allClose(
        await read(w),
        before.map((x, index) => x - 0.1 * expected[index]!),
        1e-12,
      ),
    ).toBe(true);
  });
});
