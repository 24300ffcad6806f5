import type * as family from '../../ops/along-axis.ts';
import { argmax, argmin, cumsum, logSoftmax, softmax, softmin } from '../../ops/along-axis.ts';
import type { DType } from '../../dtype.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { mapAxis, plain, randomPlain, reducePlain } from '../plain.ts';
import type { Plain, Sample, SamplesOf } from '../sample.ts';
import { logSumExpOf } from './special.ts';

type AlongAxis = (x: Tensor, options: { axis?: number | undefined }) => Tensor;

const logSoftmaxOf = (line: number[]): number[] => {
  const total = logSumExpOf(line);
  return line.map((value) => (value === -Infinity ? -Infinity : value - total));
};
const softmaxOf = (line: number[]): number[] => logSoftmaxOf(line).map(Math.exp);

const along = (name: string, run: AlongAxis, fn: (line: number[]) => number[], x: Plain, axis?: number): Sample => ({
  name,
  inputs: [x],
  symbolic: x.shape[0]! > 1 && (axis ?? -1) !== 0 ? [0] : undefined,
  run: (a) => run(a!, { axis }),
  reference: (a) => mapAxis(a!, axis ?? -1, fn, x.dtype),
});

const lines = (run: AlongAxis, fn: (line: number[]) => number[]): Sample[] => [
  along('last axis', run, fn, randomPlain([2, 3])),
  along('first axis', run, fn, randomPlain([3, 2]), 0),
  along('middle axis', run, fn, randomPlain([2, 3, 2]), -2),
  along('one axis', run, fn, randomPlain([4])),
  along('size-1 axis', run, fn, randomPlain([2, 1])),
  along('size-0 axis', run, fn, plain([2, 0], [])),
  along('no lines', run, fn, plain([0, 3], [])),
  along('float64', run, fn, randomPlain([2, 3], { dtype: 'float64' })),
];

const stated = (
  name: string,
  run: (x: Tensor) => Tensor,
  values: number[],
  expected: number[],
  extra: Partial<Sample> & { dtype?: DType; result?: DType } = {},
): Sample => {
  const { dtype, result, ...rest } = extra;
  return {
    name,
    inputs: [plain([values.length], values, dtype)],
    run: (x) => run(x!),
    reference: () => plain([expected.length], expected, result ?? dtype),
    gradients: [],
    ...rest,
  };
};

type Arg = (x: Tensor, options?: { axis?: number; keepDims?: boolean }) => Tensor;

function args(run: Arg, better: (a: number, b: number) => boolean): Sample[] {
  const first = (values: number[]): number =>
    values.reduce((best, value, index) => (better(value, values[best]!) ? index : best), 0);
  const of = (name: string, x: Plain, options?: { axis: number; keepDims?: boolean }): Sample => ({
    name,
    inputs: [x],
    gradients: [],
    run: (a) => run(a!, options),
    reference: (a) => {
      const axes =
        options === undefined ? undefined : [options.axis < 0 ? options.axis + x.shape.length : options.axis];
      return reducePlain(a!, { axes, keepDims: options?.keepDims, dtype: 'int32' }, first);
    },
  });
  return [
    { ...of('last axis', randomPlain([2, 4]), { axis: -1 }), symbolic: [0] },
    of('first axis, kept', randomPlain([3, 2]), { axis: 0, keepDims: true }),
    of('all', randomPlain([2, 3])),
    of('the first of ties', plain([2, 4], [1, 3, 3, 1, 2, 2, 2, 2]), { axis: 1 }),
    of('infinities', plain([2, 2], [-Infinity, Infinity, -Infinity, -Infinity]), { axis: 1 }),
    of('size-1 axis', randomPlain([3, 1]), { axis: 1 }),
    of('no lines', plain([0, 3], []), { axis: 1 }),
    ...(['int32', 'uint32', 'uint8', 'int8', 'float64', 'float16'] as const).map((dtype) =>
      of(dtype, randomPlain([2, 4], { min: 0, max: 100, dtype }), { axis: 1 }),
    ),
    of('bool', plain([3], [0, 1, 1], 'bool')),
    of('uint32 above 2^31', plain([3], [5, 2 ** 32 - 1, 7], 'uint32')),
  ];
}

const running = (line: number[], options: { exclusive?: boolean; reverse?: boolean } = {}): number[] => {
  const order = options.reverse === true ? line.toReversed() : line;
  let total = 0;
  const sums = order.map((value) => {
    total += value;
    return options.exclusive === true ? total - value : total;
  });
  return options.reverse === true ? sums.toReversed() : sums;
};

/** Samples of the ops in `ops/along-axis.ts`, and of its function that is made of them. */
export const alongAxisSamples: SamplesOf<typeof family> & Readonly<Record<'softmin', readonly Sample[]>> = {
  softmax: [
    ...lines(softmax, softmaxOf),
    along('large logits', softmax, softmaxOf, plain([3], [1000, 999, -1000])),
    stated('one masked', (x) => softmax(x), [0, 0, -Infinity], [0.5, 0.5, 0], { expectedGradients: [[0, 0, 0]] }),
    stated('all masked', (x) => softmax(x), [-Infinity, -Infinity], [0, 0], { expectedGradients: [[0, 0]] }),
    stated('NaN stays', (x) => softmax(x), [NaN, 1], [NaN, NaN]),
    stated('integers', (x) => softmax(x), [1, 1], [0.5, 0.5], { dtype: 'int32', result: 'float32' }),
    stated('float16', (x) => softmax(x), [1, 2], softmaxOf([1, 2]), { dtype: 'float16' }),
  ],
  softmin: [
    ...lines(softmin, (line) => softmaxOf(line.map((value) => -value))).slice(0, 4),
    stated('masked', (x) => softmin(x), [0, 0, Infinity], [0.5, 0.5, 0], { expectedGradients: [[0, 0, 0]] }),
  ],
  logSoftmax: [
    ...lines(logSoftmax, logSoftmaxOf),
    along('large logits', logSoftmax, logSoftmaxOf, plain([3], [1000, 999, -1000])),
    stated('one masked', (x) => logSoftmax(x), [0, 0, -Infinity], [-Math.LN2, -Math.LN2, -Infinity], {
      expectedGradients: [[-0.5, -0.5, 1]],
    }),
    stated('all masked', (x) => logSoftmax(x), [-Infinity, -Infinity], [-Infinity, -Infinity], {
      expectedGradients: [[1, 1]],
    }),
    stated('NaN stays', (x) => logSoftmax(x), [NaN, 1], [NaN, NaN]),
  ],
  argmax: args(argmax, (a, b) => a > b),
  argmin: args(argmin, (a, b) => a < b),
  cumsum: [
    ...lines(cumsum, (line) => running(line)),
    ...lines(
      (x, options) => cumsum(x, { ...options, exclusive: true }),
      (line) => running(line, { exclusive: true }),
    ).slice(0, 3),
    ...lines(
      (x, options) => cumsum(x, { ...options, reverse: true }),
      (line) => running(line, { reverse: true }),
    ).slice(0, 3),
    stated('int32', (x) => cumsum(x), [1, 2, 3], [1, 3, 6], { dtype: 'int32' }),
    stated('uint32', (x) => cumsum(x), [1, 2, 2 ** 32 - 4], [1, 3, 2 ** 32 - 1], { dtype: 'uint32' }),
    stated('uint8', (x) => cumsum(x), [1, 2, 3], [1, 3, 6], { dtype: 'uint8' }),
    stated('bool', (x) => cumsum(x), [1, 0, 1], [1, 1, 2], { dtype: 'bool', result: 'int32' }),
  ],
};
