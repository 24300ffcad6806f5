import type * as family from '../../ops/compare.ts';
import {
  equal,
  greater,
  greaterEqual,
  isFinite,
  isInf,
  isNaN,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  nanToNum,
  notEqual,
  where,
} from '../../ops/compare.ts';
import type { DType } from '../../dtype.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { mapPlain, plain, randomPlain } from '../plain.ts';
import type { Plain, Sample, SamplesOf } from '../sample.ts';
import { binaryAt, binarySamples, unaryAt } from './make.ts';

type Binary = (a: Tensor, b: Tensor) => Tensor;

const FLOAT32_MAX = 3.4028234663852886e38;
const DTYPES: DType[] = ['float16', 'int32', 'uint32', 'uint8', 'int8', 'bool'];

function comparisons(run: Binary, fn: (a: number, b: number) => boolean): Sample[] {
  const compared = (a: number, b: number): number => Number(fn(a, b));
  const values = [
    [1, 2, 3, 0],
    [1, 3, 2, 0],
  ] as const;
  const odd = [
    [NaN, 1, Infinity, -Infinity],
    [NaN, NaN, Infinity, Infinity],
  ] as const;
  const at = (lists: readonly (readonly number[])[]): number[] =>
    lists[0]!.map((a, index) => compared(a, lists[1]![index]!));
  return [
    ...binarySamples(run, compared, { result: 'bool' }),
    binaryAt('ties', run, values, at(values), { resultDtype: 'bool' }),
    binaryAt('NaN and infinity', run, odd, at(odd), { resultDtype: 'bool' }),
    ...DTYPES.map((dtype) => {
      const used =
        dtype === 'bool'
          ? ([
              [1, 1, 0, 0],
              [1, 0, 1, 0],
            ] as const)
          : values;
      return binaryAt(dtype, run, used, at(used), { dtypes: [dtype, dtype], resultDtype: 'bool' });
    }),
    binaryAt(
      'uint32 above 2^31',
      run,
      [
        [2 ** 32 - 1, 5],
        [5, 2 ** 31],
      ],
      at([
        [2 ** 32 - 1, 5],
        [5, 2 ** 31],
      ]),
      {
        dtypes: ['uint32', 'uint32'],
        resultDtype: 'bool',
      },
    ),
    binaryAt(
      'int32 with float32',
      run,
      [
        [1, 2],
        [1.5, 2],
      ],
      at([
        [1, 2],
        [1.5, 2],
      ]),
      {
        dtypes: ['int32', 'float32'],
        resultDtype: 'bool',
      },
    ),
  ];
}

const logicals = (run: Binary, fn: (a: boolean, b: boolean) => boolean): Sample[] => {
  const both = [
    [1, 1, 0, 0],
    [1, 0, 1, 0],
  ] as const;
  const expected = both[0].map((a, index) => Number(fn(a === 1, both[1][index] === 1)));
  return [
    binaryAt('truth table', run, both, expected, { dtypes: ['bool', 'bool'], resultDtype: 'bool' }),
    binaryAt(
      'numbers',
      run,
      [
        [2, -0.5, 0, 0],
        [3, 0, NaN, 0],
      ],
      expected,
      { resultDtype: 'bool' },
    ),
    {
      name: 'broadcasts both',
      inputs: [plain([2, 1], [1, 0], 'bool'), plain([1, 2], [1, 0], 'bool')],
      symbolic: [0],
      run: (a, b) => run(a!, b!),
      reference: mapPlain((a, b) => Number(fn(a === 1, b === 1)), 'bool'),
    },
    {
      name: 'size 0',
      inputs: [plain([0], [], 'bool'), plain([1], [1], 'bool')],
      run: (a, b) => run(a!, b!),
      reference: () => plain([0], [], 'bool'),
    },
  ];
};

const chosen = (name: string, condition: Plain, a: Plain, b: Plain, extra: Partial<Sample> = {}): Sample => ({
  name,
  inputs: [condition, a, b],
  run: (c, x, y) => where(c!, x!, y!),
  reference: mapPlain((c, x, y) => (c === 1 ? x! : y!), a.dtype),
  ...extra,
});

const mask = (shape: number[]): Plain => randomPlain(shape, { min: 0, max: 2, dtype: 'bool', seed: 9 });

const ofType = (dtype: DType, min: number, max: number): Sample =>
  chosen(
    dtype,
    mask([2, 3]),
    randomPlain([2, 3], { min, max, dtype }),
    randomPlain([2, 3], { min, max, dtype, seed: 2 }),
  );

/** Samples of the ops in `ops/compare.ts`. */
export const compareSamples: SamplesOf<typeof family> & Readonly<Record<'nanToNum', readonly Sample[]>> = {
  equal: comparisons(equal, (a, b) => a === b),
  notEqual: comparisons(notEqual, (a, b) => a !== b),
  less: comparisons(less, (a, b) => a < b),
  lessEqual: comparisons(lessEqual, (a, b) => a <= b),
  greater: comparisons(greater, (a, b) => a > b),
  greaterEqual: comparisons(greaterEqual, (a, b) => a >= b),
  logicalAnd: logicals(logicalAnd, (a, b) => a && b),
  logicalOr: logicals(logicalOr, (a, b) => a || b),
  logicalXor: logicals(logicalXor, (a, b) => a !== b),
  logicalNot: [
    unaryAt('bool', logicalNot, [1, 0], [0, 1], { dtype: 'bool' }),
    unaryAt('numbers', logicalNot, [2, 0, -0.5], [0, 1, 0], { resultDtype: 'bool' }),
    unaryAt('size 0', logicalNot, [], [], { dtype: 'bool' }),
  ],
  isNaN: [
    unaryAt('float32', isNaN, [1, NaN, Infinity, -Infinity, 0], [0, 1, 0, 0, 0], { resultDtype: 'bool' }),
    unaryAt('float64', isNaN, [1, NaN], [0, 1], { dtype: 'float64', resultDtype: 'bool' }),
    unaryAt('integers', isNaN, [1, 2], [0, 0], { dtype: 'int32', resultDtype: 'bool' }),
    unaryAt('size 0', isNaN, [], [], { resultDtype: 'bool' }),
  ],
  isInf: [
    unaryAt('float32', isInf, [1, NaN, Infinity, -Infinity, 3e38, 0], [0, 0, 1, 1, 0, 0], { resultDtype: 'bool' }),
    unaryAt('float64', isInf, [1e300, NaN, -Infinity], [0, 0, 1], { dtype: 'float64', resultDtype: 'bool' }),
    unaryAt('integers', isInf, [1, 2], [0, 0], { dtype: 'int32', resultDtype: 'bool' }),
    unaryAt('size 0', isInf, [], [], { resultDtype: 'bool' }),
  ],
  isFinite: [
    unaryAt('float32', isFinite, [1, NaN, Infinity, -Infinity, 3e38, 0], [1, 0, 0, 0, 1, 1], { resultDtype: 'bool' }),
    unaryAt('float64', isFinite, [1, NaN, -Infinity], [1, 0, 0], { dtype: 'float64', resultDtype: 'bool' }),
    unaryAt('integers', isFinite, [1, 2], [1, 1], { dtype: 'uint32', resultDtype: 'bool' }),
    unaryAt('size 0', isFinite, [], [], { resultDtype: 'bool' }),
  ],
  nanToNum: [
    unaryAt('defaults', (x) => nanToNum(x), [1, NaN, Infinity, -Infinity], [1, 0, FLOAT32_MAX, -FLOAT32_MAX], {
      expectedGradients: [[1, 0, 0, 0]],
    }),
    unaryAt('chosen', (x) => nanToNum(x, { nan: 7, posinf: 8, neginf: -9 }), [NaN, Infinity, -Infinity], [7, 8, -9]),
    unaryAt('float64', (x) => nanToNum(x), [Infinity, 2], [Number.MAX_VALUE, 2], { dtype: 'float64' }),
    unaryAt('float16', (x) => nanToNum(x), [Infinity, NaN], [65504, 0], { dtype: 'float16' }),
    unaryAt('integers', (x) => nanToNum(x), [3], [3], { dtype: 'int32' }),
  ],
  where: [
    chosen('same shape', mask([2, 3]), randomPlain([2, 3]), randomPlain([2, 3], { seed: 2 }), { symbolic: [0, 1, 2] }),
    chosen('broadcasts the condition', mask([2, 1]), randomPlain([2, 3]), randomPlain([3], { seed: 2 })),
    chosen('broadcasts the values', mask([2, 3]), randomPlain([]), randomPlain([2, 1], { seed: 2 })),
    chosen('size 0', mask([1, 3]), plain([0, 3], []), randomPlain([3])),
    chosen('NaN where not chosen', plain([2], [1, 0], 'bool'), plain([2], [1, NaN]), plain([2], [Infinity, 2]), {
      expectedGradients: [null, [1, 0], [0, 1]],
    }),
    ofType('float64', -2, 2),
    ofType('float16', -2, 2),
    ofType('int32', -9, 9),
    ofType('uint32', 2 ** 32 - 9, 2 ** 32 - 1),
    ofType('uint8', 0, 255),
    ofType('int8', -128, 127),
    ofType('bool', 0, 2),
  ],
};
