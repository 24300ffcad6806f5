import { cummax, cummin, cumprod, diff } from '../../ops/cumulative.ts';
import type { DType } from '../../dtype.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { mapAxis, plain, randomPlain } from '../plain.ts';
import type { Plain, Sample } from '../sample.ts';

interface Options {
  readonly axis?: number;
  readonly exclusive?: boolean;
  readonly reverse?: boolean;
}

type Cumulative = (x: Tensor, options: Options) => Tensor;
type Pairwise = (a: number, b: number) => number;

function running(line: readonly number[], fn: Pairwise, start: number, options: Options): number[] {
  const order = options.reverse === true ? line.toReversed() : [...line];
  let state = start;
  const values = order.map((value) => {
    const before = state;
    state = fn(state, value);
    return options.exclusive === true ? before : state;
  });
  return options.reverse === true ? values.toReversed() : values;
}

const sampler =
  (run: Cumulative, fn: Pairwise, start: number) =>
  (name: string, x: Plain, options: Options = {}, extra: Partial<Sample> = {}): Sample => ({
    name,
    inputs: [x],
    symbolic: x.shape[0]! > 1 && (options.axis ?? -1) !== 0 ? [0] : undefined,
    run: (a) => run(a!, options),
    reference: (a) => mapAxis(a!, options.axis ?? -1, (line) => running(line, fn, start, options), x.dtype),
    ...extra,
  });

function lines(run: Cumulative, fn: Pairwise, start: number): Sample[] {
  const of = sampler(run, fn, start);
  const kinks = run !== cumprod;
  return [
    of('last axis', randomPlain([2, 5], { seed: 3 })),
    of('reverse', randomPlain([2, 5], { seed: 3 }), { reverse: true }),
    of('first axis', randomPlain([5, 2], { seed: 3 }), { axis: 0 }),
    of('middle axis', randomPlain([2, 4, 2], { seed: 3 }), { axis: 1 }),
    // Twice the line has ties.
    of('symbolic line', randomPlain([3], { seed: 3 }), {}, { symbolic: [0], gradients: kinks ? [] : undefined }),
    of(
      'symbolic line, reverse',
      randomPlain([4, 2], { seed: 3 }),
      { axis: 0, reverse: true },
      { symbolic: [0], gradients: kinks ? [] : undefined },
    ),
    of('33 long', randomPlain([33], { seed: 3, min: 0.8, max: 1.2 })),
    of('size-1 axis', randomPlain([2, 1])),
    of('size-0 axis', plain([2, 0], [])),
    of('no lines', plain([0, 3], [])),
    of('float64', randomPlain([2, 5], { dtype: 'float64', seed: 3 })),
    ...(['int32', 'uint32', 'uint8', 'int8'] as DType[]).map((dtype) => of(dtype, plain([4], [2, 1, 3, 1], dtype))),
    of('NaN', plain([4], [2, NaN, 1, 3]), {}, { gradients: [] }),
  ];
}

const tied = (run: Cumulative, values: number[], expected: number[], gradient: number[]): Sample => ({
  name: 'ties',
  inputs: [plain([values.length], values)],
  run: (x) => run(x!, {}),
  reference: () => plain([expected.length], expected),
  expectedGradients: [gradient],
});

const difference = (name: string, x: Plain, axis = -1, extra: Partial<Sample> = {}): Sample => ({
  name,
  inputs: [x],
  run: (a) => diff(a!, { axis }),
  reference: (a) => mapAxis(a!, axis, (line) => line.slice(1).map((value, index) => value - line[index]!), x.dtype),
  ...extra,
});

const product = sampler(cumprod, (a, b) => a * b, 1);

/** Samples of the functions in `ops/cumulative.ts`, which are made of other ops. */
export const cumulativeSamples: Readonly<Record<'cumprod' | 'cummax' | 'cummin' | 'diff', readonly Sample[]>> = {
  cumprod: [
    product('with zeros', plain([2, 3], [2, 0, 3, 0, 0, 5])),
    ...lines(cumprod, (a, b) => a * b, 1),
    product('exclusive', randomPlain([2, 4]), { exclusive: true }),
    product('exclusive, reverse', randomPlain([2, 4]), { exclusive: true, reverse: true }),
    { ...product('exclusive, symbolic line', randomPlain([3], { seed: 3 }), { exclusive: true }), symbolic: [0] },
    product('exclusive, size-0 axis', plain([2, 0], []), { exclusive: true }),
    {
      name: 'booleans count',
      inputs: [plain([3], [1, 1, 0], 'bool')],
      run: (x) => cumprod(x!),
      reference: () => plain([3], [1, 1, 0], 'int32'),
    },
  ],
  cummax: [...lines(cummax, Math.max, -Infinity), tied(cummax, [1, 3, 3, 0], [1, 3, 3, 3], [1, 2, 1, 0])],
  cummin: [...lines(cummin, Math.min, Infinity), tied(cummin, [3, 1, 2], [3, 1, 1], [1, 2, 0])],
  diff: [
    difference('last axis', randomPlain([2, 4]), -1, { symbolic: [0] }),
    difference('first axis', randomPlain([3, 2]), 0),
    { ...difference('symbolic line', randomPlain([4])), symbolic: [0] },
    difference('one element', randomPlain([2, 1])),
    difference('int32', plain([3], [5, 1, 2], 'int32')),
    difference('float64', randomPlain([3], { dtype: 'float64' })),
  ],
};
