import { describe, expect, test } from 'vitest';
import {
  Box,
  CartPole,
  checkEnv,
  ClipAction,
  FlattenObservation,
  FrameStack,
  make,
  type MDPTableEnv,
  maxEpisodeStepsOf,
  MountainCar,
  NormalizeObservation,
  NormalizeReward,
  Pendulum,
  RecordEpisodeStatistics,
  RescaleAction,
  StickyAction,
  TimeAware,
  TimeLimit,
  TransformObservation,
  TransformReward,
  unwrap,
} from '../index.ts';
import type { Env, ResetOptions } from '../index.ts';

/** An env that says which action it was given. */
class Echo implements Env<number, number> {
  readonly observationSpace = make('CliffWalking-v1').observationSpace;
  readonly actionSpace = make('CliffWalking-v1').actionSpace;
  reset(_options?: ResetOptions) {
    return { observation: 0, info: {} };
  }
  step(action: number) {
    return { observation: action, reward: action, terminated: false, truncated: false, info: {} };
  }
}

test('TimeLimit truncates at the limit, counts from each reset and leaves the inner result alone', () => {
  const inner = new MountainCar();
  const env = new TimeLimit(inner, 3);
  for (let episode = 0; episode < 2; episode++) {
    env.reset({ seed: 1 });
    expect([env.step(0), env.step(0)].some((result) => result.truncated)).toBe(false);
    expect(env.step(0).truncated).toBe(true);
  }
  inner.reset({ seed: 1 });
  expect(inner.step(0).truncated).toBe(false);
  expect(maxEpisodeStepsOf(new TransformReward(env, (r) => r))).toBe(3);
  expect(maxEpisodeStepsOf(inner)).toBeUndefined();
});

test('RecordEpisodeStatistics reports return and length of finished episodes only', () => {
  const env = new RecordEpisodeStatistics(new TimeLimit(new CartPole(), 5), { bufferLength: 2 });
  for (let episode = 0; episode < 3; episode++) {
    env.reset({ seed: episode });
    for (let step = 1; step <= 5; step++) {
      const { info } = env.step(step % 2);
      expect('episode' in info).toBe(step === 5);
    }
  }
  expect(env.returns).toEqual([5, 5]);
  expect(env.lengths).toEqual([5, 5]);
  expect(env.episodeCount).toBe(3);
});

test('NormalizeObservation brings the mean to 0 and the variance to 1', () => {
  const env = new NormalizeObservation(new Pendulum());
  env.reset({ seed: 3 });
  for (let step = 0; step < 2000; step++) env.step(new Float32Array([Math.sin(step)]));
  env.updateRunningMean = false;
  const count = env.statistics.count;
  let sum = 0;
  let squares = 0;
  for (let step = 0; step < 2000; step++) {
    const value = env.step(new Float32Array([Math.sin(step)])).observation[2]!;
    sum += value;
    squares += value * value;
  }
  expect(env.statistics.count).toBe(count);
  expect(Math.abs(sum / 2000)).toBeLessThan(0.2);
  expect(squares / 2000).toBeGreaterThan(0.5);
  expect(squares / 2000).toBeLessThan(2);
});

test('FlattenObservation and TransformObservation change space and values', () => {
  const flat = new FlattenObservation(make('Blackjack-v1'));
  const { observation } = flat.reset({ seed: 0 });
  expect(observation.length).toBe(45);
  expect(observation.reduce((a, b) => a + b)).toBe(3);
  const doubled = new TransformObservation(
    new MountainCar(),
    (state) => state.map((value) => 2 * value),
    new Box({ low: [-2.4, -0.14], high: [1.2, 0.14] }),
  );
  const start = doubled.reset({ options: { state: [-0.5, 0] } }).observation;
  expect([...start]).toEqual([-1, 0]);
});

test('FrameStack pads with the first observation or zeros and keeps the newest last', () => {
  const padded = new FrameStack(new MountainCar(), { stackSize: 2 });
  expect([...padded.reset({ options: { state: [-0.5, 0] } }).observation]).toEqual([-0.5, 0, -0.5, 0]);
  const next = [...padded.step(1).observation];
  expect(next.slice(0, 2)).toEqual([-0.5, 0]);
  expect(next[2]).not.toBe(-0.5);
  const zeros = new FrameStack(new MountainCar(), { stackSize: 2, padding: 'zero' });
  expect([...zeros.reset({ options: { state: [-0.5, 0] } }).observation]).toEqual([0, 0, -0.5, 0]);
});

test('TimeAware appends the step, or its share of the limit', () => {
  const env = new TimeAware(new TimeLimit(new MountainCar(), 4), { normalizeTime: true });
  const times = [env.reset({ seed: 0 }).observation[2], env.step(0).observation[2], env.step(0).observation[2]];
  expect(times).toEqual([0, 0.25, 0.5]);
});

test('StickyAction repeats about as often as asked, and never with probability 0', () => {
  const play = (repeatProbability: number): number => {
    const env = new StickyAction(new Echo(), { repeatProbability });
    env.reset({ seed: 5 });
    let repeated = 0;
    for (let step = 0; step < 4000; step++) repeated += env.step(step % 40).observation === step % 40 ? 0 : 1;
    return repeated / 4000;
  };
  expect(play(0)).toBe(0);
  expect(play(0.25)).toBeGreaterThan(0.22);
  expect(play(0.25)).toBeLessThan(0.28);
  const long = new StickyAction(new Echo(), { repeatProbability: 0.999999, repeatDuration: [2, 2] });
  long.reset({ seed: 0 });
  expect([long.step(1), long.step(2), long.step(3)].map(({ observation }) => observation)).toEqual([1, 1, 1]);
});

describe('a wrapper draws from a stream of its own', () => {
  const ICE = {
    map: Array.from({ length: 20 }, (_, row) => (row === 0 ? 'S' : 'F') + 'F'.repeat(18) + (row === 19 ? 'G' : 'F')),
  };

  /** Whether each of 40,000 steps repeated, beside the outcome of the ice two steps before. */
  function repeats(): { share: number; given: number[] } {
    const counts = [0, 0, 0];
    const repeated = [0, 0, 0];
    const taken: number[] = [];
    const outcomes: number[] = [];
    const ice = make('FrozenLake-v1', { ...ICE, maxEpisodeSteps: null }) as Env<number, number>;
    const spy: Env<number, number> = {
      ...ice,
      observationSpace: ice.observationSpace,
      actionSpace: ice.actionSpace,
      reset: (options) => ice.reset(options),
      step: (action) => {
        const before = (ice as unknown as { state: number }).state;
        const result = ice.step(action);
        taken.push(action);
        outcomes.push(slipOf(before, result.observation, action));
        return result;
      },
    };
    const env = new StickyAction(spy, { repeatProbability: 0.25 });
    for (let seed = 0; seed < 400; seed++) {
      env.reset({ seed });
      taken.length = 0;
      outcomes.length = 0;
      for (let step = 0; step < 100; step++) {
        const wanted = (1 + (taken.at(-1) ?? 0)) % 4;
        const { terminated } = env.step(wanted);
        const slip = outcomes[step - 2];
        if (slip !== undefined && slip >= 0) {
          counts[slip]!++;
          if (taken[step] !== wanted) repeated[slip]!++;
        }
        if (terminated) break;
      }
    }
    const share = repeated.reduce((a, b) => a + b) / counts.reduce((a, b) => a + b);
    return { share, given: counts.map((count, slip) => repeated[slip]! / count) };
  }

  /** Which of the three directions the ice chose, −1 where a wall hides it. */
  function slipOf(before: number, after: number, action: number): number {
    const moved = [-1, 20, 1, -20].indexOf(after - before);
    return moved < 0 ? -1 : (moved - action + 5) % 4;
  }

  test('the draws of the ice say nothing about those of StickyAction', () => {
    const { share, given } = repeats();
    expect(share).toBeCloseTo(0.25, 1);
    for (const probability of given) expect(Math.abs(probability - 0.25)).toBeLessThan(0.02);
  });

  test('nor do those of another StickyAction', () => {
    const inner = new StickyAction(new Echo(), { repeatProbability: 0.5 });
    let passed = -1;
    const between: Env<number, number> & { env: object } = {
      env: inner,
      observationSpace: inner.observationSpace,
      actionSpace: inner.actionSpace,
      reset: (options) => inner.reset(options),
      step: (action) => inner.step((passed = action)),
    };
    const outer = new StickyAction(between, { repeatProbability: 0.5 });
    outer.reset({ seed: 3 });
    let innerRepeats = 0;
    let passedOn = 0;
    for (let step = 0; step < 20_000; step++) {
      const { observation } = outer.step(step);
      if (passed !== step) continue;
      passedOn++;
      if (observation !== step) innerRepeats++;
    }
    expect(Math.abs(innerRepeats / passedOn - 0.5)).toBeLessThan(0.02);
  });
});

test('an env without render passes checkEnv inside a wrapper, but cannot be drawn', () => {
  const env = new TimeLimit(new Echo(), 5);
  checkEnv(env);
  expect(() => env.render()).toThrow('does not draw itself');
});

test('wrappers that keep the spaces know which actions a state offers', () => {
  const env = new RecordEpisodeStatistics(make('gai/Gambler-v0'));
  env.reset({ options: { state: 2 } });
  expect(Array.from(env.availableActions(2))).toEqual(unwrapGambler(env).availableActions(2));
  const flat = new FlattenObservation(make('FrozenLake-v1'));
  expect(flat.availableActions(0)).toEqual([0, 1, 2, 3]);
  checkEnv(env);
});

function unwrapGambler(env: object): MDPTableEnv {
  return unwrap(env) as MDPTableEnv;
}

test('wrapped envs pass checkEnv and unwrap to the env inside', () => {
  const env = new StickyAction(new ClipAction(new RescaleAction(make('Pendulum-v1'))), { repeatProbability: 0.3 });
  checkEnv(env);
  expect(unwrap(env)).toBeInstanceOf(Pendulum);
});

describe('bad arguments', () => {
  test.each([
    ['TimeLimit', () => new TimeLimit(new CartPole(), 0), 'maxEpisodeSteps'],
    ['ClipAction', () => new ClipAction(new CartPole() as never), 'Discrete(2)'],
    ['RescaleAction', () => new RescaleAction(new Pendulum(), { minAction: 1, maxAction: 1 }), 'minAction 1'],
    ['FrameStack', () => new FrameStack(make('FrozenLake-v1') as never, { stackSize: 2 }), 'Discrete(16)'],
    ['FrameStack size', () => new FrameStack(new MountainCar(), { stackSize: 0 }), 'stackSize 0'],
    ['NormalizeObservation', () => new NormalizeObservation(make('FrozenLake-v1') as never), 'Discrete(16)'],
    ['NormalizeObservation ε', () => new NormalizeObservation(new MountainCar(), { epsilon: 0 }), 'epsilon'],
    ['NormalizeReward', () => new NormalizeReward(new MountainCar(), { gamma: 1.1 }), 'Got 1.1'],
    ['NormalizeReward ε', () => new NormalizeReward(new MountainCar(), { epsilon: -1 }), 'epsilon'],
    ['TimeAware', () => new TimeAware(new MountainCar()), 'no step limit'],
    ['StickyAction', () => new StickyAction(new MountainCar(), { repeatProbability: 1 }), 'Got 1'],
    [
      'StickyAction duration',
      () => new StickyAction(new MountainCar(), { repeatProbability: 0, repeatDuration: [3, 2] }),
      '3',
    ],
    ['RecordEpisodeStatistics', () => new RecordEpisodeStatistics(new MountainCar(), { bufferLength: -1 }), '-1'],
  ] as const)('%s', (_name, make_, text) => {
    expect(make_).toThrow(text);
  });
});
