import { describe, expect, it } from 'vitest';
import { dim, dimAdd, dimFloorDiv, dimMul, formatDim } from './dim.ts';
import {
  broadcastShapes,
  checkShape,
  evaluateShape,
  formatShape,
  inferReshape,
  normalizeAxes,
  normalizeAxis,
  shapesEqual,
  sizeOf,
  staticShape,
} from './shape.ts';
import type { Shape } from './shape.ts';
import { messageOf } from '../test/message-of.ts';

const [b, t] = [dim('batch'), dim('time')];

describe('broadcastShapes', () => {
  it.each<[Shape, Shape, string]>([
    [[], [], '[]'],
    [[3, 1], [4], '[3,4]'],
    [[2, 1, 5], [3, 1], '[2,3,5]'],
    [[0], [1], '[0]'],
    [[1], [0], '[0]'],
    [[], [2, 3], '[2,3]'],
    [[b, 3], [3], '[batch,3]'],
    [[b, 1], [1, t], '[batch,time]'],
    [[dimMul(b, t), 4], [dimMul(t, b), 1], '[batch*time,4]'],
  ])('%j and %j', (x, y, expected) => {
    expect(formatShape(broadcastShapes(x, y, 'add'))).toBe(expected);
    expect(formatShape(broadcastShapes(y, x, 'add'))).toBe(expected);
  });

  it('names both shapes, the sizes and the axis where they do not fit', () => {
    expect(() => broadcastShapes([2, 3], [4, 3], 'add')).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: add: shapes do not broadcast. Got a [2,3] and b [4,3]; expected sizes 2 and 4 (axis -2 from the end) to be equal or one of them 1. Reshape or expand one of them.]`,
    );
    expect(() => broadcastShapes([b], [t], 'mul')).toThrow('Got a [batch] and b [time]');
    expect(() => broadcastShapes([b], [3], 'mul')).toThrow('shapes do not broadcast');
    expect(() => broadcastShapes([0], [3], 'mul')).toThrow('shapes do not broadcast');
  });
});

describe('inferReshape', () => {
  const half = dimFloorDiv(t, 2);
  it.each<[Shape, Shape, string]>([
    [[2, 6], [3, -1], '[3,4]'],
    [[], [1, 1], '[1,1]'],
    [[0, 3], [0], '[0]'],
    [[0, 3], [-1, 3], '[0,3]'],
    [[b, t, 8], [-1, 8], '[batch*time,8]'],
    [[dimMul(b, t), 8], [b, -1, 8], '[batch,time,8]'],
    [[b, dimAdd(t, 1), 2], [-1, dimAdd(t, 1)], '[2*batch,time+1]'],
    [[b, half], [dimMul(b, half)], '[batch*floor(time/2)]'],
    [[b, 4, 4], [b, -1], '[batch,16]'],
  ])('%j to %j', (from, to, expected) => expect(formatShape(inferReshape(from, to, 'reshape'))).toBe(expected));

  it('refuses what does not fit', () => {
    const cases: [string, Shape, Shape][] = [
      ['another number of elements', [2, 3], [4]],
      ['two unknown sizes', [4], [-1, -1]],
      ['no multiple', [5], [2, -1]],
      ['a size below -1', [4], [-2, 2]],
      ['a fraction', [3], [1.5, 2]],
      ['anything times zero', [0, 3], [0, -1]],
      ['names that do not divide', [b, t], [dim('heads'), -1]],
    ];
    const texts = cases.map(([what, from, to]) => `${what}: ${messageOf(() => inferReshape(from, to, 'reshape'))}`);
    expect(texts.join('\n')).toMatchInlineSnapshot(`
      "another number of elements: ShapeError: reshape: sizes do not fit. Got [2,3] (6 elements) and target [4]; expected 6 elements.
      two unknown sizes: ShapeError: reshape: sizes do not fit. Got [4] (4 elements) and target [-1,-1]; expected at most one -1.
      no multiple: ShapeError: reshape: sizes do not fit. Got [5] (5 elements) and target [2,-1]; expected 5 to be a multiple of 2.
      a size below -1: ShapeError: reshape: sizes do not fit. Got [4] (4 elements) and target [-2,2]; expected sizes of 0 or more, at most one of them -1.
      a fraction: ShapeError: reshape: sizes do not fit. Got [3] (3 elements) and target [1.5,2]; expected sizes of 0 or more, at most one of them -1.
      anything times zero: ShapeError: reshape: sizes do not fit. Got [0,3] (0 elements) and target [0,-1]; expected 0 to be a multiple of 0.
      names that do not divide: ShapeError: reshape: sizes do not fit. Got [batch,time] (batch*time elements) and target [heads,-1]; expected batch*time to be a multiple of heads."
    `);
  });
});

describe('axes', () => {
  it('counts negative ones from the end', () => {
    expect(normalizeAxis(-1, 3, 'sum')).toBe(2);
    expect(normalizeAxes([-1, 0], 3, 'sum')).toEqual([0, 2]);
    expect(normalizeAxes(undefined, 2, 'sum')).toEqual([0, 1]);
    expect(normalizeAxes(1, 2, 'sum')).toEqual([1]);
    expect(normalizeAxes([], 2, 'sum')).toEqual([]);
  });

  it('refuses axes that are not there, fractions, and the same twice', () => {
    expect(() => normalizeAxis(3, 3, 'sum')).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: sum: no such axis. Got axis 3 of a tensor with 3 axes; expected -3 to 2. Name an axis it has.]`,
    );
    expect(() => normalizeAxis(0, 0, 'sum')).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: sum: a scalar has no axes. Got axis 0 and shape []; expected at least one axis. Reshape it first.]`,
    );
    expect(() => normalizeAxes([0, -3], 3, 'sum')).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: sum: an axis is named twice. Got axes [0,-3] of a tensor with 3 axes; expected each at most once. Name it once.]`,
    );
    for (const axis of [-4, 1.5, NaN, Infinity]) expect(() => normalizeAxis(axis, 3, 'sum')).toThrow('no such axis');
  });
});

describe('sizes', () => {
  it('counts elements and binds names', () => {
    expect(sizeOf([])).toBe(1);
    expect(formatDim(sizeOf([b, 3, t]))).toBe('3*batch*time');
    expect(evaluateShape([dimMul(b, 2), 3], new Map([['batch', 5]]))).toEqual([10, 3]);
  });

  it('compares size by size', () => {
    expect(shapesEqual([b, 3], [dim('batch'), 3])).toBe(true);
    expect(shapesEqual([3], [3, 1])).toBe(false);
    expect(shapesEqual([3, 1], [3])).toBe(false);
  });

  it('refuses what is no size', () => {
    checkShape([0, 2147483647, b], 'spec');
    expect(() => checkShape([2, -1], 'spec')).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: spec: not a size. Got [2,-1]; expected whole numbers from 0 to 2147483647, or names. Check how the size was computed.]`,
    );
    for (const size of [1.5, NaN, 2 ** 31]) expect(() => checkShape([size], 'spec')).toThrow('not a size');
    expect(staticShape([2, 3], 'sort')).toEqual([2, 3]);
    expect(() => staticShape([b, 3], 'sort')).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: sort: needs sizes known while the graph is built. Got [batch,3]; expected numbers only. Give 'batch' a fixed size.]`,
    );
  });
});
