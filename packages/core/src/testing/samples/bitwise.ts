import type * as family from '../../ops/bitwise.ts';
import { bitwiseAnd, bitwiseNot, bitwiseOr, bitwiseXor, leftShift, rightShift } from '../../ops/bitwise.ts';
import type { DType } from '../../dtype.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { mapPlain, plain } from '../plain.ts';
import type { Sample, SamplesOf } from '../sample.ts';
import { binaryAt, unaryAt } from './make.ts';

type Binary = (a: Tensor, b: Tensor) => Tensor;

/** A number as the dtype holds its lowest bits. */
function wrapped(value: number, dtype: DType): number {
  if (dtype === 'uint8') return value & 255;
  if (dtype === 'int8') return (value << 24) >> 24;
  return dtype === 'uint32' ? value >>> 0 : value | 0;
}

const SIGNED: DType[] = ['int32', 'int8'];
const UNSIGNED: DType[] = ['uint32', 'uint8'];

function ofBits(run: Binary, fn: (a: number, b: number) => number): Sample[] {
  const of = (dtype: DType, a: readonly number[], b: readonly number[]): Sample => {
    const expected = a.map((value, index) => wrapped(fn(value, b[index]!), dtype));
    return binaryAt(dtype, run, [a, b], expected, { dtypes: [dtype, dtype], resultDtype: dtype });
  };
  return [
    ...SIGNED.map((dtype) => of(dtype, [6, -5, 0, 100], [3, 6, -1, -100])),
    ...UNSIGNED.map((dtype) => of(dtype, [6, 255, 0, 100], [3, 129, 7, 200])),
    {
      name: 'broadcasts both',
      inputs: [plain([2, 1], [12, 10], 'int32'), plain([1, 2], [6, 5], 'int32')],
      symbolic: [0],
      run: (a, b) => run(a!, b!),
      reference: mapPlain((a, b) => fn(a!, b!), 'int32'),
    },
    {
      name: 'size 0, with a number',
      inputs: [plain([0], [], 'int32')],
      run: (a) => run(a!, a!),
      reference: () => plain([0], [], 'int32'),
    },
  ];
}

function shifts(run: Binary, fn: (a: number, by: number) => number): Sample[] {
  const of = (dtype: DType, values: readonly number[], by: readonly number[]): Sample => {
    const expected = values.map((value, index) => wrapped(fn(value, by[index]!), dtype));
    return binaryAt(dtype, run, [values, by], expected, { dtypes: [dtype, dtype], resultDtype: dtype });
  };
  return [
    of('int32', [1, -5, 2 ** 30, -(2 ** 31), 7], [4, 1, 1, 31, 0]),
    of('uint32', [1, 2 ** 32 - 1, 2 ** 31], [31, 4, 31]),
    of('int8', [1, -5, 100, -128], [4, 1, 3, 7]),
    of('uint8', [1, 255, 100], [7, 4, 3]),
  ];
}

/** Samples of the ops in `ops/bitwise.ts`. */
export const bitwiseSamples: SamplesOf<typeof family> = {
  bitwiseAnd: ofBits(bitwiseAnd, (a, b) => a & b),
  bitwiseOr: ofBits(bitwiseOr, (a, b) => a | b),
  bitwiseXor: ofBits(bitwiseXor, (a, b) => a ^ b),
  bitwiseNot: [
    unaryAt('int32', bitwiseNot, [0, 5, -7], [-1, -6, 6], { dtype: 'int32' }),
    unaryAt('uint8', bitwiseNot, [0, 5], [255, 250], { dtype: 'uint8' }),
    unaryAt('size 0', bitwiseNot, [], [], { dtype: 'int32' }),
  ],
  leftShift: shifts(leftShift, (a, by) => a << by),
  // Unsigned values as the exact numbers they are.
  rightShift: shifts(rightShift, (a, by) => Math.floor(a / 2 ** by)),
};
