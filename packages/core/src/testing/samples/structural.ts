import type * as structural from '../../ops/structural.ts';
import { cast, expand, reshape, stopGradient, sum, transpose } from '../../ops/structural.ts';
import { bind } from '../../trace/bind.ts';
import { markOp } from '../../ops/structural.ts';
import { at, fillPlain, mapPlain, plain, randomPlain, reducePlain } from '../plain.ts';
import type { Plain, Sample, SamplesOf } from '../sample.ts';

const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

const reshaped = (name: string, x: Plain, target: number[], actual = target): Sample => ({
  name,
  inputs: [x],
  run: (a) => reshape(a!, target),
  reference: (a) => plain(actual, a!.values, a!.dtype),
});

const expanded = (name: string, x: Plain, target: number[]): Sample => ({
  name,
  inputs: [x],
  run: (a) => expand(a!, target),
  reference: (a) => fillPlain(target, (index) => at(a!, index)),
});

const summed = (
  name: string,
  x: Plain,
  axis: number | number[] | undefined,
  axes: number[],
  keepDims = false,
): Sample => ({
  name,
  inputs: [x],
  symbolic: x.shape.length > 0 && x.shape[0]! > 1 ? [0] : undefined,
  run: (a) => sum(a!, { axis, keepDims }),
  reference: (a) => reducePlain(a!, { axes, keepDims, dtype: x.dtype === 'bool' ? 'int32' : x.dtype }, total),
});

const transposed = (name: string, x: Plain, permutation: number[] | undefined, order: number[]): Sample => ({
  name,
  inputs: [x],
  symbolic: x.shape.length > 0 && x.shape[0]! > 1 ? [0] : undefined,
  run: (a) => transpose(a!, permutation),
  reference: (a) =>
    fillPlain(
      order.map((axis) => a!.shape[axis]!),
      (index) =>
        at(
          a!,
          order.map((_, axis) => index[order.indexOf(axis)]!),
        ),
    ),
});

const converted = (
  name: string,
  x: Plain,
  dtype: 'int32' | 'float64' | 'bool' | 'float32',
  fn: (x: number) => number,
): Sample => ({
  name,
  inputs: [x],
  gradients: dtype === 'float64' ? [0] : [],
  run: (a) => cast(a!, dtype),
  reference: mapPlain(fn, dtype),
});

/** Samples of the ops in `ops/structural.ts`. */
export const structuralSamples: SamplesOf<typeof structural> = {
  reshape: [
    reshaped('joins axes', randomPlain([2, 3]), [6]),
    reshaped('infers -1', randomPlain([2, 6]), [-1, 2, 3], [2, 2, 3]),
    reshaped('size 0', randomPlain([0, 3]), [3, 0]),
    reshaped('to a scalar', randomPlain([1, 1]), []),
    {
      name: 'symbolic rows',
      inputs: [randomPlain([3, 2, 2])],
      symbolic: [0],
      run: (a) => reshape(a!, [-1, 4]),
      reference: (a) => plain([a!.shape[0]!, 4], a!.values),
    },
  ],
  expand: [
    expanded('inner axis', randomPlain([2, 1]), [2, 3]),
    expanded('new axes in front', randomPlain([3]), [2, 2, 3]),
    expanded('a scalar', randomPlain([]), [2, 2]),
    expanded('size 1 to size 0', randomPlain([1, 2]), [0, 2]),
    expanded('inner size 1 to size 0', randomPlain([2, 1]), [3, 2, 0]),
    expanded('a scalar to size 0', randomPlain([]), [0, 2]),
    expanded('integers', randomPlain([1, 2], { dtype: 'int32', min: -9, max: 9 }), [3, 2]),
  ],
  sum: [
    summed('all', randomPlain([2, 3]), undefined, [0, 1]),
    summed('negative axis', randomPlain([2, 3, 2]), -2, [1]),
    summed('two axes, kept', randomPlain([2, 3, 2]), [0, 2], [0, 2], true),
    summed('no axes', randomPlain([2, 3]), [], []),
    summed('size-0 axis', randomPlain([2, 0]), 1, [1]),
    summed('size-1 axis', randomPlain([2, 1]), 1, [1]),
    summed('scalar', randomPlain([]), undefined, []),
    summed('int32', randomPlain([2, 3], { dtype: 'int32', min: -9, max: 9 }), 0, [0]),
    summed('uint32', randomPlain([2, 3], { dtype: 'uint32', min: 0, max: 9 }), 0, [0]),
    summed('uint8', randomPlain([2, 3], { dtype: 'uint8', min: 0, max: 9 }), 0, [0]),
    summed('bool is counted', randomPlain([2, 3], { dtype: 'bool', min: 0, max: 2 }), 0, [0]),
    summed('float64', randomPlain([2, 3], { dtype: 'float64' }), 0, [0]),
  ],
  transpose: [
    transposed('reverses', randomPlain([2, 3]), undefined, [1, 0]),
    transposed('three axes', randomPlain([2, 3, 2]), [2, 0, 1], [2, 0, 1]),
    transposed('negative axes', randomPlain([2, 3, 2]), [0, -1, -2], [0, 2, 1]),
    transposed('size 0', randomPlain([0, 3]), undefined, [1, 0]),
  ],
  cast: [
    converted('to integers, toward zero', plain([4], [1.7, -1.7, 0, 2.5]), 'int32', Math.trunc),
    converted('to float64', randomPlain([2, 2]), 'float64', (x) => x),
    converted('to bool', plain([3], [0, -0.5, 2]), 'bool', (x) => Number(x !== 0)),
    converted('from integers', plain([3], [1, -2, 3], 'int32'), 'float32', (x) => x),
    converted('from bool', plain([2], [1, 0], 'bool'), 'float32', (x) => x),
  ],
  mark: [
    {
      name: 'is its operand',
      inputs: [randomPlain([2, 2])],
      run: (a) => bind(markOp, [a!], {}),
      reference: mapPlain((x) => x!),
    },
  ],
  stopGradient: [
    {
      name: 'is its operand, without a gradient',
      inputs: [randomPlain([2, 2])],
      expectedGradients: [[0, 0, 0, 0]],
      run: (a) => stopGradient(a!),
      reference: mapPlain((x) => x!),
    },
  ],
};
