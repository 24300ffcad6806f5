import { expect, test } from 'vitest';
import { bootstrap } from './bootstrap.ts';
import { pairedBootstrap } from './paired-bootstrap.ts';

/** Numbers that look drawn, the same each time. */
const scores = (count: number, from: number): number[] =>
  Array.from({ length: count }, (_, row) => from + ((row * 7919) % 101) / 100);

test('the interval of a mean is the one of the normal distribution when rows are many', () => {
  const rows = scores(1000, 0);
  const mean = rows.reduce((sum, next) => sum + next, 0) / rows.length;
  const spread = Math.sqrt(rows.reduce((sum, next) => sum + (next - mean) ** 2, 0) / rows.length);
  const { estimate, low, high, standardError } = bootstrap(rows);
  expect(estimate).toBeCloseTo(mean, 12);
  expect(standardError / (spread / Math.sqrt(rows.length))).toBeGreaterThan(0.95);
  expect(standardError / (spread / Math.sqrt(rows.length))).toBeLessThan(1.05);
  expect((high - low) / (2 * 1.96 * standardError)).toBeGreaterThan(0.95);
  expect((high - low) / (2 * 1.96 * standardError)).toBeLessThan(1.05);
});

test('95 % of the intervals hold the true mean, of 200 draws of 50 rows', () => {
  let held = 0;
  for (let draw = 0; draw < 200; draw++) {
    const rows = Array.from({ length: 50 }, (_, row) => (Math.imul(draw * 50 + row + 1, 2654435761) >>> 0) / 2 ** 32);
    const { low, high } = bootstrap(rows, { samples: 200, seed: draw });
    if (low <= 0.5 && 0.5 <= high) held++;
  }
  expect(held).toBeGreaterThanOrEqual(180);
  expect(held).toBeLessThanOrEqual(200);
});

test('the same seed gives the same interval, another gives another', () => {
  const rows = scores(30, 1);
  expect(bootstrap(rows, { seed: 3, samples: 50 })).toEqual(bootstrap(rows, { seed: 3, samples: 50 }));
  expect(bootstrap(rows, { seed: 4, samples: 50 })).not.toEqual(bootstrap(rows, { seed: 3, samples: 50 }));
});

test('any statistic of any rows has an interval', () => {
  const rows = ['a b', 'b c', 'c d', 'd e'];
  const { estimate, high } = bootstrap(rows, (texts) => new Set(texts.flatMap((text) => text.split(' '))).size, {
    samples: 200,
  });
  expect(estimate).toBe(5);
  expect(high).toBeLessThanOrEqual(5);
});

test('one row has an interval of no width', () => {
  expect(bootstrap([2], { samples: 10 })).toEqual({ estimate: 2, low: 2, high: 2, standardError: 0 });
});

test('a paired interval is narrower than its systems differ', () => {
  const hard = scores(60, 0);
  const better = hard.map((score, row) => score + 0.05 + (row % 3) / 100);
  const { estimate, low, high } = pairedBootstrap(better, hard);
  expect(estimate).toBeCloseTo(0.06, 2);
  expect(low).toBeGreaterThan(0.05);
  expect(high).toBeLessThan(0.07);
});

test.each<[() => unknown, string]>([
  [() => bootstrap([]), 'there are no rows. Got a list of 0; expected a list of at least one'],
  [() => bootstrap([1, 2], { confidence: 95 }), 'Got 95; expected a finite number above 0, below 1'],
  [
    () => bootstrap([1, 2], { samples: 0 }),
    'samples does not fit. Got 0; expected a whole number of at least 1, at most',
  ],
  [() => bootstrap([1, 2], { seed: -1 }), 'seed does not fit. Got -1'],
  [() => bootstrap([1, 2], { nSamples: 3 } as object), "Got 'nSamples'"],
  [() => bootstrap([1, Number.NaN]), 'the statistic of a sample is no number. Got NaN'],
  [() => pairedBootstrap([1, 2], [1]), '2 scores of a do not fit b. Got a list of 1'],
  [() => pairedBootstrap([1, 2], [1, Infinity]), 'b[1] is no score. Got Infinity'],
])('%s', (call, message) => {
  expect(call).toThrow(message);
});
