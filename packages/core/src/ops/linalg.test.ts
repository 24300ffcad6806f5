import { describe, expect, it } from 'vitest';
import { formatShape } from '../shape.ts';
import { tensor } from '../trace/literal.ts';
import { spec, trace } from '../trace/trace.ts';
import type { Tensor } from '../ir/tensor.ts';
import { linear, matmul, outer } from './linalg.ts';

const product = (a: (number | string)[], b: (number | string)[]): string =>
  formatShape(trace((x: Tensor, y: Tensor) => matmul(x, y), [spec(a), spec(b)]).outputs[0]!.shape);

describe('shapes', () => {
  it('follow NumPy', () => {
    expect(product(['n', 3], [3, 4])).toBe('[n,4]');
    expect(product(['n', 't', 3], [3, 4])).toBe('[n,t,4]');
    expect(product(['n', 1, 2, 3], [5, 3, 4])).toBe('[n,5,2,4]');
    expect(product([3], [3])).toBe('[]');
    expect(product([3], ['n', 3, 4])).toBe('[n,4]');
    expect(product(['n', 2, 3], [3])).toBe('[n,2]');
    expect(formatShape(outer(tensor([1, 2]), tensor([3])).shape)).toBe('[2,1]');
  });
});

describe('refused', () => {
  const a = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  it('sizes that do not fit', () => {
    expect(() => matmul(a, a)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: matmul: inner sizes differ. Got a [2,3] and b [2,3]; expected the inner size of a (3) to equal that of b (2). Transpose b or reshape a.]`,
    );
    expect(() => matmul(tensor([[[1, 2]]]), a, { transposeB: true })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: matmul: inner sizes differ. Got a [1,1,2] and b [2,3]; expected the inner size of a (2) to equal that of b (3). Transpose b or reshape a.]`,
    );
    expect(() => matmul(a, 2)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: matmul: a scalar operand. Got a [2,3] and b []; expected at least one axis each. Use mul to scale.]`,
    );
    expect(() => linear(a, tensor([[1, 2]]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: linear: sizes do not fit. Got x with 3 features, weight [1,2]; expected weight [out,in] with in = 3. Reshape x or the weight.]`,
    );
    expect(() => linear(a, a, tensor([1, 2, 3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: linear: sizes do not fit. Got x with 3 features, weight [2,3] and bias [3]; expected weight [out,in] with in = 3 and bias [out]. Reshape x or the weight.]`,
    );
    expect(() => linear(2, a)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: linear: not a layer. Got x [] and weight [2,3]; expected x [...,in] and weight [out,in]. Reshape them.]`,
    );
  });
  it('what is not numbers', () => {
    expect(() => matmul(tensor([true]), tensor([true]))).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: matmul: the dtype does not fit. Got bool; expected a float or integer dtype. Cast the operands.]`,
    );
    expect(() =>
      linear(tensor([[1]], { dtype: 'int32' }), tensor([[1]], { dtype: 'int32' })),
    ).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: linear: the dtype does not fit. Got int32; expected a float dtype. Cast the operands.]`,
    );
  });
});
