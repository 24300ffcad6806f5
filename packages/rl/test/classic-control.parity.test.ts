import { describe, expect, test } from 'vitest';
import { Acrobot, CartPole, MountainCar, MountainCarContinuous, Pendulum } from '../src/index.ts';
import type { Env } from '../src/index.ts';
import { furthest, goldens, gymnasium, ulps32 } from './gymnasium.ts';

/** Bars of issue 4: one step from a recorded state, a rollout of at most 50 steps. */
const STEP_TOLERANCE = 1e-12;
const ROLLOUT_TOLERANCE = 1e-9;

type StateEnv = Env<Float32Array> & { readonly state: number[] };

const makers: Record<string, () => StateEnv> = {
  'CartPole-v1': () => new CartPole(),
  'Acrobot-v1': () => new Acrobot(),
  'MountainCar-v0': () => new MountainCar(),
  'MountainCarContinuous-v0': () => new MountainCarContinuous(),
  'Pendulum-v1': () => new Pendulum(),
};

function action(id: string, kind: string, value: number): number | Float32Array | number[] {
  const isContinuous = id.startsWith('Pendulum') || id.includes('Continuous');
  if (!isContinuous) return value;
  return kind === 'float32' ? new Float32Array([value]) : [value];
}

function expectObservation(actual: Float32Array, expected: readonly number[]): void {
  expected.forEach((value, index) => expect(ulps32(actual[index]!, value)).toBeLessThanOrEqual(1));
}

describe('golden resets', () => {
  const cases = Object.entries(goldens.gymnasium_seeded_resets)
    .filter(([id]) => id in makers)
    .flatMap(([id, seeds]) => Object.entries(seeds).map(([seed, golden]) => ({ id, seed: Number(seed), golden })));
  test.each(cases)('$id, seed $seed', ({ id, seed, golden }) => {
    const env = makers[id]!();
    const { observation } = env.reset({ seed });
    expect(env.state).toEqual(golden.state64);
    expect([...observation]).toEqual(golden.obs32);
  });
});

describe('golden trajectories', () => {
  test.each(Object.entries(goldens.gymnasium_trajectories))('%s, step by step', (id, { start_state: start, steps }) => {
    const env = makers[id]!();
    let state = start;
    for (const step of steps) {
      env.reset({ options: { state } });
      const result = env.step(action(id, 'float64', step.a));
      expect(furthest(env.state, step.state)).toBeLessThanOrEqual(STEP_TOLERANCE);
      expectObservation(result.observation, step.obs);
      expect(result.reward).toBe(step.r);
      expect(result.terminated).toBe(step.terminated);
      state = step.state;
    }
  });

  test.each(Object.entries(goldens.gymnasium_trajectories))('%s, rollout', (id, { start_state: start, steps }) => {
    const env = makers[id]!();
    env.reset({ options: { state: start } });
    for (const step of steps) {
      env.step(action(id, 'float64', step.a));
      expect(furthest(env.state, step.state)).toBeLessThanOrEqual(ROLLOUT_TOLERANCE);
    }
  });
});

describe('recorded episodes', () => {
  test.each(gymnasium.classic)('$id, seed $seed, $kind actions: rollout', ({ id, seed, kind, start, steps }) => {
    const env = makers[id]!();
    expectObservation(env.reset({ seed }).observation, start.observation);
    expect(furthest(env.state, start.state)).toBe(0);
    for (const step of steps) {
      const result = env.step(action(id, kind, step.action));
      expect(furthest(env.state, step.state)).toBeLessThanOrEqual(ROLLOUT_TOLERANCE);
      expectObservation(result.observation, step.observation);
      expect(Math.abs(result.reward - step.reward)).toBeLessThanOrEqual(id === 'Pendulum-v1' ? ROLLOUT_TOLERANCE : 0);
      expect(result.terminated).toBe(step.terminated);
    }
  });

  test.each(gymnasium.classic)('$id, seed $seed, $kind actions: single steps', ({ id, kind, start, steps }) => {
    const env = makers[id]!();
    let { state } = start;
    for (const step of steps) {
      env.reset({ options: { state } });
      const result = env.step(action(id, kind, step.action));
      expect(furthest(env.state, step.state)).toBeLessThanOrEqual(STEP_TOLERANCE);
      expect(result.reward).toBe(step.reward);
      expect(result.terminated).toBe(step.terminated);
      ({ state } = step);
    }
  });
});
