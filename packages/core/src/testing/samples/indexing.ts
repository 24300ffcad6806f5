import type * as indexing from '../../ops/indexing.ts';
import {
  addAlongAxis,
  gather,
  maskedFill,
  oneHot,
  scatterAdd,
  sort,
  takeAlongAxis,
  topK,
  unfold,
} from '../../ops/indexing.ts';
import { at, fillPlain, indicesOf, plain, randomPlain } from '../plain.ts';
import type { Plain, Sample, SamplesOf } from '../sample.ts';

const int32 = (shape: number[], values: number[]): Plain => plain(shape, values, 'int32');

const wrapped = (index: number, size: number): number => (index < 0 ? index + size : index);

/** A copy that can be added to. */
class Sums {
  readonly #shape: readonly number[];
  readonly #values: number[];
  readonly #dtype: Plain['dtype'];

  constructor(x: Plain) {
    this.#shape = x.shape;
    this.#values = [...x.values];
    this.#dtype = x.dtype;
  }

  add(index: readonly number[], value: number): void {
    const offset = index.reduce((sum, place, axis) => sum * this.#shape[axis]! + place, 0);
    this.#values[offset]! += value;
  }

  get plain(): Plain {
    return plain(this.#shape, this.#values, this.#dtype);
  }
}

const gathered = (name: string, x: Plain, indices: Plain, axis = 0, symbolic?: number[]): Sample => ({
  name,
  inputs: [x, indices],
  symbolic,
  run: (a, i) => gather(a!, i!, { axis }),
  reference: (a, i) => {
    const own = wrapped(axis, a!.shape.length);
    const rank = i!.shape.length;
    return fillPlain(
      [...a!.shape.slice(0, own), ...i!.shape, ...a!.shape.slice(own + 1)],
      (index) => {
        const place = wrapped(at(i!, index.slice(own, own + rank)), a!.shape[own]!);
        return at(a!, [...index.slice(0, own), place, ...index.slice(own + rank)]);
      },
      a!.dtype,
    );
  },
});

const windows = (
  name: string,
  x: Plain,
  size: number,
  { axis = -1, step = 1, symbolic }: { axis?: number; step?: number; symbolic?: number[] } = {},
): Sample => ({
  name,
  inputs: [x],
  symbolic,
  run: (a) => unfold(a!, size, { axis, step }),
  reference: (a) => {
    const own = wrapped(axis, a!.shape.length);
    const count = Math.floor((a!.shape[own]! - size) / step) + 1;
    return fillPlain([...a!.shape.map((length, along) => (along === own ? count : length)), size], (index) =>
      at(
        a!,
        index.slice(0, -1).map((place, along) => (along === own ? place * step + index.at(-1)! : place)),
      ),
    );
  },
});

const scattered = (
  name: string,
  [x, indices, updates]: [Plain, Plain, Plain],
  axis = 0,
  symbolic?: number[],
): Sample => ({
  name,
  inputs: [x, indices, updates],
  symbolic,
  run: (a, i, u) => scatterAdd(a!, i!, u!, { axis }),
  reference: (a, i, u) => {
    const own = wrapped(axis, a!.shape.length);
    const rank = i!.shape.length;
    const sums = new Sums(a!);
    for (const index of indicesOf(u!.shape)) {
      const place = wrapped(at(i!, index.slice(own, own + rank)), a!.shape[own]!);
      sums.add([...index.slice(0, own), place, ...index.slice(own + rank)], at(u!, index));
    }
    return sums.plain;
  },
});

const taken = (name: string, x: Plain, indices: Plain, axis = -1, symbolic?: number[]): Sample => ({
  name,
  inputs: [x, indices],
  symbolic,
  run: (a, i) => takeAlongAxis(a!, i!, { axis }),
  reference: (a, i) => {
    const own = wrapped(axis, a!.shape.length);
    const shape = a!.shape.map((size, along) => (along === own ? i!.shape[along]! : Math.max(size, i!.shape[along]!)));
    return fillPlain(shape, (index) => {
      const place = wrapped(at(i!, index), a!.shape[own]!);
      return at(
        a!,
        index.map((position, along) => (along === own ? place : position)),
      );
    });
  },
});

const added = (name: string, [x, indices, updates]: [Plain, Plain, Plain], axis = -1, symbolic?: number[]): Sample => ({
  name,
  inputs: [x, indices, updates],
  symbolic,
  run: (a, i, u) => addAlongAxis(a!, i!, u!, { axis }),
  reference: (a, i, u) => {
    const own = wrapped(axis, a!.shape.length);
    const sums = new Sums(a!);
    for (const index of indicesOf(a!.shape.map((size, along) => (along === own ? i!.shape[own]! : size)))) {
      const place = wrapped(at(i!, index), a!.shape[own]!);
      sums.add(
        index.map((position, along) => (along === own ? place : position)),
        at(u!, index),
      );
    }
    return sums.plain;
  },
});

/** Values and places of a line in order, of equal ones the first first. */
const ordered = (line: readonly number[], largest: boolean): [value: number, place: number][] =>
  line
    .map((value, place): [number, number] => [value, place])
    .sort((a, b) => (largest ? b[0] - a[0] : a[0] - b[0]) || a[1] - b[1]);

/** Of a matrix: the first `k` in order along the last axis. */
const firstOf = (x: Plain, k: number, largest: boolean): Plain[] => {
  const lines = Array.from({ length: x.shape[0]! }, (_, row) =>
    x.values.slice(row * x.shape[1]!, (row + 1) * x.shape[1]!),
  );
  const best = lines.map((line) => ordered(line, largest).slice(0, k));
  const shape = [x.shape[0]!, k];
  return [
    plain(
      shape,
      best.flatMap((line) => line.map(([value]) => value)),
      x.dtype,
    ),
    int32(
      shape,
      best.flatMap((line) => line.map(([, place]) => place)),
    ),
  ];
};

const distinct = (rows: number, columns: number): Plain =>
  fillPlain([rows, columns], ([i, j]) => (((j! * 7 + i! * 3) % 11) - 4) / 2);

/** Samples of the ops in `ops/indexing.ts`. */
export const indexingSamples: SamplesOf<typeof indexing> = {
  gather: [
    gathered('rows', randomPlain([4, 3]), int32([2], [2, 0])),
    gathered('the same row twice', randomPlain([3, 2]), int32([3], [1, 1, 1])),
    gathered('negative indices', randomPlain([4, 2]), int32([3], [-1, -4, 0])),
    gathered('a scalar index', randomPlain([3, 2]), int32([], [1])),
    gathered('indices of two axes', randomPlain([5, 2]), int32([2, 3], [0, 4, 0, 2, 1, 0])),
    gathered('negative axis', randomPlain([2, 4]), int32([3], [3, 3, -1]), -1),
    gathered('indices of two axes in the middle', randomPlain([2, 3, 2]), int32([2, 2], [0, 2, 2, -3]), 1),
    gathered('no indices', randomPlain([3, 2]), int32([0], [])),
    gathered('size-0 axis beside', randomPlain([3, 0]), int32([2], [1, 2])),
    gathered('integers', randomPlain([4], { dtype: 'int32', min: -9, max: 9 }), int32([2], [3, 1])),
    gathered('symbolic indices', randomPlain([4, 3]), int32([2], [2, 0]), 0, [1]),
    gathered('symbolic indices in the middle', randomPlain([2, 4, 3]), int32([3], [2, 0, 2]), 1, [1]),
    windows('unfold', randomPlain([5]), 2),
    windows('unfold of the first axis, with steps', randomPlain([7, 2]), 3, { axis: 0, step: 2 }),
    windows('unfold, one window', randomPlain([2, 3]), 3),
    windows('unfold, symbolic rows', randomPlain([5, 2]), 2, { axis: 0, step: 2, symbolic: [0] }),
    {
      name: 'maskedFill',
      inputs: [randomPlain([2, 3]), plain([3], [1, 0, 1], 'bool')],
      symbolic: [0],
      run: (a, mask) => maskedFill(a!, mask!, -1e4),
      reference: (a, mask) => fillPlain(a!.shape, (i) => (at(mask!, i) === 1 ? -1e4 : at(a!, i))),
    },
    {
      name: 'maskedFill of integers keeps them',
      inputs: [randomPlain([2], { dtype: 'int32' }), plain([2], [1, 0], 'bool'), plain([], [2.5])],
      run: (a, mask, value) => maskedFill(a!, mask!, value!),
      reference: (a) => int32([2], [2, a!.values[1]!]),
    },
    {
      name: 'oneHot, an index outside gives zeros',
      inputs: [int32([2, 2], [0, 2, -1, 3])],
      symbolic: [0],
      run: (i) => oneHot(i!, 3),
      reference: (i) => fillPlain([...i!.shape, 3], ([a, b, c]) => Number(at(i!, [a!, b!]) === c), 'float32'),
    },
    {
      name: 'oneHot as integers',
      inputs: [int32([2], [1, 0])],
      run: (i) => oneHot(i!, 2, { dtype: 'int32' }),
      reference: () => int32([2, 2], [0, 1, 1, 0]),
    },
  ],
  scatterAdd: [
    scattered('rows, one of them twice', [
      randomPlain([3, 2]),
      int32([3], [2, 0, 2]),
      randomPlain([3, 2], { seed: 2 }),
    ]),
    scattered('negative indices', [randomPlain([3]), int32([2], [-1, -3]), randomPlain([2], { seed: 2 })]),
    scattered('indices of two axes', [
      randomPlain([3, 2]),
      int32([2, 2], [0, 1, 1, 1]),
      randomPlain([2, 2, 2], { seed: 2 }),
    ]),
    scattered('a scalar index', [randomPlain([3, 2]), int32([], [1]), randomPlain([2], { seed: 2 })]),
    scattered('last axis', [randomPlain([2, 3]), int32([4], [0, 2, 0, -1]), randomPlain([2, 4], { seed: 2 })], -1),
    scattered(
      'indices of two axes in the middle',
      [randomPlain([2, 3, 2]), int32([2, 2], [0, 2, 2, 2]), randomPlain([2, 2, 2, 2], { seed: 2 })],
      1,
    ),
    scattered('nothing to add', [randomPlain([3, 2]), int32([0], []), plain([0, 2], [])]),
    scattered('integers', [randomPlain([3], { dtype: 'int32' }), int32([2], [1, 1]), int32([2], [5, 6])]),
    scattered(
      'symbolic updates',
      [randomPlain([4, 2]), int32([3], [2, 0, 2]), randomPlain([3, 2], { seed: 2 })],
      0,
      [1, 2],
    ),
    scattered(
      'symbolic rows beside',
      [randomPlain([2, 4]), int32([3], [2, 0, 2]), randomPlain([2, 3], { seed: 2 })],
      1,
      [0, 2],
    ),
  ],
  takeAlongAxis: [
    taken('one per row', randomPlain([3, 4]), int32([3, 1], [2, 0, -1])),
    taken('several, some twice', randomPlain([2, 3]), int32([2, 4], [0, 0, 2, 1, -3, 1, 1, 2])),
    taken('first axis', randomPlain([3, 2]), int32([2, 2], [2, 0, 2, 1]), 0),
    taken('indices broadcast', randomPlain([3, 4]), int32([1, 2], [3, 0])),
    taken('x broadcasts', randomPlain([1, 4]), int32([3, 2], [3, 0, 1, 1, 2, 3])),
    taken('no rows', plain([0, 3], []), int32([0, 1], [])),
    taken('symbolic rows', randomPlain([3, 4]), int32([3, 1], [2, 0, -1]), -1, [0, 1]),
  ],
  addAlongAxis: [
    added('some twice', [randomPlain([2, 3]), int32([2, 3], [0, 0, 2, 1, -1, 1]), randomPlain([2, 3], { seed: 2 })]),
    added('first axis', [randomPlain([3, 2]), int32([2, 2], [2, 0, 2, 1]), randomPlain([2, 2], { seed: 2 })], 0),
    added('indices and updates broadcast', [randomPlain([2, 3]), int32([1, 2], [2, 2]), randomPlain([], { seed: 2 })]),
    added(
      'symbolic rows',
      [randomPlain([2, 3]), int32([2, 2], [2, 2, 0, 1]), randomPlain([2, 2], { seed: 2 })],
      -1,
      [0, 1, 2],
    ),
    added('nothing to add', [randomPlain([2, 3]), int32([2, 0], []), plain([2, 0], [])]),
  ],
  topK: [
    {
      name: 'largest',
      inputs: [distinct(2, 5)],
      symbolic: [0],
      run: (a) => Object.values(topK(a!, 3)),
      reference: (a) => firstOf(a!, 3, true),
    },
    {
      name: 'smallest',
      inputs: [distinct(2, 5)],
      run: (a) => Object.values(topK(a!, 2, { largest: false })),
      reference: (a) => firstOf(a!, 2, false),
    },
    {
      name: 'ties, the first first: no differences there',
      inputs: [plain([1, 5], [2, 3, 3, 2, 3])],
      expectedGradients: [[0, 1, 1, 0, 0]],
      run: (a) => topK(a!, 2).values,
      reference: (a) => firstOf(a!, 2, true)[0]!,
    },
    {
      name: 'sort, equal ones keep their order',
      inputs: [plain([2, 4], [2, 1, 2, 1, 0, 3, 3, -1])],
      gradients: [],
      run: (a) => Object.values(sort(a!)),
      reference: (a) => firstOf(a!, 4, false),
    },
    {
      name: 'sort, descending',
      inputs: [distinct(3, 4)],
      run: (a) => sort(a!, { descending: true }).values,
      reference: (a) => firstOf(a!, 4, true)[0]!,
    },
    {
      name: 'first axis, k 0',
      inputs: [distinct(2, 2)],
      run: (a) => topK(a!, 0, { axis: 0 }).values,
      reference: () => plain([0, 2], []),
    },
  ],
};
