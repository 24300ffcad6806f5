import type * as family from '../../ops/elementwise.ts';
import {
  abs,
  add,
  ceil,
  clip,
  div,
  floor,
  fmod,
  log,
  maximum,
  minimum,
  mul,
  neg,
  pow,
  remainder,
  round,
  sign,
  square,
  sub,
  trunc,
} from '../../ops/elementwise.ts';
import type { DType } from '../../dtype.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { mapPlain, plain, randomPlain } from '../plain.ts';
import type { Sample, SamplesOf } from '../sample.ts';
import { binaryAt, binarySamples, unaryAt, unarySamples } from './make.ts';

type Binary = (a: Tensor, b: Tensor) => Tensor;

const INTEGERS: DType[] = ['int32', 'uint32', 'uint8', 'int8'];

/** Small integers of every integer dtype. */
const integers = (run: Binary, fn: (a: number, b: number) => number): Sample[] =>
  INTEGERS.map((dtype) => {
    const values = [
      [9, 7, 5],
      [2, 3, 5],
    ] as const;
    const expected = values[0].map((a, index) => fn(a, values[1][index]!));
    return binaryAt(dtype, run, values, expected, { dtypes: [dtype, dtype], resultDtype: dtype });
  });

const mixed = (run: Binary, fn: (a: number, b: number) => number): Sample => ({
  name: 'int32 with float32',
  inputs: [randomPlain([3], { dtype: 'int32', min: 1, max: 9 }), randomPlain([3], { min: 0.5, max: 2 })],
  run: (a, b) => run(a!, b!),
  reference: mapPlain((a, b) => fn(a!, b!), 'float32'),
});

const floored = (a: number, b: number): number => a - b * Math.floor(a / b);

/** Halves go to the even number. */
function roundEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

const ties: Pick<Sample, 'expectedGradients'> = {
  expectedGradients: [
    [0.5, 1, 0],
    [0.5, 0, 1],
  ],
};

/** Samples of the ops in `ops/elementwise.ts`. */
export const elementwiseSamples: SamplesOf<typeof family> = {
  add: [
    ...binarySamples(add, (a, b) => a + b),
    ...integers(add, (a, b) => a + b),
    mixed(add, (a, b) => a + b),
    binaryAt(
      'booleans count',
      add,
      [
        [1, 1, 0],
        [1, 0, 0],
      ],
      [2, 1, 0],
      { dtypes: ['bool', 'bool'], resultDtype: 'int32' },
    ),
    binaryAt('uint32 wraps', add, [[2 ** 32 - 1], [2]], [1], { dtypes: ['uint32', 'uint32'] }),
  ],
  sub: [...binarySamples(sub, (a, b) => a - b), ...integers(sub, (a, b) => a - b), mixed(sub, (a, b) => a - b)],
  mul: [
    ...binarySamples(mul, (a, b) => a * b),
    ...integers(mul, (a, b) => a * b),
    mixed(mul, (a, b) => a * b),
    binaryAt(
      'large',
      mul,
      [
        [1e30, -1e30],
        [1e30, 1e30],
      ],
      [Infinity, -Infinity],
    ),
  ],
  div: [
    ...binarySamples(div, (a, b) => a / b, { b: [0.5, 2] }),
    ...integers(div, (a, b) => Math.trunc(a / b)),
    mixed(div, (a, b) => a / b),
    binaryAt(
      'integers are cut toward zero',
      div,
      [
        [7, -7, 7],
        [2, 2, -2],
      ],
      [3, -3, -3],
      { dtypes: ['int32', 'int32'] },
    ),
    binaryAt(
      'by zero',
      div,
      [
        [1, -1, 0],
        [0, 0, 0],
      ],
      [Infinity, -Infinity, NaN],
    ),
  ],
  remainder: [
    ...integers(remainder, floored),
    ...binarySamples(remainder, floored, { a: [3.1, 3.4], b: [1.2, 1.3] }),
    binaryAt(
      'sign of the divisor',
      remainder,
      [
        [5, -5, 5, -5],
        [3, 3, -3, -3],
      ],
      [2, 1, -1, -2],
      { dtypes: ['int32', 'int32'] },
    ),
    binaryAt(
      'floats, sign of the divisor',
      remainder,
      [
        [5.5, -5.5, 5.5],
        [3, 3, -3],
      ],
      [2.5, 0.5, -0.5],
    ),
    binaryAt(
      'large quotients and infinity',
      remainder,
      [
        [1e10, 5, -5, 5, 1],
        [3, Infinity, Infinity, -Infinity, 0],
      ],
      [1e10 % 3, 5, Infinity, -Infinity, NaN],
    ),
  ],
  fmod: [
    ...integers(fmod, (a, b) => a % b),
    ...binarySamples(fmod, (a, b) => a % b, { a: [-3.4, -3.1], b: [1.2, 1.3] }),
    binaryAt(
      'sign of the dividend',
      fmod,
      [
        [5, -5, 5, -5],
        [3, 3, -3, -3],
      ],
      [2, -2, 2, -2],
      { dtypes: ['int32', 'int32'] },
    ),
    binaryAt(
      'large quotients and infinity',
      fmod,
      [
        [1e10, -5, 1],
        [3, Infinity, 0],
      ],
      [1e10 % 3, -5, NaN],
    ),
  ],
  neg: [
    ...unarySamples(neg, (x) => -x),
    unaryAt('int32', neg, [1, -2, 0], [-1, 2, 0], { dtype: 'int32' }),
    unaryAt('int8', neg, [1, -2], [-1, 2], { dtype: 'int8' }),
    unaryAt('uint32 wraps', neg, [1, 0], [2 ** 32 - 1, 0], { dtype: 'uint32' }),
    unaryAt('uint8 wraps', neg, [1, 0], [255, 0], { dtype: 'uint8' }),
  ],
  pow: [
    ...binarySamples(pow, (a, b) => a ** b, { a: [0.5, 2] }),
    ...integers(pow, (a, b) => a ** b).slice(0, 2),
    {
      name: 'negative base, whole exponent',
      inputs: [plain([3], [-2, -1.5, -2]), plain([3], [3, 2, -1])],
      // The exponent's gradient is complex there; it is taken as 0.
      gradients: [0],
      run: (a, b) => pow(a!, b!),
      reference: mapPlain((a, b) => a! ** b!),
    },
    binaryAt('negative base, other exponent', pow, [[-2], [0.5]], [NaN]),
    binaryAt(
      'base 0',
      pow,
      [
        [0, 0, 0],
        [0, 2, 1],
      ],
      [1, 0, 0],
      {
        expectedGradients: [
          [0, 0, 1],
          [0, 0, 0],
        ],
      },
    ),
    binaryAt('base 0, negative exponent', pow, [[0], [-1]], [Infinity]),
    {
      name: 'squared by a number',
      inputs: [plain([3], [-2, 0, 3])],
      run: (x) => pow(x!, 2),
      reference: mapPlain((x) => x! ** 2),
    },
    {
      name: 'cubed by a number',
      inputs: [plain([3], [-2, 0.5, 3])],
      run: (x) => pow(x!, 3),
      reference: mapPlain((x) => x! ** 3),
    },
    {
      name: 'root by a number',
      inputs: [plain([2], [4, 0.5])],
      run: (x) => pow(x!, 0.5),
      reference: mapPlain((x) => x! ** 0.5),
    },
  ],
  maximum: [
    ...binarySamples(maximum, Math.max),
    ...integers(maximum, Math.max),
    mixed(maximum, Math.max),
    binaryAt(
      'ties share the gradient',
      maximum,
      [
        [1, 2, 0],
        [1, 1, 1],
      ],
      [1, 2, 1],
      ties,
    ),
    binaryAt(
      'NaN wins',
      maximum,
      [
        [NaN, 1],
        [1, NaN],
      ],
      [NaN, NaN],
    ),
  ],
  minimum: [
    ...binarySamples(minimum, Math.min),
    ...integers(minimum, Math.min),
    binaryAt(
      'ties share the gradient',
      minimum,
      [
        [1, 0, 2],
        [1, 1, 1],
      ],
      [1, 0, 1],
      ties,
    ),
    binaryAt(
      'NaN wins',
      minimum,
      [
        [NaN, 1],
        [1, NaN],
      ],
      [NaN, NaN],
    ),
  ],
  clip: [
    ...unarySamples(
      (x) => clip(x, -1, 1),
      (x) => Math.min(Math.max(x, -1), 1),
    ),
    unaryAt('gradient 1 at the bounds', (x) => clip(x, -1, 1), [-1, 1, 2, -2], [-1, 1, 1, -1], {
      expectedGradients: [[1, 1, 0, 0]],
    }),
    unaryAt('one bound', (x) => clip(x, 0, Infinity), [-5, 5], [0, 5]),
    unaryAt('NaN stays', (x) => clip(x, 0, 1), [NaN], [NaN]),
    unaryAt('integers', (x) => clip(x, -1, 3), [-9, 2, 9], [-1, 2, 3], { dtype: 'int32' }),
    {
      name: 'tensors as bounds',
      inputs: [plain([2, 2], [-3, 0.3, 0.2, 5]), plain([2], [-1, 0]), plain([2, 1], [1, 2])],
      run: (x, low, high) => clip(x!, low!, high!),
      reference: mapPlain((x, low, high) => Math.min(Math.max(x!, low!), high!)),
    },
  ],
  abs: [
    ...unarySamples(abs, Math.abs),
    unaryAt('gradient 0 at 0', abs, [0, -2, 2], [0, 2, 2], { expectedGradients: [[0, -1, 1]] }),
    unaryAt('int32', abs, [-3, 3], [3, 3], { dtype: 'int32' }),
    unaryAt('uint32', abs, [2 ** 32 - 1], [2 ** 32 - 1], { dtype: 'uint32' }),
  ],
  sign: [
    ...unarySamples(sign, Math.sign),
    unaryAt('zero, NaN and infinity', sign, [0, NaN, -Infinity], [0, NaN, -1]),
    unaryAt('int32', sign, [-3, 0, 3], [-1, 0, 1], { dtype: 'int32' }),
  ],
  square: [
    ...unarySamples(square, (x) => x * x),
    unaryAt('int32', square, [-3, 4], [9, 16], { dtype: 'int32' }),
    unaryAt('large', square, [1e30], [Infinity]),
  ],
  log: [
    ...unarySamples(log, Math.log, { min: 0.2, max: 4 }),
    unaryAt('zero, negative and infinity', log, [0, -1, Infinity], [-Infinity, NaN, Infinity]),
    unaryAt('small', log, [1e-30], [Math.log(1e-30)]),
    unaryAt('integers', log, [1, 2], [0, Math.LN2], { dtype: 'int32', resultDtype: 'float32' }),
  ],
  floor: [
    ...unarySamples(floor, Math.floor, { min: -1.9, max: -1.1 }),
    unaryAt('both signs', floor, [1.5, -1.5, 0.1], [1, -2, 0]),
    unaryAt('whole numbers and infinity', floor, [2, -2, -Infinity], [2, -2, -Infinity]),
    unaryAt('int32', floor, [2, -2], [2, -2], { dtype: 'int32' }),
  ],
  ceil: [
    ...unarySamples(ceil, Math.ceil, { min: -1.9, max: -1.1 }),
    unaryAt('both signs', ceil, [1.5, -1.5, 0.1], [2, -1, 1]),
    unaryAt('int32', ceil, [2, -2], [2, -2], { dtype: 'int32' }),
  ],
  round: [
    ...unarySamples(round, roundEven, { min: -1.4, max: -0.6 }),
    unaryAt('halves to even', round, [0.5, 1.5, 2.5, -0.5, -1.5], [0, 2, 2, 0, -2]),
    unaryAt('int32', round, [2, -2], [2, -2], { dtype: 'int32' }),
  ],
  trunc: [
    ...unarySamples(trunc, Math.trunc, { min: -1.9, max: -1.1 }),
    unaryAt('both signs', trunc, [1.7, -1.7, 0.5, -0.5, 1e30], [1, -1, 0, 0, 1e30]),
    unaryAt('infinity and NaN', trunc, [Infinity, -Infinity, NaN], [Infinity, -Infinity, NaN]),
    unaryAt('int32', trunc, [2, -2], [2, -2], { dtype: 'int32' }),
  ],
};
