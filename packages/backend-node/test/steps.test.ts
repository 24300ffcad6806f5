import {
  Variable,
  add,
  data,
  debugPrint,
  jit,
  matmul,
  mul,
  runSteps,
  scanSteps,
  sum,
  tanh,
  tensor,
  toArray,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { describe, expect, it } from 'vitest';
import { useCountingBackend } from './counted.ts';

const backend = await useCountingBackend();

const values = (count: number, from = 0): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(i + from));

describe('several steps in one run', () => {
  it('gives bitwise what separate calls give, with one session for every number of steps', async () => {
    const make = () => ({
      w: new Variable(tensor(values(9), { shape: [3, 3] }), 'w'),
      n: new Variable(tensor(0), 'n'),
    });
    const [one, many] = [make(), make()];
    const scale = tensor([0.5, 1, 2]);
    const stepOf =
      ({ w, n }: ReturnType<typeof make>) =>
      (x: Tensor, rate: Tensor) => {
        const y = tanh(matmul(x, w));
        w.assign(add(w, mul(rate, matmul(x, y, { transposeA: true }))));
        n.assign(add(n, 1));
        return { total: sum(mul(y, scale)), seen: n.value };
      };
    const single = jit(stepOf(one), { dynamicAxes: [['batch'], null] });
    const several = jit((x: Tensor, rate: Tensor) => runSteps(stepOf(many), [x, rate]), {
      dynamicAxes: [['steps', 'batch'], ['steps']],
    });
    let done = 0;
    const loads = backend.loads;
    for (const [steps, batch] of [
      [4, 2],
      [1, 2],
      [3, 5],
    ] as const) {
      const xs = values(steps * batch * 3, done);
      const rates = values(steps, 7);
      const expected = { total: [] as unknown[], seen: [] as unknown[] };
      for (let index = 0; index < steps; index++) {
        const x = tensor(xs.slice(index * batch * 3, (index + 1) * batch * 3), { shape: [batch, 3] });
        const result = await single(x, tensor(rates[index]!));
        expected.total.push(await toArray(result.total));
        expected.seen.push(await toArray(result.seen));
      }
      const got = await several(tensor(xs, { shape: [steps, batch, 3] }), tensor(rates));
      done += steps;
      expect(await toArray(got.total)).toEqual(expected.total);
      expect(await toArray(got.seen)).toEqual(expected.seen);
      expect(await data(many.w)).toEqual(await data(one.w));
      expect(await toArray(many.n)).toBe(done);
    }
    expect(backend.loads - loads).toBe(2);
  });

  it('says what is wrong with its arguments', async () => {
    const step = (x: Tensor, y: Tensor): Tensor => add(x, y);
    await expect(
      jit((x: Tensor, y: Tensor) => runSteps(step, [x, y]))(tensor([1, 2]), tensor([1])),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: runSteps: the arguments have no common number of steps. Got [2], [1]; expected tensors with one leading axis of equal size. Stack the values of the steps along a new first axis.]`,
    );
    await expect(
      jit((x: Tensor) => runSteps((a) => debugPrint(a, 'a'), [x]))(tensor([1])),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[GraphError: runSteps: 'function' has effects. Got debugPrint or checkFinite inside the steps; expected none, since they happen after the whole run. Run the steps one by one, or take them out.]`,
    );
    expect(() => runSteps(step, [tensor([1]), tensor([1])])).toThrowErrorMatchingInlineSnapshot(
      `[GraphError: runSteps: called outside a traced function. Got a plain call; expected one inside jit. Wrap it: jit((xs) => runSteps(step, [xs])).]`,
    );
  });

  it('hands a carry on, and goes on with what steps before it assigned', async () => {
    const seen = new Variable(tensor(0), 'seen');
    const unseen = new Variable(tensor(5), 'unseen');
    const step = (carry: { total: Tensor }, x: Tensor): [{ total: Tensor }, Tensor] => {
      seen.assign(add(seen, 1));
      return [{ total: add(carry.total, mul(x, unseen)) }, mul(x, seen)];
    };
    const both = jit((xs: Tensor, rest: Tensor) => {
      unseen.assign(mul(unseen, 2));
      const [first, ys] = scanSteps(step, { total: tensor(0) }, [xs]);
      const [{ total }, more] = scanSteps(step, first, [rest]);
      return { total, ys, more };
    });
    for (const [before, factor] of [
      [0, 10],
      [5, 20],
    ] as const) {
      const { total, ys, more } = await both(tensor([1, 2, 3]), tensor([4, 5]));
      expect(await toArray(total)).toBe(15 * factor);
      const counted = [1, 2, 3, 4, 5].map((x) => x * (before + x));
      expect([await toArray(ys), await toArray(more)]).toEqual([counted.slice(0, 3), counted.slice(3)]);
      expect(await toArray(seen)).toBe(before + 5);
      expect(await toArray(unseen)).toBe(factor);
    }
    const grows = (carry: Tensor, x: Tensor): [Tensor, null] => [mul(carry, tensor([1, x.shape.length])), null];
    await expect(jit((xs: Tensor) => scanSteps(grows, tensor(0), [xs]))(tensor([1]))).rejects.toThrow(
      'scanSteps: the carry changes its type. Got * of float32[2] after a step; expected * of float32[]',
    );
  });
});
