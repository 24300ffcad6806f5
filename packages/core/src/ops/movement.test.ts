import { describe, expect, it } from 'vitest';
import { formatShape } from '../shape.ts';
import { tensor } from '../trace/literal.ts';
import { spec, trace } from '../trace/trace.ts';
import type { Tensor } from '../ir/tensor.ts';
import { concat, flatten, pad, slice, split, squeeze, stack } from './movement.ts';
import { tile } from './rearrange.ts';

const shapeOf = (fn: (x: Tensor) => Tensor, shape: (number | string)[]): string =>
  formatShape(trace(fn, [spec(shape)]).outputs[0]!.shape);

describe('symbolic sizes', () => {
  it('slices', () => {
    expect(shapeOf((x) => slice(x, [[1, -1]]), ['n', 3])).toBe('[n-2,3]');
    expect(shapeOf((x) => slice(x, [[null, null, 2]]), ['n'])).toBe('[floor((n+1)/2)]');
    expect(shapeOf((x) => slice(x, [[null, null, -1]]), ['n'])).toBe('[n]');
    expect(shapeOf((x) => slice(x, [[2, 5]]), ['n'])).toBe('[3]');
  });
  it('pads, also between neighbours', () => {
    expect(shapeOf((x) => pad(x, [[1, 2]]), ['n'])).toBe('[n+3]');
    expect(shapeOf((x) => pad(x, [0], { interior: [1] }), ['n'])).toBe('[2*n-1]');
    expect(shapeOf((x) => pad(x, [2], { mode: 'reflect' }), ['n'])).toBe('[n+4]');
  });
  it('joins, cuts and merges', () => {
    expect(shapeOf((x) => concat([x, x]), ['n', 2])).toBe('[2*n,2]');
    expect(shapeOf((x) => stack([x, x, x], { axis: -1 }), ['n'])).toBe('[n,3]');
    expect(shapeOf((x) => split(x, 2, { axis: 1 })[0]!, ['n', 4])).toBe('[n,2]');
    expect(shapeOf((x) => flatten(x), ['n', 2, 3])).toBe('[n,6]');
    expect(shapeOf((x) => tile(x, [2]), ['n'])).toBe('[2*n]');
  });
});

describe('what leaves a tensor as it is', () => {
  it('makes no node', () => {
    const x = tensor([1, 2, 3]);
    for (const y of [slice(x, [null]), slice(x, [[0, 9]]), pad(x, [0]), concat([x]), split(x, [3])[0]])
      expect(y).toBe(x);
  });
});

describe('refused', () => {
  const x = tensor([[1, 2, 3]]);
  it('slices', () => {
    expect(() => slice(x, [null, null, null])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: slice: the number of ranges does not fit. Got 3 ranges for x [1,3]; expected at most 2. Give one range for each axis.]`,
    );
    expect(() => slice(x, [[0, 1, 0]])).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: slice: not a step. Got 0; expected a whole number other than 0. Use 1 to take every element.]`,
    );
    expect(() => slice(x, [[0.5]])).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: slice: not an index. Got 0.5; expected a whole number or null. Round it.]`,
    );
    expect(() => slice(x, [null, null], { axes: [0, 0] })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: slice: an axis is named twice. Got axes [0,0] of a tensor with 2 axes; expected each at most once. Name it once.]`,
    );
  });
  it('pads', () => {
    expect(() => pad(x, [0, -1])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: pad: the widths do not fit. Got widths [[0,0],[-1,-1]] for x [1,3]; expected 2 whole numbers (or pairs of them) of 0 or more. Use slice to take elements away.]`,
    );
    expect(() => pad(x, [1])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: pad: the widths do not fit. Got widths [[1,1]] for x [1,3]; expected 2 whole numbers (or pairs of them) of 0 or more. Use slice to take elements away.]`,
    );
    expect(() => pad(x, [0, 3], { mode: 'reflect' })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: pad: too wide for mode 'reflect'. Got width 3 on axis 1 of x [1,3]; expected at most 2. Pad less, or with mode 'constant'.]`,
    );
  });
  it('joins and cuts', () => {
    expect(() => concat([x, tensor([[1, 2]])])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: concat: shapes differ. Got [1,3], [1,2] along axis 0; expected equal sizes on every other axis. Slice or pad one of them.]`,
    );
    expect(() => concat([])).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: concat: nothing to join. Got an empty list; expected at least one tensor. Check the list before.]`,
    );
    expect(() => split(x, 2, { axis: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: split: the parts do not fill the axis. Got 2 equal parts of axis 1 of x [1,3]; expected sizes that add up to 3. Give the size of each part.]`,
    );
    expect(() => split(x, [1, 1], { axis: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: split: the parts do not fill the axis. Got parts of [1,1] of axis 1 of x [1,3]; expected sizes that add up to 3. Give the size of each part.]`,
    );
    expect(() => squeeze(x, 1)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: squeeze: the axis is not of size 1. Got axis 1 of x [1,3]; expected size 1. Use reshape to merge axes.]`,
    );
    expect(() => flatten(x, { startAxis: 1, endAxis: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: flatten: the axes are in the wrong order. Got startAxis 1 and endAxis 0; expected startAxis ≤ endAxis. Exchange them.]`,
    );
  });
});
