import { Variable, add, jit, matmul, mul, setDefaultBackend, tensor, toArray } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { Session } from '@gai/core/backend';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { countingBackend } from './counting.ts';
import type { CountingBackend } from './counting.ts';

let backend: CountingBackend;
/** How many inputs each run was given. */
let given: number[] = [];
beforeAll(async () => {
  backend = await countingBackend();
  const load = backend.load.bind(backend);
  backend.load = async (...args): Promise<Session> => {
    const session = await load(...args);
    const run = session.run.bind(session);
    session.run = (inputs, options) => {
      given.push(inputs.length);
      return run(inputs, options);
    };
    return session;
  };
  setDefaultBackend(backend);
});
beforeEach(() => {
  given = [];
});
afterAll(() => backend.dispose());

it('small weights go in together, whatever their shapes, and follow their variables', async () => {
  const scalar = new Variable(tensor(2), 'scalar');
  const bias = new Variable(tensor([1, 10]), 'bias');
  const w = new Variable(tensor([[1, 2], [3, 4]]), 'w'); // oxfmt-ignore
  const host = tensor([[[5, 6]]]);
  const large = new Variable(tensor(new Float32Array(4096).fill(1), { shape: [2, 2048] }), 'large');
  const f = jit((x: Tensor) => ({ small: add(add(mul(matmul(x, w), scalar), bias), host), large: matmul(x, large) }));
  const x = tensor([[1, 1]]);
  const small = async (): Promise<unknown> => toArray((await f(x)).small);
  expect(await small()).toEqual([[[14, 28]]]);
  expect(given).toEqual([3]); // x, the large weight, and the small ones together
  const uploads = backend.uploads;
  await f(x);
  expect(backend.uploads).toBe(uploads);
  bias.assign(tensor([0, 0]));
  expect(await small()).toEqual([[[13, 18]]]);
});

it('so do those that a program replaces', async () => {
  const state = Array.from({ length: 6 }, (_, index) => new Variable(tensor([index, index]), `s${index}`));
  const step = jit(() => state.forEach((s) => s.assign(add(s, 1))));
  for (let round = 0; round < 3; round++) await step();
  expect(await Promise.all(state.map((s) => toArray(s)))).toEqual([3, 4, 5, 6, 7, 8].map((value) => [value, value]));
  expect(given.slice(0, 3)).toEqual([1, 1, 1]);
});
