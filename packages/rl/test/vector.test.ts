import { describe, expect, test } from 'vitest';
import {
  Box,
  CartPole,
  Dict,
  Discrete,
  make,
  makeVec,
  makeWorkerVec,
  SyncVectorEnv,
  Tuple,
  unwrap,
  WorkerVectorEnv,
} from '../src/index.ts';
import type { AutoresetMode, Env, VectorEnv } from '../src/index.ts';
import { gymnasium } from './gymnasium.ts';

/** Node 20 reads TypeScript in workers through tsx. */
const execArgv = [
  '--conditions=@gai/source',
  '--import',
  new URL('./fixtures/typescript-worker.mjs', import.meta.url).href,
];

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

describe('what a vector env hands out is a copy, whatever the env reuses', () => {
  /** Episodes of two steps that write everything into the same buffers. */
  function reusing(): Env<{ place: number[]; pair: (Float32Array | number)[] }, number> {
    const place = [0, 0];
    const pair = [Float32Array.of(0), 0];
    const info = { deep: { list: [0], typed: Int8Array.of(0) } };
    const observation = { place, pair };
    let t = 0;
    const write = (value: number) => {
      place.fill(value);
      (pair[0] as Float32Array)[0] = value;
      pair[1] = value;
      info.deep.list[0] = value;
      info.deep.typed[0] = value;
    };
    return {
      observationSpace: new Dict({
        place: new Box({ low: -9, high: 9, shape: [2] }),
        pair: new Tuple([new Box({ low: -9, high: 9 }), new Discrete(10)]),
      }) as never,
      actionSpace: new Discrete(2),
      reset: () => {
        t = 0;
        write(0);
        return { observation, info };
      },
      step: () => {
        write(++t);
        return { observation, reward: t, terminated: t === 2, truncated: false, info };
      },
    };
  }

  test('same-step autoreset: the final observation and info', () => {
    const envs = new SyncVectorEnv([reusing, reusing], { autoresetMode: 'same-step' });
    envs.reset();
    const first = envs.step([0, 0]);
    const second = envs.step([0, 0]);
    expect([...second.terminations]).toEqual([1, 1]);
    envs.step([0, 0]);
    envs.step([0, 0]);
    for (const info of second.infos) {
      expect(info['finalObservation']).toEqual({ place: [2, 2], pair: [Float32Array.of(2), 2] });
      expect(info['finalInfo']).toEqual({ deep: { list: [2], typed: Int8Array.of(2) } });
      expect(info['deep']).toEqual({ list: [0], typed: Int8Array.of(0) });
    }
    expect(first.infos[0]).toEqual({ deep: { list: [1], typed: Int8Array.of(1) } });
    expect([...(first.observations.place as unknown as Float32Array)]).toEqual([1, 1, 1, 1]);
  });

  test.each(['plain array', 'tuple'] as const)('a final observation that is a %s', (kind) => {
    const buffer = [0, 0];
    let t = 0;
    const env: Env<unknown, number> = {
      observationSpace:
        kind === 'tuple'
          ? (new Tuple([new Discrete(9), new Discrete(9)]) as never)
          : (new Box({ low: 0, high: 9, shape: [2] }) as never),
      actionSpace: new Discrete(2),
      reset: () => ({ observation: buffer.fill((t = 0)), info: {} }),
      step: () => ({ observation: buffer.fill(++t), reward: 0, terminated: t === 3, truncated: false, info: {} }),
    };
    const envs = new SyncVectorEnv([() => env], { autoresetMode: 'same-step' });
    envs.reset();
    const results = [0, 0, 0].map(() => envs.step([0]));
    expect(results[2]!.infos[0]!['finalObservation']).toEqual([3, 3]);
  });

  test('steps in which nobody has anything to say share one list of infos', () => {
    const envs = makeVec('CartPole-v1', { numEnvs: 2 });
    envs.reset({ seed: 0 });
    const { infos } = envs.step([0, 1]);
    expect(infos).toEqual([{}, {}]);
    expect(envs.step([0, 1]).infos).toBe(infos);
    expect(Object.isFrozen(infos)).toBe(true);
  });
});

test('disabled: nobody is stepped if one has to be reset', () => {
  const envs = new SyncVectorEnv([() => make('CartPole-v1'), () => make('CartPole-v1', { maxEpisodeSteps: 1 })], {
    autoresetMode: 'disabled',
  });
  envs.reset({ seed: 0 });
  envs.step([0, 0]);
  const { state } = unwrap(envs.envs[0]!) as CartPole;
  expect(() => envs.step([0, 0])).toThrow('env 1 has finished');
  expect((unwrap(envs.envs[0]!) as CartPole).state).toEqual(state);
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
