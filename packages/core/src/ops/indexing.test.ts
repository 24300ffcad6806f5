import { describe, expect, it } from 'vitest';
import { formatShape } from '../shape.ts';
import { tensor } from '../trace/literal.ts';
import { spec, trace } from '../trace/trace.ts';
import type { Tensor } from '../ir/tensor.ts';
import { addAlongAxis, gather, oneHot, scatterAdd, takeAlongAxis, topK, unfold } from './indexing.ts';
import { putAlongAxis, scatter } from './scatter.ts';

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
      `[ShapeError: addAlongAxis: the indices do not fit x [1,3]. Got [2,1]; expected a shape that broadcasts to [1,1]. Reshape them.]`,
    );
    expect(() => addAlongAxis(x, int32([0]), x)).toThrow('ranks differ');
    expect(() => putAlongAxis(x, tensor([[0]], { dtype: 'int32' }), x)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: putAlongAxis: the updates do not fit. Got [1,3]; expected a shape that broadcasts to [1,1]. Reshape them.]`,
    );
    expect(() => putAlongAxis(x, tensor([[0]], { dtype: 'int32' }), int32([1]))).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: putAlongAxis: the dtypes differ. Got updates int32 and x float32; expected the same. Cast the updates.]`,
    );
    expect(() => scatter(x, int32([0, 0]), tensor([1, 2]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: scatter: the updates do not fit. Got [2]; expected a shape that broadcasts to [2,3]. Reshape them.]`,
    );
    expect(() => unfold(x, 4)).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: unfold: the windows do not fit. Got size 4 and step 1 for axis 1 of x [1,3]; expected a size from 1 to 3 and a step of 1 or more. Pad x.]`,
    );
    expect(() => unfold(x, 1, { step: 0 })).toThrow('the windows do not fit');
    expect(() => topK(x, 4)).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: topK: k does not fit. Got 4 for axis 1 of x [1,3]; expected a whole number from 0 to 3. Ask for fewer.]`,
    );
    expect(() => gather(x, int32([0]), { axis: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: gather: no such axis. Got axis 2 of a tensor with 2 axes; expected -2 to 1. Name an axis it has.]`,
    );
  });
});
