import { repeat, roll, tile, unstack } from '../../ops/rearrange.ts';
import { at, fillPlain, plain, randomPlain } from '../plain.ts';
import type { Plain, Sample } from '../sample.ts';
import { movedSample } from './make.ts';

const tiled = (name: string, x: Plain, counts: number[], symbolic?: number[]): Sample => {
  const padded = (shape: readonly number[]): number[] => [
    ...Array.from({ length: Math.max(0, counts.length - shape.length) }, () => 1),
    ...shape,
  ];
  const times = (shape: readonly number[]): number[] =>
    padded(shape).map((_, axis, all) => counts[axis - all.length + counts.length] ?? 1);
  return movedSample(name, x, {
    run: (a) => tile(a, counts),
    shape: (shape) => padded(shape).map((size, axis) => size * times(shape)[axis]!),
    from: (index, shape) => index.slice(index.length - shape.length).map((place, axis) => place % shape[axis]!),
    extra: { symbolic },
  });
};

const repeated = (name: string, x: Plain, count: number, axis: number, symbolic?: number[]): Sample => {
  const own = axis < 0 ? axis + x.shape.length : axis;
  return movedSample(name, x, {
    run: (a) => repeat(a, count, { axis }),
    shape: (shape) => shape.map((size, other) => (other === own ? size * count : size)),
    from: (index) => index.map((place, other) => (other === own ? Math.floor(place / count) : place)),
    extra: { symbolic },
  });
};

const rolled = (
  name: string,
  x: Plain,
  shift: number | number[],
  axis: number | number[],
  symbolic?: number[],
): Sample => {
  const axes = [axis].flat().map((own) => (own < 0 ? own + x.shape.length : own));
  const shifts = axes.map((_, index) => (typeof shift === 'number' ? shift : shift[index]!));
  return movedSample(name, x, {
    run: (a) => roll(a, shift, { axis }),
    shape: (shape) => shape,
    from: (index, shape) =>
      index.map((place, other) => {
        const by = axes.includes(other) ? shifts[axes.indexOf(other)]! : 0;
        return (((place - by) % shape[other]!) + shape[other]!) % shape[other]!;
      }),
    extra: { symbolic },
  });
};

const unstacked = (name: string, x: Plain, axis: number, symbolic?: number[]): Sample => ({
  name,
  inputs: [x],
  symbolic,
  run: (a) => unstack(a!, { axis }),
  reference: (a) => {
    const own = axis < 0 ? axis + a!.shape.length : axis;
    return Array.from({ length: a!.shape[own]! }, (_, part) =>
      fillPlain(
        a!.shape.filter((_size, other) => other !== own),
        (index) => at(a!, [...index.slice(0, own), part, ...index.slice(own)]),
        a!.dtype,
      ),
    );
  },
});

/** Samples of the functions in `ops/rearrange.ts`. */
export const rearrangeSamples = {
  tile: [
    tiled('both axes', randomPlain([2, 3]), [2, 3]),
    tiled('fewer counts than axes', randomPlain([2, 3]), [2]),
    tiled('more counts than axes', randomPlain([2]), [3, 2]),
    tiled('a scalar', randomPlain([]), [2]),
    tiled('no times', randomPlain([2, 2]), [0, 1]),
    tiled('booleans', plain([2], [1, 0], 'bool'), [2]),
    tiled('symbolic rows', randomPlain([2, 3]), [2, 2], [0]),
  ],
  repeat: [
    repeated('last axis', randomPlain([2, 3]), 2, -1),
    repeated('first axis', randomPlain([2, 3]), 3, 0),
    repeated('no times', randomPlain([2]), 0, 0),
    repeated('symbolic rows', randomPlain([2, 3]), 2, 0, [0]),
  ],
  roll: [
    rolled('first axis', randomPlain([4, 2]), 1, 0),
    rolled('to the start', randomPlain([2, 4]), -1, -1),
    rolled('further than the axis', randomPlain([3]), 7, 0),
    rolled('two axes', randomPlain([3, 4]), [1, -2], [0, -1]),
    rolled('one shift for two axes', randomPlain([3, 4]), 1, [0, 1]),
    rolled('the whole way round', randomPlain([3]), -3, 0),
    rolled('size-0 axis', randomPlain([0, 2]), 1, 0),
    rolled('symbolic rows', randomPlain([4, 2]), 1, 0, [0]),
    rolled('symbolic rows, to the start', randomPlain([4, 2]), -3, 0, [0]),
    {
      name: 'all elements in row order',
      inputs: [randomPlain([2, 3])],
      run: (a) => roll(a!, 2),
      reference: (a) => plain(a!.shape, [...a!.values.slice(-2), ...a!.values.slice(0, -2)]),
    },
  ],
  unstack: [
    unstacked('rows', randomPlain([3, 2]), 0),
    unstacked('last axis', randomPlain([2, 3, 2]), -1),
    unstacked('one part', randomPlain([1, 2]), 0),
    unstacked('symbolic rows', randomPlain([2, 3]), 1, [0]),
  ],
} satisfies Record<string, Sample[]>;
