import { describe, expect, test } from 'vitest';
import {
  ClipAction,
  FrameStack,
  make,
  NormalizeObservation,
  NormalizeReward,
  RescaleAction,
  TimeAware,
} from '../src/index.ts';
import type { Env } from '../src/index.ts';
import { gymnasium, ulps32 } from './gymnasium.ts';

const makers: Record<string, () => Env<Float32Array, Float32Array>> = {
  NormalizeObservation: () => new NormalizeObservation(make('Pendulum-v1')),
  NormalizeReward: () => new NormalizeReward(make('Pendulum-v1')),
  RescaleAction: () => new RescaleAction(make('Pendulum-v1')),
  ClipAction: () => new ClipAction(make('MountainCarContinuous-v0')),
  FrameStack: () => new FrameStack(make('Pendulum-v1'), { stackSize: 3 }),
  TimeAware: () => new TimeAware(make('Pendulum-v1')),
};

describe('wrappers equal Gymnasium', () => {
  test.each(Object.entries(gymnasium.wrapped))('%s', (name, steps) => {
    const env = makers[name]!();
    for (const [action, recorded, reward] of steps) {
      const observation = recorded.flat();
      const result = action === null ? { ...env.reset({ seed: 2 }), reward: 0 } : env.step(new Float32Array([action]));
      expect(env.observationSpace.shape?.reduce((a, b) => a * b, 1)).toBe(observation.length);
      observation.forEach((value, index) => {
        // Gymnasium keeps the statistics of NormalizeObservation in float32, we in float64.
        if (name === 'NormalizeObservation') expect(result.observation[index]).toBeCloseTo(value, 3);
        else expect(ulps32(result.observation[index]!, value)).toBeLessThanOrEqual(1);
      });
      expect(result.reward).toBeCloseTo(reward, 9);
    }
  });
});
