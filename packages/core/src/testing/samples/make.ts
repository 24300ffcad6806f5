import type { DType } from '../../dtype.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { at, fillPlain, mapPlain, plain, randomPlain } from '../plain.ts';
import type { Plain, Sample } from '../sample.ts';

type Extra = Partial<Omit<Sample, 'name' | 'inputs'>>;

/** Samples of an elementwise function of one tensor: usual numbers in a range, and the shapes that trip ops up. */
export function unarySamples(
  run: (x: Tensor) => Tensor,
  fn: (x: number) => number,
  options: { min?: number; max?: number; tolerance?: number; float64?: boolean } = {},
): Sample[] {
  const { min = -2, max = 2, tolerance, float64 = true } = options;
  const one = (name: string, x: Plain, extra: Extra = {}): Sample => ({
    name,
    inputs: [x],
    run: (a) => run(a!),
    reference: mapPlain((value) => fn(value!), x.dtype),
    tolerance,
    ...extra,
  });
  const wide = { ...options, min, max };
  return [
    one('usual', randomPlain([2, 3], wide), { symbolic: [0] }),
    one('scalar', randomPlain([], { ...wide, seed: 2 })),
    one('size 0', plain([0, 3], [])),
    one('size 1', randomPlain([1, 1], { ...wide, seed: 3 })),
    one('float16', randomPlain([2, 3], { ...wide, dtype: 'float16' }), { gradients: [], tolerance: 5e-3 }),
    ...(float64 ? [one('float64', randomPlain([2, 3], { ...wide, dtype: 'float64' }))] : []),
  ];
}

/** A sample of an elementwise function of one tensor at given numbers. */
export function unaryAt(
  name: string,
  run: (x: Tensor) => Tensor,
  values: readonly number[],
  expected: readonly number[],
  extra: Extra & { dtype?: DType; resultDtype?: DType } = {},
): Sample {
  const { dtype, resultDtype, ...rest } = extra;
  return {
    name,
    inputs: [plain([values.length], values, dtype)],
    run: (a) => run(a!),
    reference: () => plain([expected.length], expected, resultDtype ?? dtype),
    gradients: [],
    ...rest,
  };
}

/** Samples of an elementwise function of two tensors: the ways to broadcast, and the shapes that trip ops up. */
export function binarySamples(
  run: (a: Tensor, b: Tensor) => Tensor,
  fn: (a: number, b: number) => number,
  options: { a?: readonly [number, number]; b?: readonly [number, number]; result?: DType; extra?: Extra } = {},
): Sample[] {
  const [aMin, aMax] = options.a ?? [-2, 2];
  const [bMin, bMax] = options.b ?? [-2, 2];
  const case_ = (
    name: string,
    left: readonly number[],
    right: readonly number[],
    dtype?: DType,
    extra: Extra = {},
  ): Sample => ({
    name,
    inputs: [
      randomPlain(left, { min: aMin, max: aMax, seed: 4, dtype }),
      randomPlain(right, { min: bMin, max: bMax, seed: 5, dtype }),
    ],
    run: (a, b) => run(a!, b!),
    reference: mapPlain((a, b) => fn(a!, b!), options.result ?? dtype),
    ...options.extra,
    ...extra,
  });
  return [
    case_('same shape', [2, 3], [2, 3], undefined, { symbolic: [0, 1] }),
    case_('broadcasts the second', [2, 3], [3], undefined, { symbolic: [0] }),
    case_('broadcasts the first', [1, 3], [2, 3], undefined, { symbolic: [1] }),
    case_('broadcasts both', [2, 1], [1, 3]),
    case_('scalar with tensor', [], [2, 2]),
    case_('tensor with scalar', [2, 2], []),
    case_('both scalars', [], []),
    case_('size 0', [0, 3], [1, 3]),
    case_('size 0 against 1', [2, 0], [2, 1]),
    case_('float64', [2, 3], [2, 3], 'float64'),
  ];
}

/** A sample of an elementwise function of two tensors at given numbers. */
export function binaryAt(
  name: string,
  run: (a: Tensor, b: Tensor) => Tensor,
  values: readonly [readonly number[], readonly number[]],
  expected: readonly number[],
  extra: Extra & { dtypes?: readonly [DType, DType]; resultDtype?: DType } = {},
): Sample {
  const { dtypes, resultDtype, ...rest } = extra;
  return {
    name,
    inputs: values.map((list, index) => plain([list.length], list, dtypes?.[index])),
    run: (a, b) => run(a!, b!),
    reference: () => plain([expected.length], expected, resultDtype),
    gradients: [],
    ...rest,
  };
}

/**
 * A sample of a function that puts elements of x elsewhere: `from` gives for each place of the result the index of its
 * element in x, or undefined for 0. `shape` gets the shape of x.
 */
export function movedSample(
  name: string,
  x: Plain,
  moved: {
    readonly run: (x: Tensor) => Tensor;
    readonly shape: (x: readonly number[]) => readonly number[];
    readonly from: (index: number[], shape: readonly number[]) => readonly number[] | undefined;
    readonly extra?: Extra;
  },
): Sample {
  return {
    name,
    inputs: [x],
    run: (a) => moved.run(a!),
    reference: (a) =>
      fillPlain(
        moved.shape(a!.shape),
        (index) => {
          const source = moved.from(index, a!.shape);
          return source === undefined ? 0 : at(a!, source);
        },
        a!.dtype,
      ),
    ...moved.extra,
  };
}
