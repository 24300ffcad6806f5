import { Variable, add, jit, mul, setDefaultBackend, tensor, toArray } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { Session } from '@gai/core/backend';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { webBackend } from '../src/index.ts';
import type { WebBackend } from '../src/index.ts';

let backend: WebBackend;
/** How many inputs each run was given. */
const given: number[] = [];
beforeAll(async () => {
  backend = await webBackend({ device: 'wasm', threads: 1 });
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
afterAll(() => backend.dispose());

it('small weights go in together on WebAssembly, and follow their variables', async () => {
  const weights = [1, 2, 3, 4, 5].map((value) => new Variable(tensor([value, 10 * value])));
  const run = jit((x: Tensor) => weights.reduce<Tensor>((sum, w) => add(mul(sum, 2), w), x));
  const expected = (): number[] =>
    [0, 1].map((at) => values.reduce((sum, value) => 2 * sum + value * (at === 0 ? 1 : 10), 1));
  const values = [1, 2, 3, 4, 5];
  expect(await toArray(await run(tensor(1)))).toEqual(expected());
  weights[2]!.assign(tensor([7, 70]));
  values[2] = 7;
  expect(await toArray(await run(tensor(1)))).toEqual(expected());
  expect(given).toEqual([2, 2]);
});
