import { describe, expect, test } from 'vitest';
import { make, rollout } from './index.ts';

test('from a given state by a list of numbers, with the float64 state of each step', () => {
  const { startState, steps } = rollout(make('CartPole-v1'), { state: [0.01, -0.02, 0.03, 0.04], actions: [1, 0] });
  expect(startState).toEqual([0.01, -0.02, 0.03, 0.04]);
  expect(steps.map(({ state }) => (state as number[])[0])).toEqual([0.009600000000000001, 0.013093583914951107]);
});

test('keeps copies: earlier observations do not change', () => {
  const { start, steps } = rollout(make('MountainCar-v0'), { seed: 1, actions: [0, 0, 0, 0] });
  const positions = [start, ...steps.map(({ observation }) => observation)].map((observation) => observation[0]);
  expect(new Set(positions).size).toBe(5);
});

test('ends with the episode, at the step limit, or after maxSteps', () => {
  const lake = rollout(make('FrozenLake-v1', { slippery: false }), { actions: [1, 1, 2, 1, 2, 2, 2, 2] });
  expect([lake.steps.length, lake.totalReward, lake.steps.at(-1)?.terminated]).toEqual([6, 1, true]);
  const car = rollout(make('MountainCar-v0'), { seed: 0, actions: () => 1 });
  expect([car.steps.length, car.totalReward, car.steps.at(-1)?.truncated]).toEqual([200, -200, true]);
  expect(rollout(make('Pendulum-v1'), { actions: () => new Float32Array(1), maxSteps: 3 }).steps.length).toBe(3);
});

describe('policies', () => {
  test('see the observation and the step', () => {
    const seen: [number, number][] = [];
    rollout(make('CliffWalking-v1'), {
      actions: (observation, step) => {
        seen.push([observation, step]);
        return step === 0 ? 0 : 1;
      },
      maxSteps: 3,
    });
    expect(seen).toEqual([
      [36, 0],
      [24, 1],
      [25, 2],
    ]);
  });
});

test('an env without pictures refuses onFrame', () => {
  const blackjack = make('Blackjack-v1');
  const bare = {
    observationSpace: blackjack.observationSpace,
    actionSpace: blackjack.actionSpace,
    reset: () => blackjack.reset(),
    step: (action: number) => blackjack.step(action),
  };
  expect(() => rollout(bare, { actions: [0], onFrame: () => undefined })).toThrow('the env draws no frames');
});
