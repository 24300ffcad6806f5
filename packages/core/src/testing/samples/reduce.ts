import type * as family from '../../ops/reduce.ts';
import { all, any, countNonzero, logSumExp, max, mean, min, prod, std, variance } from '../../ops/reduce.ts';
import type { DType } from '../../dtype.ts';
import type { Tensor } from '../../ir/tensor.ts';
import type { ReduceOptions } from '../../ops/structural.ts';
import { plain, randomPlain, reducePlain } from '../plain.ts';
import type { Plain, Sample, SamplesOf } from '../sample.ts';
import { logSumExpOf, meanOf, varianceOf } from './special.ts';

type Reduction = (x: Tensor, options?: ReduceOptions) => Tensor;

/** A sample of a reduction. */
const reduced = (
  name: string,
  run: Reduction,
  fn: (values: number[]) => number,
  given: { x: Plain; axis?: number | number[]; axes?: number[]; keepDims?: boolean; result?: DType } & Partial<Sample>,
): Sample => {
  const { x, axis, axes, keepDims, result, ...rest } = given;
  return {
    name,
    inputs: [x],
    run: (a) => run(a!, { axis, keepDims }),
    reference: (a) => reducePlain(a!, { axes, keepDims, dtype: result }, fn),
    ...rest,
  };
};

/** The shapes and axes every reduction is tried with. */
function reductions(
  run: Reduction,
  fn: (values: number[]) => number,
  range: { min?: number; max?: number } = {},
): Sample[] {
  const of = (shape: number[], dtype?: DType): Plain => randomPlain(shape, { ...range, dtype, seed: 11 });
  return [
    reduced('all', run, fn, { x: of([2, 3]), symbolic: [0] }),
    reduced('last axis', run, fn, { x: of([2, 3]), axis: -1, axes: [1], symbolic: [0] }),
    reduced('first axis', run, fn, { x: of([3, 2]), axis: 0, axes: [0], symbolic: [0] }),
    reduced('two axes, kept', run, fn, {
      x: of([2, 3, 2]),
      axis: [-1, 0],
      axes: [0, 2],
      keepDims: true,
      symbolic: [0],
    }),
    reduced('middle axis', run, fn, { x: of([2, 3, 2]), axis: 1, axes: [1] }),
    reduced('size-1 axis', run, fn, { x: of([2, 1]), axis: 1, axes: [1] }),
    reduced('of a scalar', run, fn, { x: of([]) }),
    reduced('no axes', run, fn, { x: of([2, 2]), axis: [], axes: [] }),
    reduced('no lines', run, fn, { x: plain([0, 3], []), axis: 1, axes: [1] }),
    reduced('float64', run, fn, { x: of([2, 3], 'float64'), axis: 1, axes: [1] }),
  ];
}

const line = (
  name: string,
  run: Reduction,
  values: number[],
  expected: number,
  extra: Partial<Sample> & { dtype?: DType; result?: DType } = {},
): Sample => {
  const { dtype, result, ...rest } = extra;
  return {
    name,
    inputs: [plain([values.length], values, dtype)],
    run: (a) => run(a!),
    reference: () => plain([], [expected], result ?? dtype),
    gradients: [],
    ...rest,
  };
};

const UNSIGNED = Array.from({ length: 19 }, (_, index) => (index === 7 ? 3 : 2 ** 32 - 1 - index));

const extrema = (run: Reduction, fn: (values: number[]) => number): Sample[] => [
  line('NaN first', run, [NaN, 1, 2], NaN),
  line('NaN last', run, [1, 2, NaN], NaN),
  line('infinities', run, [-Infinity, 1, Infinity], fn([-Infinity, Infinity])),
  ...(['int32', 'uint32', 'uint8', 'int8', 'float16', 'bool'] as const).map((dtype) =>
    line(dtype, run, dtype === 'bool' ? [0, 1] : [3, 1, 2], fn(dtype === 'bool' ? [0, 1] : [3, 1, 2]), { dtype }),
  ),
  line('uint32 above 2^31', run, [2 ** 32 - 1, 5], fn([2 ** 32 - 1, 5]), { dtype: 'uint32' }),
  // In vectors, where the int64 of ONNX Runtime goes wrong.
  line('many uint32 above 2^31', run, UNSIGNED, fn(UNSIGNED), { dtype: 'uint32' }),
];

const product = (values: number[]): number => values.reduce((a, b) => a * b, 1);

type Composite = 'std' | 'unbiasedVariance' | 'countNonzero';

/** Samples of the ops in `ops/reduce.ts`, and of its functions that are made of other ops. */
export const reduceSamples: SamplesOf<typeof family> & Readonly<Record<Composite, readonly Sample[]>> = {
  max: [
    ...reductions(max, (values) => Math.max(...values)),
    ...extrema(max, (values) => Math.max(...values)),
    line('ties share the gradient', max, [3, 1, 3, 3], 3, { expectedGradients: [[1 / 3, 0, 1 / 3, 1 / 3]] }),
  ],
  min: [
    ...reductions(min, (values) => Math.min(...values)),
    ...extrema(min, (values) => Math.min(...values)),
    line('ties share the gradient', min, [1, 3, 1, 2], 1, { expectedGradients: [[0.5, 0, 0.5, 0]] }),
  ],
  mean: [
    ...reductions(mean, meanOf),
    reduced('of nothing', mean, () => NaN, { x: plain([2, 0], []), axis: 1, axes: [1] }),
    line('int32', mean, [1, 2], 1.5, { dtype: 'int32', result: 'float32' }),
    line('bool', mean, [1, 0, 0, 0], 0.25, { dtype: 'bool', result: 'float32' }),
  ],
  variance: [
    ...reductions(variance, (values) => varianceOf(values)),
    reduced('of nothing', variance, () => NaN, { x: plain([2, 0], []), axis: 1, axes: [1] }),
    // Two-pass: the mean is 1e4 times the deviation.
    line('far from 0', variance, [10000, 10001, 10002], 2 / 3, { expectedGradients: [[-2 / 3, 0, 2 / 3]] }),
  ],
  unbiasedVariance: reductions(
    (x, options) => variance(x, { ...options, ddof: 1 }),
    (values) => (values.length === 0 ? NaN : varianceOf(values, 1)),
  ).slice(0, 4),
  std: reductions(std, (values) => Math.sqrt(varianceOf(values))).slice(0, 4),
  prod: [
    ...reductions(prod, product),
    reduced('of nothing', prod, product, { x: plain([2, 0], []), axis: 1, axes: [1] }),
    line('one zero', prod, [2, 0, 3], 0, { expectedGradients: [[0, 6, 0]] }),
    line('two zeros', prod, [0, 0, 3], 0, { expectedGradients: [[0, 0, 0]] }),
    ...(['int32', 'uint32', 'uint8', 'int8'] as const).map((dtype) => line(dtype, prod, [3, 2, 5], 30, { dtype })),
  ],
  countNonzero: [
    ...reductions(countNonzero, (values) => values.filter((value) => value !== 0).length).map((sample) => ({
      ...sample,
      gradients: [],
    })),
    line('NaN counts', countNonzero, [0, NaN, 2], 2, { result: 'int32' }),
    line('int32', countNonzero, [0, -3], 1, { dtype: 'int32' }),
    line('bool', countNonzero, [1, 0, 1], 2, { dtype: 'bool', result: 'int32' }),
  ],
  any: [
    ...reductions(any, (values) => Number(values.some(Boolean))).map((sample) => ({ ...sample, gradients: [] })),
    line('true', any, [0, 1, 0], 1, { dtype: 'bool' }),
    line('false', any, [0, 0], 0, { dtype: 'bool' }),
    line('of nothing', any, [], 0, { dtype: 'bool' }),
  ],
  all: [
    line('true', all, [1, 1, 1], 1, { dtype: 'bool' }),
    line('false', all, [1, 0], 0, { dtype: 'bool' }),
    line('of nothing', all, [], 1, { dtype: 'bool' }),
    line('numbers', all, [2, -0.5], 1, { result: 'bool' }),
    reduced('last axis', all, (values) => Number(values.every(Boolean)), {
      x: plain([2, 2], [1, 0, 1, 1], 'bool'),
      axis: -1,
      axes: [1],
      symbolic: [0],
    }),
  ],
  logSumExp: [
    ...reductions(logSumExp, logSumExpOf),
    reduced('of nothing', logSumExp, logSumExpOf, { x: plain([2, 0], []), axis: 1, axes: [1] }),
    reduced('large logits', logSumExp, logSumExpOf, { x: plain([3], [1000, 999, -1000]) }),
    line('one masked', logSumExp, [0, -Infinity], 0, { expectedGradients: [[1, 0]] }),
    line('infinite logit', logSumExp, [Infinity, 0], Infinity),
    line('NaN', logSumExp, [0, NaN], NaN),
    line('all masked', logSumExp, [-Infinity, -Infinity], -Infinity, { expectedGradients: [[0, 0]] }),
  ],
};
