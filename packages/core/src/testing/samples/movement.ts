import type * as movement from '../../ops/movement.ts';
import {
  concat,
  flatten,
  flip,
  moveAxis,
  pad,
  slice,
  split,
  squeeze,
  stack,
  swapAxes,
  unsqueeze,
} from '../../ops/movement.ts';
import type { PadMode, PadOptions, SliceRange } from '../../ops/movement.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { at, fillPlain, plain, randomPlain } from '../plain.ts';
import type { Plain, Sample, SamplesOf } from '../sample.ts';

/** The places a Python slice picks from an axis. */
function picked(size: number, range: SliceRange): number[] {
  const [start, stop, step = 1] = (range ?? []) as [number?, number?, number?];
  const bound = (end: number | null | undefined, open: number): number => {
    if (end === null || end === undefined) return open;
    const place = end < 0 ? end + size : end;
    return step > 0 ? Math.min(Math.max(place, 0), size) : Math.min(Math.max(place, -1), size - 1);
  };
  const places = [];
  const last = bound(stop, step > 0 ? size : -1);
  for (let place = bound(start, step > 0 ? 0 : size - 1); step > 0 ? place < last : place > last; place += step) {
    places.push(place);
  }
  return places;
}

const select = (x: Plain, places: readonly (readonly number[])[]): Plain =>
  fillPlain(
    places.map((list) => list.length),
    (index) =>
      at(
        x,
        index.map((position, axis) => places[axis]![position]!),
      ),
    x.dtype,
  );

const sliced = (
  name: string,
  x: Plain,
  ranges: readonly SliceRange[],
  options: { symbolic?: number[] } = {},
): Sample => ({
  name,
  inputs: [x],
  symbolic: options.symbolic,
  run: (a) => slice(a!, ranges),
  reference: (a) =>
    select(
      a!,
      a!.shape.map((size, axis) => picked(size, ranges[axis] ?? null)),
    ),
});

/** Where each place of a padded axis comes from; undefined for none. */
function source(place: number, size: number, mode: PadMode): number | undefined {
  if (place >= 0 && place < size) return place;
  if (mode === 'constant') return undefined;
  if (mode === 'replicate' || mode === 'edge') return place < 0 ? 0 : size - 1;
  if (mode === 'circular') return (place + size) % size;
  return place < 0 ? -place : 2 * (size - 1) - place;
}

const padded = (
  name: string,
  x: Plain,
  widths: (number | [number, number])[],
  { symbolic, ...options }: PadOptions & { symbolic?: number[] } = {},
): Sample => ({
  name,
  inputs: [x],
  symbolic,
  run: (a) => pad(a!, widths, options),
  reference: (a) => {
    const sides = widths.map((width) => (typeof width === 'number' ? [width, width] : width));
    const gaps = options.interior ?? widths.map(() => 0);
    const extents = a!.shape.map((size, axis) => (size === 0 ? 0 : (size - 1) * (gaps[axis]! + 1) + 1));
    const shape = extents.map((size, axis) => size + sides[axis]![0]! + sides[axis]![1]!);
    return fillPlain(
      shape,
      (index) => {
        const from = index.map((place, axis) => {
          const spread = source(place - sides[axis]![0]!, extents[axis]!, options.mode ?? 'constant');
          return spread === undefined || spread % (gaps[axis]! + 1) !== 0 ? -1 : spread / (gaps[axis]! + 1);
        });
        return from.includes(-1) ? (options.value ?? 0) : at(a!, from);
      },
      a!.dtype,
    );
  },
});

/** Tensors of equal rank joined along an axis. */
function joined(parts: readonly Plain[], axis: number): Plain {
  const owner = parts.flatMap((part, index) =>
    Array.from({ length: part.shape[axis]! }, (_, place) => [index, place] as const),
  );
  const shape = parts[0]!.shape.map((size, own) => (own === axis ? owner.length : size));
  return fillPlain(
    shape,
    (index) => {
      const [part, place] = owner[index[axis]!]!;
      return at(
        parts[part]!,
        index.map((position, own) => (own === axis ? place : position)),
      );
    },
    parts[0]!.dtype,
  );
}

const concatenated = (name: string, parts: Plain[], axis: number, options: { symbolic?: number[] } = {}): Sample => ({
  name,
  inputs: parts,
  symbolic: options.symbolic,
  run: (...inputs) => concat(inputs, { axis }),
  reference: (...inputs) => joined(inputs, axis < 0 ? axis + inputs[0]!.shape.length : axis),
});

const cut = (
  name: string,
  x: Plain,
  sizes: number[],
  axis: number,
  options: { parts?: number; symbolic?: number[] } = {},
): Sample => ({
  name,
  inputs: [x],
  symbolic: options.symbolic,
  run: (a) => split(a!, options.parts ?? sizes, { axis }),
  reference: (a) => {
    const own = axis < 0 ? axis + a!.shape.length : axis;
    return sizes.map((size, part) => {
      const start = sizes.slice(0, part).reduce((sum, before) => sum + before, 0);
      return select(
        a!,
        a!.shape.map((all, place) => picked(all, place === own ? [start, start + size] : null)),
      );
    });
  },
});

/** The same elements in another shape. */
const reshaped = (name: string, x: Plain, run: (a: Tensor) => Tensor, shape: number[]): Sample => ({
  name,
  inputs: [x],
  run: (a) => run(a!),
  reference: (a) => plain(shape, a!.values, a!.dtype),
});

const mapped = (name: string, x: Plain, run: (a: Tensor) => Tensor, reference: (a: Plain) => Plain): Sample => ({
  name,
  inputs: [x],
  run: (a) => run(a!),
  reference: (a) => reference(a!),
});

const reversed = (size: number): number[] => Array.from({ length: size }, (_, place) => size - 1 - place);

/** Samples of the ops in `ops/movement.ts`. */
export const movementSamples: SamplesOf<typeof movement> = {
  slice: [
    sliced('start and stop', randomPlain([3, 4]), [
      [1, 3],
      [0, 2],
    ]),
    sliced('negative ends', randomPlain([4, 3]), [
      [-3, -1],
      [-2, null],
    ]),
    sliced('beyond the axis', randomPlain([3, 3]), [
      [-9, 9],
      [1, 99],
    ]),
    sliced('steps', randomPlain([7, 5]), [
      [1, null, 3],
      [null, 4, 2],
    ]),
    sliced('negative steps', randomPlain([6, 5]), [
      [null, null, -1],
      [-2, 0, -2],
    ]),
    sliced('nothing left', randomPlain([3, 2]), [[2, 1]]),
    sliced('size-0 axis', randomPlain([0, 3]), [
      [0, 5],
      [1, null],
    ]),
    sliced('size-1 axis backwards', randomPlain([1, 3]), [[null, null, -1]]),
    sliced('integers', randomPlain([5], { dtype: 'int32' }), [[null, null, 2]]),
    sliced('booleans', plain([3], [1, 0, 1], 'bool'), [[1, null]]),
    sliced(
      'symbolic rows, open end',
      randomPlain([4, 3]),
      [
        [1, null],
        [0, 2],
      ],
      { symbolic: [0] },
    ),
    sliced('symbolic rows, negative start', randomPlain([4, 3]), [[-2, null]], { symbolic: [0] }),
    sliced('symbolic rows, steps', randomPlain([5, 2]), [[1, null, 2]], { symbolic: [0] }),
    sliced('symbolic rows, backwards by two', randomPlain([6, 2]), [[-2, null, -2]], { symbolic: [0] }),
    mapped(
      'named axes',
      randomPlain([2, 3, 4]),
      (a) =>
        slice(
          a,
          [
            [1, null],
            [0, 1],
          ],
          { axes: [-1, 0] },
        ),
      (a) => select(a, [[0], [0, 1, 2], [1, 2, 3]]),
    ),
    mapped(
      'flip of all axes',
      randomPlain([2, 3]),
      (a) => flip(a),
      (a) => select(a, a.shape.map(reversed)),
    ),
    mapped(
      'flip of a negative axis',
      randomPlain([2, 3]),
      (a) => flip(a, { axis: -1 }),
      (a) => select(a, [[0, 1], reversed(3)]),
    ),
    mapped(
      'swapAxes',
      randomPlain([2, 3, 4]),
      (a) => swapAxes(a, 0, -1),
      (a) => fillPlain([4, 3, 2], ([i, j, k]) => at(a, [k!, j!, i!])),
    ),
    mapped(
      'moveAxis',
      randomPlain([2, 3, 4]),
      (a) => moveAxis(a, 0, -1),
      (a) => fillPlain([3, 4, 2], ([i, j, k]) => at(a, [k!, i!, j!])),
    ),
    reshaped('squeeze', randomPlain([1, 3, 1]), (a) => squeeze(a), [3]),
    reshaped('squeeze of one axis', randomPlain([1, 3, 1]), (a) => squeeze(a, -1), [1, 3]),
    reshaped('unsqueeze', randomPlain([2, 3]), (a) => unsqueeze(a, [0, -1]), [1, 2, 3, 1]),
    reshaped('flatten', randomPlain([2, 3, 2]), (a) => flatten(a), [2, 6]),
    reshaped(
      'flatten of the first axes',
      randomPlain([2, 3, 2]),
      (a) => flatten(a, { startAxis: 0, endAxis: 1 }),
      [6, 2],
    ),
  ],
  pad: [
    padded('both sides', randomPlain([2, 3]), [1, [0, 2]]),
    padded('a value', randomPlain([3]), [[2, 1]], { value: -1.5 }),
    padded('size-0 axis', randomPlain([0, 2]), [[1, 1], 0]),
    padded(
      'between neighbours',
      randomPlain([3, 2]),
      [
        [1, 0],
        [0, 2],
      ],
      { interior: [2, 1] },
    ),
    padded('between neighbours, one and none', randomPlain([1, 0]), [1, 1], { interior: [2, 1], value: 3 }),
    padded('integers', randomPlain([3], { dtype: 'int32' }), [1], { value: 7 }),
    padded('booleans', plain([2], [1, 1], 'bool'), [1]),
    padded('symbolic rows', randomPlain([3, 2]), [[1, 2], 1], { symbolic: [0] }),
    padded('symbolic rows, between neighbours', randomPlain([3, 2]), [[1, 0], 0], { interior: [1, 2], symbolic: [0] }),
    padded('reflect', randomPlain([3, 4]), [[2, 1], 1], { mode: 'reflect' }),
    padded(
      'replicate',
      randomPlain([2, 3]),
      [
        [1, 2],
        [0, 3],
      ],
      { mode: 'replicate' },
    ),
    padded(
      'circular',
      randomPlain([3, 2]),
      [
        [3, 1],
        [1, 0],
      ],
      { mode: 'circular' },
    ),
    padded('edge', randomPlain([2, 3]), [1, [2, 1]], { mode: 'edge' }),
    padded('reflect, symbolic rows', randomPlain([4, 2]), [[2, 1], 0], { mode: 'reflect', symbolic: [0] }),
    padded('edge, symbolic rows', randomPlain([3, 2]), [[2, 1], 1], { mode: 'edge', symbolic: [0] }),
    padded('circular, symbolic rows', randomPlain([4, 2]), [[2, 1], 0], { mode: 'circular', symbolic: [0] }),
  ],
  concat: [
    concatenated('rows', [randomPlain([2, 3]), randomPlain([1, 3], { seed: 2 })], 0),
    concatenated('negative axis', [randomPlain([2, 1]), randomPlain([2, 3], { seed: 2 })], -1),
    concatenated('size 0 among them', [randomPlain([2, 0]), randomPlain([2, 2]), randomPlain([2, 0])], 1),
    concatenated('one tensor', [randomPlain([2, 2])], 0),
    concatenated('integers', [randomPlain([2], { dtype: 'int32' }), randomPlain([3], { dtype: 'int32', seed: 2 })], 0),
    concatenated('symbolic rows', [randomPlain([2, 2]), randomPlain([3, 2], { seed: 2 })], 0, { symbolic: [0, 1] }),
    {
      name: 'the same tensor twice',
      inputs: [randomPlain([2, 2])],
      run: (a) => concat([a!, a!], { axis: 1 }),
      reference: (a) => joined([a!, a!], 1),
    },
    {
      name: 'of two dtypes',
      inputs: [randomPlain([2]), randomPlain([2], { dtype: 'int32' })],
      run: (a, b) => concat([a!, b!]),
      reference: (a, b) => joined([a!, b!], 0),
    },
    {
      name: 'stack on a new last axis',
      inputs: [randomPlain([2, 3]), randomPlain([2, 3], { seed: 2 })],
      symbolic: [0, 1],
      run: (a, b) => stack([a!, b!], { axis: -1 }),
      reference: (a, b) => fillPlain([...a!.shape, 2], ([i, j, k]) => at(k === 0 ? a! : b!, [i!, j!])),
    },
  ],
  split: [
    cut('sizes', randomPlain([5, 2]), [2, 3], 0),
    cut('negative axis', randomPlain([2, 4]), [1, 2, 1], -1),
    cut('equal parts', randomPlain([2, 6]), [2, 2, 2], 1, { parts: 3 }),
    cut('a part of size 0', randomPlain([3]), [0, 3], 0),
    cut('one part', randomPlain([3]), [3], 0),
    cut(
      'ten parts',
      randomPlain([10, 2]),
      Array.from({ length: 10 }, () => 1),
      0,
      { parts: 10 },
    ),
    cut('symbolic rows', randomPlain([3, 4]), [1, 3], 1, { symbolic: [0] }),
    {
      name: 'one part used',
      inputs: [randomPlain([2, 3])],
      run: (a) => split(a!, [1, 2], { axis: 1 })[1]!,
      reference: (a) =>
        select(a!, [
          [0, 1],
          [1, 2],
        ]),
    },
  ],
};
