import { describe, expect, it } from 'vitest';
import { formatShape } from '../shape.ts';
import { tensor } from '../trace/literal.ts';
import { spec, trace } from '../trace/trace.ts';
import type { Tensor } from '../ir/tensor.ts';
import { addAlongAxis, gather, oneHot, scatterAdd, takeAlongAxis, topK } from './indexing.ts';

const int32 = (values: number[]): Tensor => tensor(values, { dtype: 'int32' });

describe('shapes', () => {
  it('of a lookup with symbolic indices', () => {
    const graph = trace(
      (table: Tensor, ids: Tensor) => gather(table, ids),
      [spec([50, 8]), spec(['batch', 'time'], 'int32')],
    );
    expect(formatShape(graph.outputs[0]!.shape)).toBe('[batch,time,8]');
  });
  it('of a one-hot table with symbolic rows', () => {
    const graph = trace((ids: Tensor) => oneHot(ids, 10), [spec(['batch'], 'int32')]);
    expect(formatShape(graph.outputs[0]!.shape)).toBe('[batch,10]');
  });
});

describe('refused', () => {
  const x = tensor([[1, 2, 3]]);
  it('indices that are no integers', () => {
    expect(() => gather(x, tensor([0]))).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: gather: indices are not integers. Got float32 [1]; expected int32. Convert them with cast(indices, 'int32').]`,
    );
  });
  it('shapes that do not fit', () => {
    expect(() => scatterAdd(x, int32([0]), tensor([1]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: scatterAdd: the updates do not fit. Got updates float32 [1]; expected float32 [1,3] for x [1,3] and indices [1] on axis 0. Reshape the updates.]`,
    );
    expect(() => takeAlongAxis(x, int32([0]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: takeAlongAxis: ranks differ. Got x [1,3] and indices [1]; expected the same number of axes. Add axes of size 1 with unsqueeze.]`,
    );
    expect(() => addAlongAxis(x, tensor([[0], [1]], { dtype: 'int32' }), x)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: addAlongAxis: the indices do not fit. Got x [1,3] and indices [2,1]; expected equal sizes on every axis but 1. Expand the indices.]`,
    );
    expect(() => topK(x, 4)).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: topK: k does not fit. Got 4 for axis 1 of x [1,3]; expected a whole number from 0 to 3. Ask for fewer.]`,
    );
    expect(() => gather(x, int32([0]), { axis: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: gather: no such axis. Got axis 2 of a tensor with 2 axes; expected -2 to 1. Name an axis it has.]`,
    );
  });
});
