import { describe, expect, it } from 'vitest';
import { formatShape } from '../shape.ts';
import { tensor } from '../trace/literal.ts';
import { spec, trace } from '../trace/trace.ts';
import type { Tensor } from '../ir/tensor.ts';
import { arange, eye, linspace, meshgrid, zeros } from './creation.ts';
import { repeat, roll, tile, unstack } from './rearrange.ts';
import { diag, diagEmbed, diagonal, matrixTrace, tril } from './triangular.ts';

const shapeOf = (fn: (x: Tensor) => Tensor, shape: (number | string)[]): string =>
  formatShape(trace(fn, [spec(shape)]).outputs[0]!.shape);

describe('symbolic sizes', () => {
  it('repeat and shift', () => {
    expect(shapeOf((x) => tile(x, [2]), ['n'])).toBe('[2*n]');
    expect(shapeOf((x) => tile(x, [3, 1]), ['n'])).toBe('[3,n]');
    expect(shapeOf((x) => repeat(x, 3), ['n', 2])).toBe('[3*n,2]');
    expect(shapeOf((x) => roll(x, 1), ['n', 2])).toBe('[n,2]');
    expect(shapeOf((x) => roll(x, [1, 1], { axis: [0, 1] }), ['n', 2])).toBe('[n,2]');
    expect(shapeOf((x) => unstack(x, { axis: 1 })[1]!, ['n', 2])).toBe('[n]');
  });
  it('make diagonals and grids', () => {
    expect(shapeOf((x) => diagEmbed(x, { diagonal: -1 }), ['n'])).toBe('[n+1,n+1]');
    expect(shapeOf((x) => diagonal(diag(x), { diagonal: 1 }), ['n'])).toBe('[n-1]');
    expect(shapeOf((x) => matrixTrace(x), ['n', 3, 3])).toBe('[n]');
    expect(shapeOf((x) => eye(x.shape[0]!), ['n'])).toBe('[n,n]');
    expect(shapeOf((x) => zeros(x.shape), ['n', 2])).toBe('[n,2]');
    expect(shapeOf((x) => meshgrid([x, tensor([1, 2])])[0]!, ['n'])).toBe('[2,n]');
  });
});

describe('what leaves a tensor as it is', () => {
  it('makes no node', () => {
    const x = tensor([1, 2, 3]);
    for (const y of [tile(x, [1]), tile(x, []), roll(x, 0), roll(x, -6)]) expect(y).toBe(x);
  });
});

describe('refused', () => {
  const x = tensor([[1, 2, 3]]);
  it('counts and shifts', () => {
    expect(() => tile(x, [-1])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: tile: not a count. Got -1; expected a whole number of 0 or more. Check it.]`,
    );
    expect(() => repeat(x, 0.5)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: repeat: not a count. Got 0.5; expected a whole number of 0 or more. Check it.]`,
    );
    expect(() => roll(x, [1, 2], { axis: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: roll: the shifts do not fit. Got [1,2] for axes [0]; expected 1 whole numbers. Give one for each axis.]`,
    );
    expect(() => roll(x, 0.5)).toThrow('the shifts do not fit');
    expect(() => trace((y: Tensor) => unstack(y), [spec(['n', 2])])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: unstack: the number of parts is known only when the graph runs. Got axis 0 of x [n,2]; expected an axis of fixed size. Take one part with slice or gather.]`,
    );
  });
  it('diagonals', () => {
    expect(() => tril(tensor([1]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: tril: not a matrix. Got x [1]; expected at least two axes. Add one with unsqueeze.]`,
    );
    expect(() => diagonal(x, { diagonal: 0.5 })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: diagonal: no such diagonal. Got 0.5; expected a whole number, 0 for the main diagonal. Round it.]`,
    );
    expect(() => diagonal(x, { axes: [0, -2] })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: diagonal: the two axes are one. Got axes [0,-2] of x [1,3]; expected two different ones. Name another.]`,
    );
    expect(() => diag(tensor([[[1]]]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: diag: neither a vector nor a matrix. Got x [1,1,1]; expected one or two axes. Use diagEmbed or diagonal for batches.]`,
    );
    expect(() => trace((y: Tensor) => diagonal(y), [spec(['n', 'm'])])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: diagonal: the length is not known. Got x [n,m]; expected fixed sizes, or as many rows as columns. Slice x to a square.]`,
    );
  });
  it('ranges and grids', () => {
    expect(() => arange(0, 1, { step: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: arange: not a range. Got start 0, stop 1 and step 0; expected finite numbers and a step other than 0. Check how they were computed.]`,
    );
    expect(() => linspace(0, 1, -1)).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: linspace: not a count. Got -1; expected a whole number of 0 or more. Use arange to give the distance.]`,
    );
    expect(() => linspace(x, 1, 2)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: linspace: an end is not a scalar. Got start [1,3] and stop []; expected numbers or scalar tensors. Use one element of it.]`,
    );
    expect(() => meshgrid([x])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: meshgrid: not a vector. Got [1,3]; expected one axis each. Flatten it with reshape(x, [-1]).]`,
    );
    expect(() => eye(-1)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: eye: not a size. Got [-1,-1]; expected whole numbers from 0 to 2147483647, or names. Check how the size was computed.]`,
    );
  });
});
