import { describe, expect, it } from 'vitest';
import { symmetricBeta } from './beta.ts';
import { cutmix, cutmixBatches } from './cutmix.ts';
import { cutout } from './cutout.ts';
import { mixup, mixupBatches } from './mixup.ts';
import { randomFlip } from './random-flip.ts';

/** Well mixed numbers in [0, 1) that are the same in every run. */
function source(seed: number): { float(): number } {
  let state = seed >>> 0;
  return {
    float: () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      let word = state ^ (state >>> 16);
      word = Math.imul(word, 0x7feb_352d);
      word = Math.imul(word ^ (word >>> 15), 0x846c_a68b);
      return ((word ^ (word >>> 16)) >>> 0) / 2 ** 32;
    },
  };
}

/** Five images of 4×6 pixels in 2 channels; image i holds i everywhere. */
const batch = () => ({
  x: {
    data: Float32Array.from({ length: 5 * 48 }, (_, at) => Math.floor(at / 48)),
    shape: [5, 2, 4, 6],
    dtype: 'float32',
  },
  y: { data: Int32Array.of(0, 1, 2, 0, 1), shape: [5], dtype: 'int32' },
  name: ['a', 'b', 'c', 'd', 'e'],
});

const row = (data: Float32Array, image: number, size: number): number[] => [
  ...data.subarray(image * size, (image + 1) * size),
];

describe('symmetricBeta', () => {
  it.each([0.1, 0.2, 1, 2.5])('has the mean and variance of Beta(α, α) for α = %f', (alpha) => {
    const random = source(3);
    const draws = Array.from({ length: 20_000 }, () => symmetricBeta(random, alpha));
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
    const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length;
    expect(draws.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(mean).toBeCloseTo(0.5, 1.7);
    expect(variance).toBeCloseTo(1 / (4 * (2 * alpha + 1)), 2);
  });
});

describe('mixup', () => {
  it('mixes images and labels by the same share', () => {
    const { x, y, name } = mixup(batch(), source(1), { numClasses: 3, alpha: 1 });
    expect(name).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect([y.shape, y.dtype]).toEqual([[5, 3], 'float32']);
    const share = symmetricBeta(source(1), 1);
    const labels = batch().y.data;
    for (let image = 0; image < 5; image++) {
      const values = row(x.data as Float32Array, image, 48);
      expect(new Set(values).size).toBe(1);
      const partner = Math.round((values[0]! - share * image) / (1 - share));
      expect(values[0]).toBeCloseTo(share * image + (1 - share) * partner, 5);
      const expected = [0, 0, 0];
      expected[labels[image]!]! += share;
      expected[labels[partner]!]! += 1 - share;
      expect(row(y.data, image, 3)).toEqual(expected.map((value) => expect.closeTo(value, 5) as number));
    }
    // Pixels and labels keep their total: partners are a permutation.
    expect((x.data as Float32Array).reduce((sum, value) => sum + value, 0)).toBeCloseTo(48 * 10, 3);
    expect(
      [0, 1, 2].map((label) => [0, 1, 2, 3, 4].reduce((sum, image) => sum + y.data[image * 3 + label]!, 0)),
    ).toEqual([2, 2, 1].map((count) => expect.closeTo(count, 5) as number));
  });

  it('takes probabilities, so that it can follow another mix', () => {
    const once = cutmix(batch(), source(2), { numClasses: 3 });
    const twice = mixup(once, source(4), { numClasses: 3 });
    for (let image = 0; image < 5; image++) {
      expect(row(twice.y.data, image, 3).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6);
    }
  });

  it('is a map with the random numbers of the batch', () => {
    const options = { numClasses: 3 };
    const a = mixupBatches(options)(batch(), { random: source(5) });
    expect(a).toEqual(mixup(batch(), source(5), options));
    expect(a).not.toEqual(mixup(batch(), source(6), options));
  });
});

describe('cutmix', () => {
  it('mixes labels by the area that was replaced', () => {
    for (let seed = 0; seed < 40; seed++) {
      const { x, y } = cutmixBatches({ numClasses: 3 })(batch(), { random: source(seed) });
      const labels = [0, 1, 2, 0, 1];
      for (let image = 0; image < 5; image++) {
        const expected = [0, 0, 0];
        for (const value of row(x.data as Float32Array, image, 48)) expected[labels[value]!]! += 1 / 48;
        expect(row(y.data, image, 3)).toEqual(expected.map((share) => expect.closeTo(share, 5) as number));
      }
    }
  });
});

describe('cutout', () => {
  it('covers a square in all channels, cut at the edges', () => {
    const draws = [0, 0.99, 0.5, 0.5];
    const images = { data: new Float32Array(2 * 2 * 16).fill(1), shape: [2, 2, 4, 4] };
    cutout(images, { float: () => draws.shift()! }, { size: 3, fill: -1 });
    const corner = [1, 1, -1, -1, 1, 1, -1, -1, 1, 1, 1, 1, 1, 1, 1, 1];
    const middle = [1, 1, 1, 1, 1, -1, -1, -1, 1, -1, -1, -1, 1, -1, -1, -1];
    expect([...images.data]).toEqual([...corner, ...corner, ...middle, ...middle]);
  });

  it('covers several squares', () => {
    const draws = [0, 0, 0.99, 0.99];
    const images = { data: Float32Array.of(1, 2, 3, 4), shape: [1, 1, 2, 2] };
    expect([...cutout(images, { float: () => draws.shift()! }, { size: 1, holes: 2 }).data]).toEqual([0, 2, 3, 0]);
  });
});

describe('randomFlip', () => {
  it('mirrors whole images', () => {
    const draws = [0.6, 0.4];
    const images = { data: Float32Array.from({ length: 2 * 2 * 6 }, (_, at) => at), shape: [2, 2, 2, 3] };
    randomFlip(images, { float: () => draws.shift()! });
    expect([...images.data]).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 13, 12, 17, 16, 15, 20, 19, 18, 23, 22, 21,
    ]);
  });
});

const one = { float: () => 0.5 };
const flat = { data: new Float32Array(6), shape: [2, 3] };

it.each<[string, () => unknown, string]>([
  ['no classes', () => mixup(batch(), one, { numClasses: 0 }), 'mixup: numClasses is no count. Got 0'],
  ['no mixing', () => cutmixBatches({ numClasses: 3, alpha: 0 }), 'cutmixBatches: alpha is out of range. Got 0'],
  ['NaN', () => mixup(batch(), one, { numClasses: 3, alpha: NaN }), 'Got NaN'],
  ['a label beyond', () => mixup(batch(), one, { numClasses: 2 }), 'Got 2 in row 2 of [5]; expected labels 0 … 1'],
  ['probabilities of others', () => cutmix({ ...batch(), y: flat }, one, { numClasses: 2 }), 'labels do not fit'],
  ['images of integers', () => mixup({ ...batch(), x: batch().y }, one, { numClasses: 3 }), 'images are not float32'],
  ['images of two axes', () => mixup({ ...batch(), x: flat }, one, { numClasses: 3 }), 'mixup: not a batch of images'],
  ['a hole of no size', () => cutout(flat, one, { size: 0 }), 'cutout: size is out of range. Got 0'],
  ['half a hole', () => cutout(flat, one, { size: 1, holes: 0.5 }), 'cutout: holes is out of range. Got 0.5'],
  [
    'cutout of a matrix',
    () => cutout(flat, one, { size: 1 }),
    'cutout: not a batch of images. Got [2,3] with 6 values',
  ],
  ['a flip of 2', () => randomFlip(flat, one, 2), 'randomFlip: the probability is out of range. Got 2'],
])('refuses %s', (_, act, message) => {
  expect(act).toThrow(message);
});
