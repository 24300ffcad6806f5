import { describe, expect, it } from 'vitest';
import { nearestName } from './nearest-name.ts';

describe('nearestName', () => {
  it.each([
    ['gama', 'gamma'],
    ['GAMMA', 'gamma'],
    ['disc', 'discount'],
    ['speed', undefined],
    ['', undefined],
    ['x'.repeat(61), undefined],
  ])('%s', (name, nearest) => {
    expect(nearestName(name, ['discount', 'gamma', 'P'])).toBe(nearest);
  });

  it('compares small letters with small letters', () => {
    expect(nearestName('weightdec', ['bias', 'weightDecay'])).toBe('weightDecay');
    expect(nearestName('LEARN', ['learningRate'])).toBe('learningRate');
    expect(nearestName('inf', ['InFeatures', 'inner'])).toBe('InFeatures');
    expect(nearestName('topp', ['topK', 'topP'])).toBe('topP');
  });

  it('takes the first of equally near ones, and nothing where nothing is known', () => {
    expect(nearestName('ab', ['ac', 'ad'])).toBe('ac');
    expect(nearestName('ab', [])).toBeUndefined();
  });
});
