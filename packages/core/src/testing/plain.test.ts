import { describe, expect, it } from 'vitest';
import { isClose, difference } from './close.ts';
import { numericGradient, numericHessianProduct, weightAt } from './differences.ts';
import { at, fillPlain, indicesOf, mapAxis, mapPlain, plain, randomPlain, reducePlain, rounded } from './plain.ts';

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe('plain tensors', () => {
  it('list indices in row order, one for a scalar and none for size 0', () => {
    expect([...indicesOf([2, 2])]).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]);
    expect([...indicesOf([])]).toEqual([[]]);
    expect([...indicesOf([2, 0])]).toEqual([]);
  });

  it('broadcast', () => {
    const x = plain([2, 1], [1, 2]);
    expect(at(x, [1, 5])).toBe(2);
    expect(at(x, [3, 0, 2])).toBe(1);
    expect(mapPlain((a, b) => a! + b!)(x, plain([2], [10, 20])).values).toEqual([11, 21, 12, 22]);
  });

  it('reduce', () => {
    const x = plain([2, 3], [1, 2, 3, 4, 5, 6]);
    expect(reducePlain(x, { axes: [0] }, sum)).toMatchObject({ shape: [3], values: [5, 7, 9] });
    expect(reducePlain(x, { axes: [1], keepDims: true }, sum)).toMatchObject({ shape: [2, 1], values: [6, 15] });
    expect(reducePlain(x, {}, sum)).toMatchObject({ shape: [], values: [21] });
    expect(reducePlain(plain([2, 0], []), { axes: [1] }, sum).values).toEqual([0, 0]);
  });

  it('map lines along an axis, to another length too', () => {
    const x = plain([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
    expect(mapAxis(x, 1, (line) => line.toReversed()).values).toEqual([3, 4, 1, 2, 7, 8, 5, 6]);
    expect(mapAxis(x, 0, (line) => [sum(line)])).toMatchObject({ shape: [1, 2, 2], values: [6, 8, 10, 12] });
    expect(mapAxis(x, -1, ([a, b]) => [a!, b!, 0]).values.slice(0, 6)).toEqual([1, 2, 0, 3, 4, 0]);
    expect(mapAxis(plain([0, 2], []), 1, (line) => line).values).toEqual([]);
  });

  it('fill by index and round to the dtype', () => {
    expect(fillPlain([2, 2], ([row, column]) => 10 * row! + column!).values).toEqual([0, 1, 10, 11]);
    expect(rounded(plain([1], [0.1])).values[0]).toBe(Math.fround(0.1));
    expect(rounded(plain([1], [0.1], 'float64')).values[0]).toBe(0.1);
    expect(() => plain([2], [1])).toThrow('1 values for shape [2]');
  });

  it('are random in their range, the same at every call', () => {
    const x = randomPlain([1000], { min: -1, max: 3 });
    expect(Math.min(...x.values)).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...x.values)).toBeLessThan(3);
    expect(sum(x.values) / 1000).toBeCloseTo(1, 0);
    expect(randomPlain([1000], { min: -1, max: 3 })).toEqual(x);
    expect(new Set(randomPlain([200], { dtype: 'int32', min: 0, max: 5 }).values)).toEqual(new Set([0, 1, 2, 3, 4]));
  });
});

describe('closeness', () => {
  it('is absolute below 1 and relative above; NaN and infinities equal themselves only', () => {
    expect(isClose(1e-6, 0, 1e-5)).toBe(true);
    expect(isClose(1000.001, 1000, 1e-5)).toBe(true);
    expect(isClose(1000.1, 1000, 1e-5)).toBe(false);
    expect(isClose(NaN, NaN, 0)).toBe(true);
    expect(isClose(NaN, 1, 1)).toBe(false);
    expect(isClose(1, NaN, 1)).toBe(false);
    expect(isClose(Infinity, Infinity, 0)).toBe(true);
    expect(isClose(Infinity, -Infinity, 1)).toBe(false);
    expect(isClose(1e30, Infinity, 1)).toBe(false);
  });

  it('leaves integers no room', () => {
    const actual = { data: Int32Array.of(1), dtype: 'int32', shape: [1] } as const;
    expect(difference(actual, plain([1], [1]), 0.5)).toBeUndefined();
    expect(difference(actual, plain([1], [1.2]), 0.5)).toBe('element 0 is 1, expected 1.2');
  });
});

describe('differences', () => {
  const cube = ([x]: readonly { values: readonly number[] }[]) => [
    plain(
      [2],
      x!.values.map((value) => value ** 3),
    ),
  ];

  it('give the weighted gradient', () => {
    const [a, b] = numericGradient(cube, [plain([2], [0.5, -2])], 0);
    expect(a).toBeCloseTo(3 * 0.25 * weightAt(0, 0), 8);
    expect(b).toBeCloseTo(3 * 4 * weightAt(0, 1), 6);
  });

  it('give the product of the Hessian with the fixed direction', () => {
    // L = w·(y + y²/2) with y = x³: L″ = w·(6x + 15x⁴).
    const product = numericHessianProduct(cube, [plain([2], [0.5, -1])], 0);
    [0.5, -1].forEach((x, index) => {
      expect(product[index]).toBeCloseTo(weightAt(0, index) * (6 * x + 15 * x ** 4) * weightAt(7, index), 5);
    });
  });
});
