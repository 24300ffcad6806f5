import { describe, expect, it } from 'vitest';
import { dim } from '../dim.ts';
import { spec, trace } from '../trace/trace.ts';
import { tensor } from '../trace/literal.ts';
import type { Tensor } from '../ir/tensor.ts';
import { argmax, softmax } from './along-axis.ts';
import { where } from './compare.ts';
import { add, clip, maximum } from './elementwise.ts';
import { prelu } from './activation.ts';
import { bitwiseAnd, bitwiseNot } from './bitwise.ts';
import { cumprod } from './cumulative.ts';
import { glu, swiglu } from './gated.ts';
import { iota } from './iota.ts';
import { median, quantile } from './order.ts';
import { countOf, max, mean, variance } from './reduce.ts';
import { norm } from './vector-norm.ts';

const x = tensor([
  [1, 2],
  [3, 4],
]);

describe('what is refused where it is written', () => {
  it('sizes that do not broadcast', () => {
    expect(() => add(x, tensor([1, 2, 3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: add: shapes do not broadcast. Got a [2,2] and b [3]; expected sizes 2 and 3 (axis -1 from the end) to be equal or one of them 1. Reshape or expand one of them.]`,
    );
    expect(() => maximum(x, tensor([1, 2, 3]))).toThrow('maximum: shapes do not broadcast');
  });
  it('a condition that is not bool', () => {
    expect(() => where(tensor([1, 0]), 1, 2)).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: where: the condition is not bool. Got float32 [2]; expected dtype bool. Compare it, for example notEqual(condition, 0).]`,
    );
  });
  it('the largest of nothing', () => {
    expect(() => max(tensor([[], []]), { axis: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: max: no elements to choose from. Got [2,0] and axes [1]; expected at least one element along each. Leave empty tensors out.]`,
    );
    expect(() => argmax(tensor([[], []]), { axis: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: argmax: no elements to choose from. Got [2,0] and axis 1; expected at least one element. Leave empty tensors out.]`,
    );
  });
  it('axes that are not there', () => {
    expect(() => softmax(tensor(1))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: softmax: a scalar has no axes. Got axis -1 and shape []; expected at least one axis. Reshape it first.]`,
    );
    expect(() => mean(x, { axis: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: mean: no such axis. Got axis 2 of a tensor with 2 axes; expected -2 to 1. Name an axis it has.]`,
    );
    expect(() => variance(x, { axis: [0, 0] })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: variance: an axis is named twice. Got axes [0,0] of a tensor with 2 axes; expected each at most once. Name it once.]`,
    );
  });
  it('halves, shares and bits that are not there', () => {
    expect(() => glu(tensor([[1, 2, 3]]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: glu: the axis has no two halves. Got size 3 on axis 1 of x [1,3]; expected an even size. Give the layer before it twice as many features.]`,
    );
    expect(() => swiglu(tensor([1]))).toThrow('swiglu: the axis has no two halves');
    expect(() => quantile(x, 50)).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: quantile: not a probability. Got 50; expected 0 to 1. Divide percentiles by 100.]`,
    );
    expect(() => median(tensor([[], []]), { axis: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: median: no elements to choose from. Got [2,0]; expected at least one element along the axis. Leave empty tensors out.]`,
    );
    expect(() => bitwiseAnd(x, 1)).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: bitwiseAnd: bits of something else than integers. Got float32; expected an integer dtype. Cast to int32, or use logicalAnd and the like for booleans.]`,
    );
    expect(() => bitwiseNot(tensor([true]))).toThrow('bitwiseNot: bits of something else than integers');
    expect(() => cumprod(tensor(1))).toThrow('cumprod: a scalar has no axes');
    expect(() => norm(tensor([[], []]), { ord: Infinity, axis: 1 })).toThrow('no elements to choose from');
    expect(() => prelu(x, tensor([1, 2, 3]))).toThrow('shapes do not broadcast');
  });
  it('counting in booleans', () => {
    expect(() => iota(3, 'bool')).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: iota: not a number type. Got bool; expected an integer or floating-point dtype.]`,
    );
    expect(() => iota(-1)).toThrow('iota: not a size');
  });
  it('a fraction as bound of integers', () => {
    expect(() => clip(tensor([1], { dtype: 'int32' }), 0.5, 2)).toThrow('a number does not fit the dtype');
  });
});

describe('countOf', () => {
  it('is a number where sizes are known, counted in the graph where they are not', () => {
    expect(countOf([2, 3, 4], [0, 2], 'float32')).toBe(8);
    expect(countOf([dim('batch'), 3], [1], 'float32')).toBe(3);
    const graph = trace((a: Tensor) => countOf(a.shape, [0, 1], 'float32'), [spec(['batch', 3])]);
    expect(graph.outputs[0]?.shape).toEqual([]);
  });
});
