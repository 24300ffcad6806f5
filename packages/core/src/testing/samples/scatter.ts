import type * as family from '../../ops/scatter.ts';
import { maxAlongAxis, putAlongAxis, scatter, scatterMax } from '../../ops/scatter.ts';
import { at, indicesOf, plain, randomPlain } from '../plain.ts';
import type { Plain, Sample, SamplesOf } from '../sample.ts';

const int32 = (shape: number[], values: number[]): Plain => plain(shape, values, 'int32');

type Combine = (before: number, update: number) => number;

const replace: Combine = (_, update) => update;

/** x changed at `place(index)` for each index of the updates' places. */
function changed(
  x: Plain,
  shape: readonly number[],
  change: { place: (index: number[]) => number[]; update: (index: number[]) => number; combine: Combine },
): Plain {
  const values = [...x.values];
  for (const index of indicesOf(shape)) {
    const offset = change.place(index).reduce((sum, place, axis) => {
      const size = x.shape[axis]!;
      return sum * size + (place < 0 ? place + size : place);
    }, 0);
    values[offset] = change.combine(values[offset]!, change.update(index));
  }
  return plain(x.shape, values, x.dtype);
}

const alongAxis = (
  name: string,
  run: typeof putAlongAxis,
  [x, indices, updates]: [Plain, Plain, Plain],
  { axis = -1, symbolic }: { axis?: number; symbolic?: number[] } = {},
): Sample => ({
  name,
  inputs: [x, indices, updates],
  symbolic,
  run: (a, i, u) => run(a!, i!, u!, { axis }),
  reference: (a, i, u) => {
    const own = axis < 0 ? axis + a!.shape.length : axis;
    const shape = a!.shape.map((size, other) => (other === own ? i!.shape[own]! : size));
    return changed(a!, shape, {
      place: (index) => index.map((place, other) => (other === own ? at(i!, index) : place)),
      update: (index) => at(u!, index),
      combine: run === putAlongAxis ? replace : Math.max,
    });
  },
});

const slices = (
  name: string,
  run: typeof scatter,
  [x, indices, updates]: [Plain, Plain, Plain],
  { axis = 0, symbolic }: { axis?: number; symbolic?: number[] } = {},
): Sample => ({
  name,
  inputs: [x, indices, updates],
  symbolic,
  run: (a, i, u) => run(a!, i!, u!, { axis }),
  reference: (a, i, u) => {
    const own = axis < 0 ? axis + a!.shape.length : axis;
    const rank = i!.shape.length;
    const shape = [...a!.shape.slice(0, own), ...i!.shape, ...a!.shape.slice(own + 1)];
    return changed(a!, shape, {
      place: (index) => [...index.slice(0, own), at(i!, index.slice(own, own + rank)), ...index.slice(own + rank)],
      update: (index) => at(u!, index),
      combine: run === scatter ? replace : Math.max,
    });
  },
});

const three = (
  x: number[],
  indices: [number[], number[]],
  updates: number[],
  dtype?: 'int32',
): [Plain, Plain, Plain] => [randomPlain(x, { dtype }), int32(...indices), randomPlain(updates, { seed: 2, dtype })];

const both = (run: typeof putAlongAxis, bySlice: typeof scatter): Sample[] => [
  alongAxis(
    'last axis',
    run,
    three(
      [2, 4],
      [
        [2, 2],
        [3, 0, -3, 2],
      ],
      [2, 2],
    ),
  ),
  alongAxis(
    'first axis',
    run,
    three(
      [3, 2],
      [
        [2, 2],
        [2, 0, 1, 2],
      ],
      [2, 2],
    ),
    { axis: 0 },
  ),
  alongAxis(
    'indices and updates broadcast',
    run,
    three(
      [2, 3, 4],
      [
        [1, 1, 2],
        [3, 0],
      ],
      [3, 1],
    ),
  ),
  alongAxis('a vector', run, three([4], [[2], [1, -1]], [2])),
  alongAxis('no indices', run, three([2, 3], [[2, 0], []], [2, 0])),
  alongAxis('integers', run, three([4], [[2], [1, 3]], [2], 'int32')),
  alongAxis(
    'symbolic rows',
    run,
    three(
      [3, 4],
      [
        [3, 2],
        [2, 0, 1, 3, 0, 3],
      ],
      [3, 2],
    ),
    { symbolic: [0, 1, 2] },
  ),
  slices('slices: rows', bySlice, three([4, 2], [[2], [3, 1]], [2, 2])),
  slices(
    'slices: indices of two axes',
    bySlice,
    three(
      [5, 2],
      [
        [2, 2],
        [4, 0, -2, 1],
      ],
      [2, 2, 2],
    ),
  ),
  slices('slices: a scalar index', bySlice, three([3, 2], [[], [1]], [2])),
  slices('slices: one update for all', bySlice, three([3, 2], [[2], [0, 2]], [])),
  slices('slices: in the middle', bySlice, three([2, 3, 2], [[2], [2, -3]], [2, 2, 2]), { axis: 1 }),
  slices('slices: last axis', bySlice, three([2, 3], [[2], [1, 0]], [2, 2]), { axis: -1 }),
  slices('slices: symbolic rows beside', bySlice, three([2, 4], [[2], [2, 0]], [2, 2]), { axis: 1, symbolic: [0, 2] }),
];

/** Samples of the ops in `ops/scatter.ts`. */
export const scatterSamples: SamplesOf<typeof family> = {
  putAlongAxis: [
    ...both(putAlongAxis, scatter),
    alongAxis(
      'one place twice: the last stays',
      putAlongAxis,
      three(
        [2, 3],
        [
          [2, 3],
          [1, 1, 0, 2, 2, -1],
        ],
        [2, 3],
      ),
    ),
    slices('one slice twice: the last stays', scatter, three([3, 2], [[3], [1, 0, 1]], [3, 2])),
  ],
  maxAlongAxis: [
    ...both(maxAlongAxis, scatterMax),
    alongAxis(
      'one place twice',
      maxAlongAxis,
      three(
        [2, 3],
        [
          [2, 3],
          [1, 1, 0, 2, 2, -1],
        ],
        [2, 3],
      ),
    ),
    {
      name: 'ties share the gradient: no differences there',
      inputs: [plain([2], [1, 3]), int32([3], [0, 0, 1]), plain([3], [1, 1, 2])],
      expectedGradients: [[1 / 3, 1], null, [1 / 3, 1 / 3, 0]],
      run: (a, i, u) => maxAlongAxis(a!, i!, u!),
      reference: () => plain([2], [1, 3]),
    },
  ],
};
