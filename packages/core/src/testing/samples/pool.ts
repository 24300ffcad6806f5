import type * as pool from '../../ops/pool.ts';
import { avgPool2d, avgPool2dOp, avgUnpool2dOp, maxPool2d, maxPool2dOp, maxUnpool2dOp } from '../../ops/pool.ts';
import type { AvgPool2dOptions, MaxPool2dOptions } from '../../ops/pool.ts';
import { bind, bindAll } from '../../trace/bind.ts';
import { at, fillPlain, plain, randomPlain } from '../plain.ts';
import type { Plain, Sample, SamplesOf } from '../sample.ts';

const both = (value: number | readonly [number, number]): [number, number] =>
  typeof value === 'number' ? [value, value] : [value[0], value[1]];

interface Windows {
  kernel: [number, number];
  strides: [number, number];
  before: [number, number];
  after: [number, number];
  size: [number, number];
}

/** PyTorch's rule for the number of windows, in its words: rounded up, but each begins in the image or before it. */
function windowsOf(x: Plain, options: MaxPool2dOptions): Windows {
  const kernel = both(options.kernelSize);
  const strides = both(options.stride ?? kernel);
  const given = options.padding ?? 0;
  const sides =
    typeof given === 'number'
      ? [
          [given, given],
          [given, given],
        ]
      : (given as [number, number]).map((side) => both(side));
  const before = both([sides[0]![0]!, sides[1]![0]!]);
  const after = both([sides[0]![1]!, sides[1]![1]!]);
  const size = [0, 1].map((axis) => {
    const extent = x.shape[axis + 2]!;
    const free = (extent + before[axis]! + after[axis]! - kernel[axis]!) / strides[axis]!;
    const count = (options.ceilMode === true ? Math.ceil(free) : Math.floor(free)) + 1;
    return options.ceilMode === true && (count - 1) * strides[axis]! >= extent + before[axis]! ? count - 1 : count;
  });
  return { kernel, strides, before, after, size: [size[0]!, size[1]!] };
}

/** The elements of a window, with how many places of it count. */
function windowAt(x: Plain, { kernel, strides, before, after }: Windows, [n, c, i, j]: readonly number[]) {
  const start = [i! * strides[0] - before[0], j! * strides[1] - before[1]];
  const values: number[] = [];
  let inside = 0;
  for (let y = start[0]!; y < start[0]! + kernel[0]; y += 1) {
    for (let z = start[1]!; z < start[1]! + kernel[1]; z += 1) {
      if (y < x.shape[2]! + after[0] && z < x.shape[3]! + after[1]) inside += 1;
      if (y >= 0 && z >= 0 && y < x.shape[2]! && z < x.shape[3]!) values.push(at(x, [n!, c!, y, z]));
    }
  }
  return { values, inside };
}

/** An image whose elements all differ, so that the maximum has a derivative. */
const distinct = (shape: number[]): Plain => {
  const count = shape.reduce((product, size) => product * size, 1);
  return plain(
    shape,
    Array.from({ length: count }, (_, index) => (((index * 37) % 101) - 50) / 20 + index / 1000),
  );
};

const maximal = (name: string, x: Plain, options: MaxPool2dOptions, expected?: number[]): Sample => ({
  name,
  inputs: [x],
  symbolic: x.shape[0]! > 1 ? [0] : undefined,
  ...(expected === undefined ? {} : { expectedGradients: [expected] }),
  run: (a) => maxPool2d(a!, options),
  reference: (a) => {
    const windows = windowsOf(a!, options);
    return fillPlain([a!.shape[0]!, a!.shape[1]!, ...windows.size], (index) =>
      Math.max(...windowAt(a!, windows, index).values),
    );
  },
});

const average = (name: string, x: Plain, options: AvgPool2dOptions): Sample => ({
  name,
  inputs: [x],
  symbolic: x.shape[0]! > 1 ? [0] : undefined,
  run: (a) => avgPool2d(a!, options),
  reference: (a) => {
    const windows = windowsOf(a!, options);
    return fillPlain([a!.shape[0]!, a!.shape[1]!, ...windows.size], (index) => {
      const { values, inside } = windowAt(a!, windows, index);
      return (
        values.reduce((sum, value) => sum + value, 0) / (options.countIncludePad === false ? values.length : inside)
      );
    });
  },
});

const symmetric = { kernel: [3, 2], strides: [2, 2], pads: [1, 0, 1, 0] } as const;

/** Samples of the ops in `ops/pool.ts`. */
export const poolSamples: SamplesOf<typeof pool> = {
  maxPool2d: [
    maximal('small', distinct([1, 1, 4, 4]), { kernelSize: 2 }),
    maximal('small, overlapping', distinct([1, 1, 4, 5]), { kernelSize: [2, 3], stride: 1 }),
    maximal('channels and batch', distinct([2, 3, 4, 6]), { kernelSize: 2 }),
    maximal('border not covered', distinct([2, 1, 5, 7]), { kernelSize: [2, 3] }),
    maximal('stride wider than the window', distinct([2, 1, 7, 6]), { kernelSize: 2, stride: 3 }),
    maximal('overlapping', distinct([2, 2, 5, 6]), { kernelSize: 3, stride: 2 }),
    maximal('padding', distinct([2, 1, 5, 4]), { kernelSize: 3, stride: 2, padding: 1 }),
    maximal('padding, windows apart', distinct([2, 1, 4, 4]), { kernelSize: 2, padding: 1 }),
    maximal('padding per side', distinct([1, 1, 4, 5]), {
      kernelSize: 3,
      stride: 2,
      padding: [
        [1, 0],
        [0, 2],
      ],
    }),
    maximal('rounded up', distinct([2, 1, 5, 6]), { kernelSize: 2, ceilMode: true, stride: [2, 3] }),
    maximal('rounded up, padding', distinct([2, 1, 6, 5]), { kernelSize: 3, ceilMode: true, padding: 1, stride: 2 }),
    maximal('rounded up, no window begins in the padding', distinct([1, 1, 3, 3]), {
      kernelSize: 2,
      ceilMode: true,
      padding: 1,
      stride: 3,
    }),
    maximal(
      'all of one value: the first of each window gets the gradient',
      plain([1, 1, 4, 4], 0),
      { kernelSize: 2 },
      [1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0],
    ),
    maximal(
      'ties, overlapping',
      plain([1, 1, 2, 3], [1, 2, 2, 2, 0, 2]),
      { kernelSize: 2, stride: 1 },
      [0, 2, 0, 0, 0, 0],
    ),
    maximal(
      'padding is less than any number',
      plain([1, 1, 2, 2], [-9, -8, -7, -6]),
      { kernelSize: 2, padding: 1 },
      [1, 1, 1, 1],
    ),
    maximal('window 1', distinct([1, 2, 2, 2]), { kernelSize: 1 }),
    maximal('no examples', plain([0, 1, 4, 4], []), { kernelSize: 2 }),
  ],
  maxUnpool2d: [
    {
      name: 'of the places a pool found',
      inputs: [distinct([1, 1, 4, 4]), randomPlain([1, 1, 2, 2])],
      gradients: [1],
      run: (x, y) => {
        const attrs = { kernel: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0] } as const;
        const [, places] = bindAll(maxPool2dOp, [x!], attrs);
        return bind(maxUnpool2dOp, [y!, places!], { ...attrs, shape: x!.shape, apart: true });
      },
      reference: (x, y) =>
        fillPlain([1, 1, 4, 4], ([, , i, j]) => {
          const corner = [Math.floor(i! / 2), Math.floor(j! / 2)];
          const window = [0, 1, 2, 3].map((k) => at(x!, [0, 0, corner[0]! * 2 + (k >> 1), corner[1]! * 2 + (k & 1)]));
          return at(x!, [0, 0, i!, j!]) === Math.max(...window) ? at(y!, [0, 0, ...corner]) : 0;
        }),
    },
  ],
  avgPool2d: [
    average('small', randomPlain([1, 1, 4, 4]), { kernelSize: 2 }),
    average('small, overlapping', randomPlain([1, 1, 4, 5]), { kernelSize: [2, 3], stride: 1 }),
    average('channels and batch', randomPlain([2, 3, 4, 6]), { kernelSize: 2 }),
    average('border not covered', randomPlain([2, 1, 5, 7]), { kernelSize: [2, 3] }),
    average('stride wider than the window', randomPlain([2, 1, 7, 6]), { kernelSize: 2, stride: 3 }),
    average('overlapping, padding', randomPlain([2, 2, 5, 6]), { kernelSize: 3, stride: 2, padding: 1 }),
    average('padding not counted', randomPlain([2, 2, 5, 6]), {
      kernelSize: 3,
      stride: 2,
      padding: 1,
      countIncludePad: false,
    }),
    average('padding per side, not counted', randomPlain([1, 1, 4, 5]), {
      kernelSize: 3,
      stride: 2,
      padding: [
        [1, 0],
        [0, 2],
      ],
      countIncludePad: false,
    }),
    average('rounded up', randomPlain([2, 1, 5, 6]), { kernelSize: 2, ceilMode: true, stride: [2, 3] }),
    average('rounded up, padding', randomPlain([2, 1, 6, 5]), { kernelSize: 3, ceilMode: true, padding: 1, stride: 2 }),
    average('rounded up, padding not counted', randomPlain([2, 1, 6, 5]), {
      kernelSize: 3,
      ceilMode: true,
      padding: 1,
      stride: 2,
      countIncludePad: false,
    }),
    average('no examples', plain([0, 1, 4, 4], []), { kernelSize: 2 }),
  ],
  avgUnpool2d: [
    {
      name: 'overlapping, border not covered',
      inputs: [randomPlain([2, 2, 3, 2])],
      symbolic: [0],
      run: (y) => bind(avgUnpool2dOp, [y!], { ...symmetric, size: [6, 5] }),
      reference: (y) =>
        fillPlain([y!.shape[0]!, 2, 6, 5], ([n, c, i, j]) => {
          let sum = 0;
          for (const [a, b] of [0, 1, 2].flatMap((row) => [0, 1].map((column) => [row, column] as const))) {
            const covered = i! >= a * 2 - 1 && i! < a * 2 + 2 && j! >= b * 2 && j! < b * 2 + 2;
            if (covered) sum += at(y!, [n!, c!, a, b]) / 6;
          }
          return sum;
        }),
    },
    {
      name: 'reverses the pool',
      inputs: [randomPlain([1, 1, 5, 4])],
      run: (x) =>
        bind(avgUnpool2dOp, [bind(avgPool2dOp, [x!], { kernel: [1, 1], strides: [1, 1], pads: [0, 0, 0, 0] })], {
          kernel: [1, 1],
          strides: [1, 1],
          pads: [0, 0, 0, 0],
          size: [5, 4],
        }),
      reference: (x) => x!,
    },
  ],
};
