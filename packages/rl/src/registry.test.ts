import { GaiError } from '@gai/core/errors';
import { describe, expect, test } from 'vitest';
import {
  CartPole,
  checkEnv,
  Discrete,
  envIds,
  envSpec,
  make,
  maxEpisodeStepsOf,
  MDPTableEnv,
  register,
} from './index.ts';
import type { Env } from './index.ts';

test.each(envIds())('%s passes checkEnv', (id) => {
  checkEnv(make(id), { steps: 100 });
});

test('step limits and thresholds are Gymnasium’s', () => {
  const table = [
    'CartPole-v1',
    'Acrobot-v1',
    'MountainCar-v0',
    'MountainCarContinuous-v0',
    'Pendulum-v1',
    'FrozenLake-v1',
    'FrozenLake8x8-v1',
    'CliffWalking-v1',
    'Taxi-v3',
    'Blackjack-v1',
  ].map((id) => [maxEpisodeStepsOf(make(id)), envSpec(id).rewardThreshold]);
  expect(table).toEqual([
    [500, 475],
    [500, -100],
    [200, -110],
    [999, 90],
    [200, undefined],
    [100, 0.7],
    [200, 0.85],
    [undefined, undefined],
    [200, 8],
    [undefined, undefined],
  ]);
});

test('maxEpisodeSteps overrides the limit, null removes it', () => {
  expect(maxEpisodeStepsOf(make('CartPole-v1', { maxEpisodeSteps: 7 }))).toBe(7);
  expect(make('CartPole-v1', { maxEpisodeSteps: null })).toBeInstanceOf(CartPole);
});

test('settings reach the env', () => {
  const env = make('FrozenLake-v1', { slippery: false, map: ['SFG'] });
  env.reset({ seed: 0 });
  env.step(2);
  expect(env.step(2)).toMatchObject({ observation: 2, reward: 1, terminated: true });
});

test('register adds an env of one’s own', () => {
  register({ id: 'Mine-v0', create: () => new CartPole(), maxEpisodeSteps: 9 });
  expect(envIds()).toContain('Mine-v0');
  expect(maxEpisodeStepsOf(make('Mine-v0'))).toBe(9);
});

test('every state can be the start of an episode', () => {
  const env = make('Taxi-v3');
  expect(env.reset({ options: { state: 499 } }).observation).toBe(499);
  const { observation } = make('CartPole-v1').reset({ options: { state: [1, 2, 0.5, 4] } });
  expect([...observation]).toEqual([1, 2, 0.5, 4]);
});

describe('bad input', () => {
  test.each([
    ['unknown id', () => make('CartPol-v1'), /^make: unknown env\. Got id "CartPol-v1"; expected one of .*CartPole-v1/],
    [
      'unknown setting',
      () => make('FrozenLake-v1', { slipery: true }),
      'Got slipery; expected maxEpisodeSteps, map, slippery',
    ],
    ['bad limit', () => make('CartPole-v1', { maxEpisodeSteps: 0 }), 'maxEpisodeSteps 0'],
    ['taken id', () => register({ id: 'CartPole-v1', create: () => new CartPole() }), 'the id is taken'],
    ['bad action', () => start('CartPole-v1').step(2), 'Got 2; expected an integer from 0 to 1'],
    ['fractional action', () => start('MountainCar-v0').step(0.5), 'Got 0.5'],
    ['text action', () => start('Acrobot-v1').step('left'), 'Got "left"'],
    ['action of a table', () => start('FrozenLake-v1').step(4), 'expected an integer from 0 to 3'],
    ['action list', () => start('Pendulum-v1').step([1, 2]), 'expected an array of one number'],
    ['NaN torque', () => start('MountainCarContinuous-v0').step(NaN), 'Got NaN'],
    ['step first', () => make('CartPole-v1').step(0), 'no episode has begun'],
    ['table step first', () => make('Taxi-v3').step(0), 'no episode has begun'],
    ['short state', () => make('CartPole-v1').reset({ options: { state: [0, 0] } }), 'expected 4 finite numbers'],
    [
      'infinite state',
      () => make('Pendulum-v1').reset({ options: { state: [0, Infinity] } }),
      'expected 2 finite numbers',
    ],
    ['state out of range', () => make('FrozenLake-v1').reset({ options: { state: 16 } }), 'an integer from 0 to 15'],
    ['hand', () => make('Blackjack-v1').reset({ options: { state: [3, 1, 0] } }), 'is not a hand'],
    ['crossed bounds', () => make('CartPole-v1').reset({ options: { low: 1, high: 0 } }), 'Got low 1 and high 0'],
    ['text bound', () => make('Pendulum-v1').reset({ options: { x_init: 'a' } }), 'options.x_init is not a number'],
    ['negative seed', () => make('CartPole-v1').reset({ seed: -1 }), 'Got -1'],
    ['fractional seed', () => make('CartPole-v1').reset({ seed: 1.5 }), 'Got 1.5'],
  ] as const)('%s', (_name, call, message) => {
    expect(call).toThrow(message);
    expect(call).toThrow(GaiError);
  });
});

function start(id: string): Env {
  const env = make(id);
  env.reset({ seed: 0 });
  return env;
}

describe('checkEnv finds', () => {
  const base = (): Env => ({
    observationSpace: new Discrete(3),
    actionSpace: new Discrete(2),
    reset: () => ({ observation: 0, info: {} }),
    step: () => ({ observation: 1, reward: 0, terminated: false, truncated: false, info: {} }),
  });
  let calls = 0;
  const result = base().step(0);
  test.each([
    ['observations outside the space', { step: () => ({ ...result, observation: 3 }) }, 'outside observationSpace'],
    ['a reset without info', { reset: () => ({ observation: 0 }) as never }, 'reset gave no info'],
    ['a reward that is no number', { step: () => ({ ...result, reward: NaN }) }, 'the reward is not finite'],
    ['a flag that is no boolean', { step: () => ({ ...result, truncated: 0 as never }) }, 'truncated is not a boolean'],
    ['a missing space', { actionSpace: undefined as never }, 'actionSpace is missing'],
    ['unseeded chance', { step: () => ({ ...result, reward: calls++ }) }, 'two plays from seed 123 differ at step 1'],
    ['a frame of the wrong size', { render: () => ({ width: 2, height: 1, data: new Uint8Array(5) }) }, 'wrong size'],
    [
      'a missing reset',
      { reset: undefined as never },
      'checkEnv: reset is missing. Got undefined; expected a method reset(…).',
    ],
    ['a missing step', { step: 5 as never }, 'checkEnv: step is missing. Got 5; expected a method step(…).'],
    [
      'an asynchronous step',
      { step: () => Promise.resolve(result) as never },
      'checkEnv: step is asynchronous. Got a promise; expected { observation, reward, terminated, truncated, info } at once.',
    ],
    ['a step that waits and fails', { step: () => Promise.reject(new Error('late')) as never }, 'step is asynchronous'],
    [
      'an asynchronous reset',
      { reset: () => Promise.resolve({ observation: 0, info: {} }) as never },
      'reset is asynchronous',
    ],
    [
      'the old step of four values as a list',
      { step: () => [1, 0, false, {}] as never },
      'step has the four values of old Gym. Got a list [observation, reward, done, info]; expected { observation, reward',
    ],
    [
      'the old step of four values as an object',
      { step: () => ({ observation: 1, reward: 0, done: false, info: {} }) as never },
      'step has the four values of old Gym. Got an object with keys observation, reward, done, info;',
    ],
    [
      'an old reset',
      { reset: () => 0 as never },
      'reset returned no object of parts. Got 0; expected { observation, info }.',
    ],
    [
      'a step without a flag',
      { step: () => ({ observation: 1, reward: 0, terminated: false, info: {} }) as never },
      'step gave no truncated',
    ],
    [
      'a reward of another type',
      { step: () => ({ ...result, reward: '1' as never }) },
      'the reward is not a number. Got "1"',
    ],
    ['a list as info', { step: () => ({ ...result, info: [] as never }) }, 'step gave no info. Got []'],
    [
      'a space that is none',
      { observationSpace: { contains: () => true } as never },
      'observationSpace is no space. Got one without sample',
    ],
    ['a render that is no method', { render: 'ansi' as never }, 'render is no method'],
    ['a picture that is none', { render: () => 5 as never }, 'render gave no picture. Got 5'],
  ] as const)('%s', (_name, change, message) => {
    expect(() => checkEnv({ ...base(), ...change })).toThrow(message);
  });

  test('what is no env at all', () => {
    expect(() => checkEnv(CartPole as never)).toThrow('this is a class or a function');
    expect(() => checkEnv(undefined as never)).toThrow('this is no env. Got undefined');
  });

  test('nothing in a good env', () => {
    expect(checkEnv(base())).toBeUndefined();
  });
});

test('after termination CartPole gives reward 0, as Gymnasium does', () => {
  const env = new CartPole();
  env.reset({ options: { state: [2.39, 5, 0, 0] } });
  expect(env.step(1)).toMatchObject({ reward: 1, terminated: true });
  expect(env.step(1)).toMatchObject({ reward: 0, terminated: true });
});

test('the last two observations stay valid', () => {
  const env = make('CartPole-v1');
  const first = env.reset({ seed: 0 }).observation;
  const copy = [...first];
  const second = env.step(0).observation;
  expect([...first]).toEqual(copy);
  expect(second).not.toBe(first);
});

test('MDPTableEnv names the actions a state offers', () => {
  const env = make('gai/Gambler-v0');
  expect(env).toHaveProperty('env');
  const table = (env as unknown as { env: Env }).env;
  expect(table).toBeInstanceOf(MDPTableEnv);
  table.reset({ options: { state: 1 } });
  expect(() => table.step(50)).toThrow('Choose among availableActions(state) or reset.');
});

test('settings that an env does not have are refused, those that were not made are not', () => {
  expect(() => make('FrozenLake-v1', { slipery: false })).toThrow('FrozenLake-v1 has no such setting. Got slipery');
  expect(() => make('CartPole-v1', { slippery: undefined })).not.toThrow();
  expect(() => new CartPole({ suttonBartoRewards: true } as never)).toThrow("Did you mean 'suttonBartoReward'?");
});
