import { expect, it } from 'vitest';
import { normalCdf } from './normal-cdf.ts';

it('the normal distribution function is exact to a relative 1e-13, tails included', () => {
  const known = [
    [0, 0.5],
    [1, 0.841344746068543],
    [-1, 0.158655253931457],
    [1.96, 0.975002104851779],
    [-3, 0.00134989803163009],
    [-8, 6.22096057427178e-16],
    [-12, 1.77648211207768e-33],
    [5, 0.999999713348428],
  ] as const;
  for (const [z, expected] of known) expect(Math.abs(normalCdf(z) / expected - 1)).toBeLessThan(1e-13);
  expect([normalCdf(-Infinity), normalCdf(Infinity)]).toEqual([0, 1]);
  // Both formulas meet.
  expect(normalCdf(-1.5) / normalCdf(-1.5 - 1e-13)).toBeCloseTo(1, 11);
});
