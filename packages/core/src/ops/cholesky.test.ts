import { describe, expect, it } from 'vitest';
import { formatShape } from '../shape.ts';
import { tensor } from '../trace/literal.ts';
import { spec, trace } from '../trace/trace.ts';
import type { Tensor } from '../ir/tensor.ts';
import { cholesky, choleskyLogDet, choleskySolve } from './cholesky.ts';
import { triangularSolve } from './triangular-solve.ts';

const shapeOf = (fn: (x: Tensor) => Tensor, shape: (number | string)[]): string =>
  formatShape(trace(fn, [spec(shape)]).outputs[0]!.shape);

describe('shapes', () => {
  it('may have any batch', () => {
    expect(shapeOf((x) => cholesky(x), ['n', 5, 5])).toBe('[n,5,5]');
    expect(shapeOf((x) => choleskyLogDet(x), ['n', 'm', 5, 5])).toBe('[n,m]');
    expect(shapeOf((x) => choleskySolve(x, tensor([1, 2])), ['n', 2, 2])).toBe('[n,2]');
    expect(
      shapeOf(
        (x) =>
          triangularSolve(
            tensor([
              [1, 0],
              [0, 1],
            ]),
            x,
          ),
        ['n', 2, 3],
      ),
    ).toBe('[n,2,3]');
  });
});

describe('refused', () => {
  it('matrices that are no part of a graph', () => {
    expect(() => cholesky(tensor([1]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: cholesky: not a matrix. Got [1]; expected at least two axes. Reshape it.]`,
    );
    expect(() => cholesky(tensor([[1, 2]]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: cholesky: the matrix is not square. Got [1,2]; expected as many rows as columns. Slice or pad it.]`,
    );
    expect(() => trace((x: Tensor) => cholesky(x), [spec(['n', 'n'])])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: cholesky: the size of the matrix is known only when the graph runs. Got [n,n]; expected fixed sizes. Name other axes only.]`,
    );
    expect(() => trace((x: Tensor) => cholesky(x), [spec([65, 65])])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: cholesky: the matrix is too large for a graph. Got [65,65]; expected at most 64 rows. Outside traced functions, give its values to @gai/core/linalg (cholesky, solve, lstsq, …).]`,
    );
    expect(() => trace((x: Tensor) => triangularSolve(x, x), [spec([65, 65])])).toThrow('@gai/core/linalg');
    expect(() => cholesky(tensor([[1]], { dtype: 'int32' }))).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: cholesky: the dtype does not fit. Got int32; expected a float dtype. Cast the matrix.]`,
    );
  });
  it('right sides that do not fit', () => {
    expect(() => triangularSolve(tensor([[1]]), tensor([1, 2]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: triangularSolve: the right side does not fit. Got a [1,1] and b [2]; expected b [1] or [...,1,k]. Reshape or transpose b.]`,
    );
    expect(() => choleskySolve(tensor([[1]]), 2)).toThrow('the right side does not fit');
  });
});
