import { describe, expect, it } from 'vitest';
import { dim, dimAdd, dimMul, formatDim } from './dim.ts';
import { parseDim } from './dim-text.ts';

describe('parseDim', () => {
  it('reads names, numbers, sums and products into normal form', () => {
    const [past, time] = [dim('past'), dim('time')];
    expect(parseDim('past')).toEqual(past);
    expect(parseDim('12')).toBe(12);
    expect(parseDim('past+time')).toEqual(dimAdd(past, time));
    expect(parseDim('time + past')).toEqual(dimAdd(past, time));
    expect(parseDim('2*past*time-1')).toEqual(dimAdd(dimMul(2, dimMul(past, time)), -1));
    expect(formatDim(parseDim('-1+past*3+past'))).toBe('4*past-1');
    expect(parseDim('past-past')).toBe(0);
  });

  it.each(['', ' ', '+', 'a+', '+-a', 'a++b', '2a', 'a**b', 'a*', '(a+b)', 'a/2', 'é', '1e3', '9007199254740993'])(
    'refuses %j',
    (text) => {
      expect(() => parseDim(text)).toThrow(`dim: not a size. Got ${JSON.stringify(text)}; expected a name`);
    },
  );
});
