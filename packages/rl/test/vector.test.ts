import { describe, expect, test } from 'vitest';
import { CartPole, make, makeVec, makeWorkerVec, SyncVectorEnv, WorkerVectorEnv } from '../src/index.ts';
import type { AutoresetMode, VectorEnv } from '../src/index.ts';
import { gymnasium } from './gymnasium.ts';

/** Node 20 reads TypeScript in workers through tsx. */
const execArgv = ['--import', new URL('./fixtures/typescript-worker.mjs', import.meta.url).href];

describe('SyncVectorEnv equals Gymnasium', () => {
  test.each(gymnasium.vectors)('$mode', ({ mode, steps }) => {
    const envs = makeVec('CartPole-v1', { numEnvs: 3, autoresetMode: mode });
    expect([...envs.reset({ seed: 4 }).observations]).toEqual(steps[0]!.observations);
    for (const step of steps.slice(1)) {
      const result = envs.step(step.actions!);
      expect([...result.observations]).toEqual(step.observations);
      expect([...result.rewards]).toEqual(step.rewards);
      expect([...result.terminations]).toEqual(step.terminations);
      step.final?.forEach((final, index) => {
        const ours = result.infos[index]!['finalObservation'] as Float32Array | undefined;
        expect(ours === undefined ? null : [...ours]).toEqual(final);
      });
    }
  });
});

async function trace(envs: VectorEnv<unknown, number>, id: string): Promise<unknown[]> {
  const record: unknown[] = [(await envs.reset({ seed: 10 })).observations];
  for (let step = 0; step < 60; step++) {
    const actions = Int32Array.from(
      { length: envs.numEnvs },
      (_, index) => (step * (index + 1)) % (id === 'Taxi-v3' ? 6 : 2),
    );
    record.push(await envs.step(actions));
  }
  await envs.close();
  return record;
}

describe('workers give the trajectories of the synchronous kind', { timeout: 30_000 }, () => {
  const cases: [string, AutoresetMode][] = [
    ['CartPole-v1', 'next-step'],
    ['CartPole-v1', 'same-step'],
    ['Taxi-v3', 'next-step'],
    ['Blackjack-v1', 'same-step'],
  ];
  test.each(cases)('%s, %s', async (id, autoresetMode) => {
    const options = { numEnvs: 5, autoresetMode };
    const sync = await trace(makeVec(id, options) as VectorEnv<unknown, number>, id);
    const workers = makeWorkerVec(id, { ...options, numWorkers: 2, execArgv }) as VectorEnv<unknown, number>;
    expect(await trace(workers, id)).toEqual(sync);
  });

  test('an env from a module of one’s own', async () => {
    const module = new URL('./fixtures/own-env.ts', import.meta.url).href;
    const envs = new WorkerVectorEnv(new CartPole(), { module, exportName: 'shortCartPole' }, { numEnvs: 2, execArgv });
    await envs.reset({ seed: 0 });
    expect([...(await envs.step([0, 1])).truncations]).toEqual([0, 0]);
    expect([...(await envs.step([0, 1])).truncations]).toEqual([1, 1]);
    await envs.close();
    await expect(envs.step([0, 1])).rejects.toThrow('it is closed');
  });

  test('a failure in a worker reaches the caller, and the worker lives on', async () => {
    const envs = makeWorkerVec('CartPole-v1', { numEnvs: 2, numWorkers: 1, execArgv });
    await envs.reset({ seed: 0 });
    await expect(envs.step([0, 7])).rejects.toThrow('CartPole.step: not an action. Got 7');
    await envs.reset({ seed: 0 });
    expect([...(await envs.step([0, 1])).rewards]).toEqual([1, 1]);
    await envs.close();
    await envs.close();
  });
});

describe('autoreset', () => {
  const falling = (): SyncVectorEnv<Float32Array, number> =>
    new SyncVectorEnv([() => new CartPole(), () => make('CartPole-v1')], { autoresetMode: 'disabled' });

  test('disabled: a finished env must be reset by mask, the others keep their state', () => {
    const envs = falling();
    envs.reset({ seed: 0 });
    let step = 0;
    for (let done = false; !done; step++) done = envs.step([1, step % 2]).terminations[0] === 1;
    expect(() => envs.step([1, 0])).toThrow('env 0 has finished');
    const before = envs.step.bind(envs);
    const { observations } = envs.reset({ seed: [3, undefined], mask: [true, false] });
    expect(Array.from(observations.slice(0, 4))).toEqual([...new CartPole().reset({ seed: 3 }).observation]);
    expect(before([1, 0]).rewards).toEqual(new Float64Array([1, 1]));
  });

  test.each([
    ['seeds', () => falling().reset({ seed: [1] }), 'Got 1; expected 2'],
    ['mask', () => falling().reset({ mask: [false, false] }), 'at least one true'],
    ['actions', () => falling().step([0]), 'expected 2 elements of Discrete(2)'],
    ['no envs', () => makeVec('CartPole-v1', { numEnvs: 0 }), 'numEnvs 0'],
  ] as const)('bad %s', (_name, call, text) => {
    expect(call).toThrow(text);
  });
});

test('continuous actions come as one typed array or a list', () => {
  const a = makeVec('Pendulum-v1', { numEnvs: 2 });
  const b = makeVec('Pendulum-v1', { numEnvs: 2 });
  a.reset({ seed: 1 });
  b.reset({ seed: 1 });
  const list = [new Float32Array([0.5]), new Float32Array([-1])];
  expect(a.step(new Float32Array([0.5, -1]))).toEqual(b.step(list));
});

test('tuples batch part by part', () => {
  const envs = makeVec('Blackjack-v1', { numEnvs: 3 });
  const { observations } = envs.reset({ seed: 0 });
  expect(observations.map((part) => part.length)).toEqual([3, 3, 3]);
});
