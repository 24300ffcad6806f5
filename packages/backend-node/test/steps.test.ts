import {
  Variable,
  add,
  data,
  debugPrint,
  jit,
  matmul,
  mul,
  runSteps,
  setDefaultBackend,
  sum,
  tanh,
  tensor,
  toArray,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countingBackend } from './counting.ts';
import type { CountingBackend } from './counting.ts';

let backend: CountingBackend;
beforeAll(async () => {
  backend = await countingBackend();
  setDefaultBackend(backend);
});
afterAll(() => backend.dispose());

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
});
