import { ArgumentError } from '@gai/core';
import { describe, expect, it } from 'vitest';
import { samplingProbabilities } from './sampling-probabilities.ts';
import type { SamplingSettings } from './sampling-probabilities.ts';

const logs = (...probabilities: number[]): number[] => probabilities.map(Math.log);
const rounded = (scores: ArrayLike<number>, settings?: SamplingSettings): [number, number][] =>
  samplingProbabilities(scores, settings).map(({ token, probability }) => [token, Math.round(probability * 1e4) / 1e4]);

describe('samplingProbabilities', () => {
  it.each<[string, SamplingSettings, [number, number][]]>([
    [
      'nothing',
      {},
      [
        [2, 0.5],
        [0, 0.3],
        [1, 0.2],
      ],
    ],
    [
      'temperature',
      { temperature: 0.5 },
      [
        [2, 0.6579],
        [0, 0.2368],
        [1, 0.1053],
      ],
    ],
    ['greedy', { temperature: 0, topP: 0.1 }, [[2, 1]]],
    [
      'top-k',
      { topK: 2 },
      [
        [2, 0.625],
        [0, 0.375],
      ],
    ],
    [
      'top-k of all',
      { topK: 0 },
      [
        [2, 0.5],
        [0, 0.3],
        [1, 0.2],
      ],
    ],
    [
      'top-p',
      { topP: 0.6 },
      [
        [2, 0.625],
        [0, 0.375],
      ],
    ],
    ['top-p of nothing', { topP: 0 }, [[2, 1]]],
    [
      'min-p',
      { minP: 0.5 },
      [
        [2, 0.625],
        [0, 0.375],
      ],
    ],
    ['top-k, then top-p', { topK: 2, topP: 0.5 }, [[2, 1]]],
  ])('%s', (_, settings, expected) => expect(rounded(logs(0.3, 0.2, 0.5), settings)).toEqual(expected));

  it('leaves out what is forbidden, keeps equal ones, and sums to 1', () => {
    expect(rounded([0, -Infinity, 0])).toEqual([
      [0, 0.5],
      [2, 0.5],
    ]);
    expect(samplingProbabilities(Float32Array.from({ length: 80 }, (_, i) => i % 7))).toHaveLength(56); // As good as the 50th.
    const many = samplingProbabilities(
      Float32Array.from({ length: 2000 }, (_, i) => Math.sin(i)),
      { topK: 0 },
    );
    expect(many).toHaveLength(2000);
    expect(many.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
    many.reduce((before, { probability }) => (expect(probability).toBeLessThanOrEqual(before), probability), 1);
  });

  it.each<[unknown, unknown]>([
    [[], {}],
    [[-Infinity, -Infinity], {}],
    [[NaN], {}],
    [[Infinity, 1], {}],
    [undefined, {}],
    ['logits', {}],
    [[1, 2], { temperature: NaN }],
    [[1, 2], { temperature: -1 }],
    [[1, 2], { temperature: Infinity }],
    [[1, 2], { topK: -1 }],
    [[1, 2], { topK: 1.5 }],
    [[1, 2], { topK: NaN }],
    [[1, 2], { topP: 1.1 }],
    [[1, 2], { topP: -0.1 }],
    [[1, 2], { topP: NaN }],
    [[1, 2], { minP: 2 }],
    [[1, 2], { top_k: 5 }],
    [[1, 2], { temperature: '1' }],
    [[1, 2], null],
  ])('refuses %j with %j', (scores, settings) => {
    expect(() => samplingProbabilities(scores as number[], settings as SamplingSettings)).toThrow(ArgumentError);
  });
});
