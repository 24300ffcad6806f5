import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dim,
  dimAdd,
  dimDivide,
  dimEquals,
  dimFloorDiv,
  dimMul,
  dimNames,
  dimSub,
  evaluateDim,
  formatDim,
  isNonNegative,
  isSymbolic,
} from './dim.ts';
import type { Dim } from './dim.ts';

const NAMES = ['b', 't', 'h'];

/** Sizes built by adding, multiplying and flooring, with what they should be for given values of the names. */
interface Sample {
  readonly size: Dim;
  readonly at: (values: ReadonlyMap<string, number>) => number;
}

const { sample: anySample } = fc.letrec<{ sample: Sample; leaf: Sample }>((tie) => ({
  leaf: fc.oneof(
    fc.integer({ min: -4, max: 4 }).map((n): Sample => ({ size: n, at: () => n })),
    fc.constantFrom(...NAMES).map((name): Sample => ({ size: dim(name), at: (values) => values.get(name)! })),
  ),
  sample: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    tie('leaf'),
    fc.tuple(tie('sample'), tie('sample')).map(([a, b]): Sample => ({
      size: dimAdd(a.size, b.size),
      at: (values) => a.at(values) + b.at(values),
    })),
    fc.tuple(tie('sample'), tie('sample')).map(([a, b]): Sample => ({
      size: dimMul(a.size, b.size),
      at: (values) => a.at(values) * b.at(values),
    })),
    fc.tuple(tie('sample'), fc.integer({ min: 1, max: 4 })).map(([a, divisor]): Sample => ({
      size: dimFloorDiv(a.size, divisor),
      at: (values) => Math.floor(a.at(values) / divisor),
    })),
  ),
}));
const anySize = anySample.map(({ size }) => size);
const anyValues = fc
  .tuple(...NAMES.map(() => fc.integer({ min: 0, max: 9 })))
  .map((values) => new Map(values.map((value, index) => [NAMES[index]!, value])));

const same = (a: Dim, b: Dim): void => expect(formatDim(a)).toBe(formatDim(b));

describe('sizes are polynomials', () => {
  it('has the laws of a commutative ring, in one spelling', () => {
    fc.assert(
      fc.property(anySize, anySize, anySize, (a, b, c) => {
        same(dimAdd(a, b), dimAdd(b, a));
        same(dimMul(a, b), dimMul(b, a));
        same(dimAdd(a, dimAdd(b, c)), dimAdd(dimAdd(a, b), c));
        same(dimMul(a, dimMul(b, c)), dimMul(dimMul(a, b), c));
        same(dimMul(a, dimAdd(b, c)), dimAdd(dimMul(a, b), dimMul(a, c)));
        same(dimAdd(a, 0), a);
        same(dimMul(a, 1), a);
        same(dimMul(a, 0), 0);
        same(dimSub(a, a), 0);
      }),
    );
  });

  it('computes what the numbers would give', () => {
    fc.assert(
      fc.property(anySample, anyValues, ({ size, at }, values) => {
        expect(evaluateDim(size, values)).toBeCloseTo(at(values), 6);
      }),
    );
  });

  it('divides a product by either factor, and nothing else', () => {
    fc.assert(
      fc.property(anySize, anySize, anyValues, (a, b, values) => {
        fc.pre(!dimEquals(b, 0));
        const quotient = dimDivide(dimMul(a, b), b);
        expect(quotient).toBeDefined();
        same(quotient!, a);
        const maybe = dimDivide(a, b);
        if (maybe === undefined) return;
        expect(evaluateDim(maybe, values) * evaluateDim(b, values) === evaluateDim(a, values)).toBe(true);
      }),
    );
  });
});

describe('dimFloorDiv', () => {
  const n = dim('n');
  it('is exact where every coefficient divides, and kept as a floor where not', () => {
    same(dimFloorDiv(dimAdd(dimMul(n, 4), 3), 2), dimAdd(dimMul(n, 2), 1));
    same(dimFloorDiv(7, 2), 3);
    same(dimFloorDiv(-7, 2), -4);
    expect(formatDim(dimFloorDiv(dimAdd(n, 1), 2))).toBe('floor((n+1)/2)');
    for (const value of [0, 1, 2, 7]) {
      expect(evaluateDim(dimFloorDiv(dimSub(n, 5), 2), new Map([['n', value]]))).toBe(Math.floor((value - 5) / 2));
    }
  });

  it('counts as one factor in what is computed with it', () => {
    const half = dimFloorDiv(n, 2);
    same(dimSub(dimAdd(half, half), dimMul(half, 2)), 0);
    same(dimDivide(dimMul(half, dim('c')), half)!, dim('c'));
    expect([...dimNames(dimMul(half, dim('c')))].sort()).toEqual(['c', 'n']);
  });
});

describe('dimDivide', () => {
  const [b, t] = [dim('b'), dim('t')];
  it('divides by sums too', () => {
    same(dimDivide(dimMul(b, dimAdd(t, 1)), dimAdd(t, 1))!, b);
    same(dimDivide(dimSub(dimMul(t, t), 1), dimSub(t, 1))!, dimAdd(t, 1));
    same(dimDivide(0, b)!, 0);
    same(dimDivide(dimMul(b, 6), 3)!, dimMul(b, 2));
  });

  it('gives up where nothing divides', () => {
    for (const [over, by] of [
      [b, t],
      [6, 4],
      [6, 0],
      [0, 0],
      [dimMul(b, 3), 2],
      [dimAdd(b, 1), b],
      [6, b],
    ] as const) {
      expect(dimDivide(over, by)).toBeUndefined();
    }
  });
});

describe('dim', () => {
  it('prints sums of products, higher degree first', () => {
    const [b, t] = [dim('batch'), dim('time')];
    expect(formatDim(dimAdd(dimMul(dimMul(b, t), 2), dimSub(b, 1)))).toBe('2*batch*time+batch-1');
    expect(formatDim(dimMul(b, -1))).toBe('-batch');
    expect(formatDim(12)).toBe('12');
    expect(String(dimMul(t, b))).toBe('batch*time');
  });

  it('is text, but refuses to be counted with', () => {
    const n: unknown = dim('n');
    expect(`${n as string}`).toBe('n');
    expect(() => (n as number) * 2).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: dim: a size that is known only when the graph runs is used as a number. Got 'n'; expected a number. Compute with dimAdd, dimMul and the like, pass -1 to reshape, or give the axis a fixed size.]`,
    );
    for (const use of [() => (n as number) + 1, () => (n as number) > 1, () => Math.max(n as number, 1)]) {
      expect(use).toThrow('used as a number');
    }
    expect(n === dim('n')).toBe(false);
  });

  it('falls back to a number as soon as no name is left', () => {
    expect(isSymbolic(dimSub(dim('n'), dim('n')))).toBe(false);
    expect(isSymbolic(dim('n'))).toBe(true);
    expect(dimEquals(dim('n'), dim('n'))).toBe(true);
    expect(dimEquals(dim('n'), 3)).toBe(false);
  });

  it('refuses what is no name, and a name without a value', () => {
    expect(() => dim('2n')).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: dim: not a name. Got "2n"; expected letters, digits and underscores, no digit first.]`,
    );
    for (const name of ['', 'a b', 'a*b', 'a-1', 'ä']) expect(() => dim(name)).toThrow('not a name');
    expect(() => evaluateDim(dim('n'), new Map())).toThrowErrorMatchingInlineSnapshot(
      `[GaiError: internal: dimension 'n' has no value in this run. Please open an issue with the code that led here.]`,
    );
  });
});

describe('sizes of one run', () => {
  const n = dim('n');

  it('are never negative where isNonNegative says so', () => {
    fc.assert(
      fc.property(anySize, anyValues, (size, values) => {
        if (isNonNegative(size)) expect(evaluateDim(size, values)).toBeGreaterThanOrEqual(0);
      }),
    );
    expect(isNonNegative(dimFloorDiv(dimAdd(n, 2), 3))).toBe(true);
    expect(isNonNegative(dimSub(n, 1))).toBe(false);
  });
});
