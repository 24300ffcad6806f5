import { describe, expect, test } from 'vitest';
import { make } from '../src/index.ts';
import { gymnasium } from './gymnasium.ts';

describe('episodes of the toy-text envs equal Gymnasium', () => {
  test.each(gymnasium.toys)('$id $options', ({ id, options, seed, steps, probabilities, masks }) => {
    const env = make(id, options);
    let step = 0;
    steps.forEach(([action, observation, reward, terminated, truncated], index) => {
      if (action === null) {
        expect(env.reset(index === 0 ? { seed } : {}).observation).toEqual(observation);
        return;
      }
      const result = env.step(action);
      expect([result.observation, result.reward, result.terminated, result.truncated]).toEqual([
        observation,
        reward,
        terminated,
        truncated,
      ]);
      const info = result.info as { prob?: number; actionMask?: Int8Array };
      if (probabilities.length > 0) expect(info.prob).toBe(probabilities[step]);
      if (masks.length > 0) expect(info.actionMask?.join('')).toBe(masks[step]);
      step++;
    });
  });
});

test('FrozenLake-v1, seed 7, the study’s golden episode', () => {
  const env = make('FrozenLake-v1');
  env.reset({ seed: 7 });
  const steps = [2, 2, 1, 1, 1, 2].map((action) => {
    const { observation, reward, terminated } = env.step(action);
    return [action, observation, reward, terminated];
  });
  expect(steps).toEqual([
    [2, 0, 0, false],
    [2, 0, 0, false],
    [1, 0, 0, false],
    [1, 0, 0, false],
    [1, 1, 0, false],
    [2, 5, 0, true],
  ]);
});
