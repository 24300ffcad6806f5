import { describe, expect, it } from 'vitest';
import type { GenerationSettings } from '../settings.ts';
import { logProbabilities } from './log-probabilities.ts';
import { processorsOf } from './pipeline.ts';

/** Scores behind a prompt 1 2 and the new tokens 3 3 4. */
function processed(settings: GenerationSettings, scores = [4, 4, 4, 4, 4, 4]): number[] {
  const given = Float32Array.from(scores);
  const row = { ids: [1, 2, 3, 3, 4], promptLength: 2, maxLength: 20 };
  for (const process of processorsOf(settings)) process(given, row);
  return [...given];
}

// Settings that the reference does not have, or not under one name: by their formulas.
describe('scores', () => {
  it.each<[GenerationSettings, number[]]>([
    [{ frequencyPenalty: 0.5 }, [4, 4, 4, 3, 3.5, 4]],
    [{ presencePenalty: 0.25 }, [4, 4, 4, 3.75, 3.75, 4]],
    [{ frequencyPenalty: -1, presencePenalty: 2 }, [4, 4, 4, 4, 3, 4]],
    [{ repetitionPenalty: 2, frequencyPenalty: 1 }, [4, 2, 2, 0, 1, 4]],
    [{ logitBias: { 0: 3, 5: -Infinity } }, [7, 4, 4, 4, 4, -Infinity]],
    [
      {
        logitBias: { 1: 1 },
        sequenceBias: [
          [[4, 1], 2],
          [[3, 2], 9],
        ],
      },
      [4, 7, 4, 4, 4, 4],
    ],
  ])('%o', (settings, expected) => {
    expect(processed(settings)).toEqual(expected);
  });

  it('of written tokens are divided where they are positive and multiplied where they are not', () => {
    expect(processed({ repetitionPenalty: 2 }, [-1, -1, 0, 3, -3, 1])).toEqual([-1, -2, 0, 1.5, -6, 1]);
  });

  it('become log-probabilities, the best first', () => {
    const { token, logProb, top } = logProbabilities(Float32Array.from([0, Math.log(2), -Infinity, Math.log(5)]), 1, 3);
    expect(token).toBe(1);
    expect(logProb).toBeCloseTo(Math.log(2 / 8), 6);
    expect(top.map(({ token: best }) => best)).toEqual([3, 1, 0]);
    expect(Math.exp(top[0]!.logProb)).toBeCloseTo(5 / 8, 6);
    expect(logProbabilities(Float32Array.from([1e30, 0]), 0, 0)).toEqual({ token: 0, logProb: 0, top: [] });
    const equal = Float32Array.from({ length: 700 }, (_, token) => token % 2);
    const best = (count: number): number[] => logProbabilities(equal, 0, count).top.map((one) => one.token);
    expect(best(3)).toEqual([1, 3, 5]);
    expect(best(600).slice(0, 3)).toEqual([1, 3, 5]);
  });
});
