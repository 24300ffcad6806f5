import { adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d } from '../../ops/pool-adaptive.ts';
import { adaptiveMaxPool1d, adaptiveMaxPool2d, adaptiveMaxPool3d } from '../../ops/pool-adaptive.ts';
import { avgPool1d, avgPool2d, avgPool3d } from '../../ops/pool-average.ts';
import type * as pool from '../../ops/pool-ops.ts';
import { avgPoolOp, avgUnpoolOp, maxPoolGatherOp, maxPoolGradientOp, maxPoolOp } from '../../ops/pool-ops.ts';
import { maxPool1d, maxPool2d, maxPool3d } from '../../ops/pool.ts';
import type { DType } from '../../dtype.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { bind } from '../../trace/bind.ts';
import { at, fillPlain, indicesOf, plain, randomPlain } from '../plain.ts';
import type { Plain, Sample, SamplesOf } from '../sample.ts';
import { axesOf, each, largest, placesOf, pooled, pooledOver, total } from './pool-reference.ts';
import type { Held, Settings } from './pool-reference.ts';

/** A tensor whose elements all differ, so that the maximum has a derivative. */
const distinct = (shape: number[], dtype?: DType): Plain => {
  const count = shape.reduce((product, size) => product * size, 1);
  const values = Array.from({ length: count }, (_, index) => (((index * 37) % 101) - 50) / 20 + index / 1000);
  return plain(shape, values, dtype);
};

type Pool = (x: Tensor, options: Settings) => Tensor;
// The functions take settings of their own rank; the samples are written for each.
const maxima = [maxPool1d, maxPool2d, maxPool3d] as unknown as readonly Pool[];
const means = [avgPool1d, avgPool2d, avgPool3d] as unknown as readonly Pool[];

const named = (name: string, x: Plain): string => `${x.shape.length - 2}-D: ${name}`;

const maximal = (name: string, x: Plain, options: Settings, expected?: number[]): Sample => ({
  name: named(name, x),
  inputs: [x],
  symbolic: x.shape[0]! > 1 ? [0] : undefined,
  ...(expected === undefined ? {} : { expectedGradients: [expected] }),
  run: (a) => maxima[x.shape.length - 3]!(a!, options),
  reference: (a) => pooled(a!, options, largest),
});

const average = (name: string, x: Plain, options: Settings): Sample => ({
  name: named(name, x),
  inputs: [x],
  symbolic: x.shape[0]! > 1 ? [0] : undefined,
  run: (a) => means[x.shape.length - 3]!(a!, options),
  reference: (a) => pooled(a!, options, (values, counted) => total(values) / counted),
});

type Adaptive = (x: Tensor, size: number | readonly (number | null)[]) => Tensor;
const adaptiveMeans = [adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d] as unknown as readonly Adaptive[];
const adaptiveMaxima = [adaptiveMaxPool1d, adaptiveMaxPool2d, adaptiveMaxPool3d] as unknown as readonly Adaptive[];

/** A sample of an adaptive pool: PyTorch's bins, in its formula. */
const adaptive = (name: string, kind: 'max' | 'mean', x: Plain, size: number | readonly (number | null)[]): Sample => ({
  name: named(`adaptive ${kind}, ${name}`, x),
  inputs: [x],
  symbolic: x.shape[0]! > 1 ? [0] : undefined,
  run: (a) => (kind === 'max' ? adaptiveMaxima : adaptiveMeans)[x.shape.length - 3]!(a!, size),
  reference: (a) => {
    const [, , ...sizes] = x.shape;
    const out = (typeof size === 'number' ? each(size, sizes.length) : size).map((own, axis) => own ?? sizes[axis]!);
    const bins = binsOf(sizes, out);
    return pooledOver(a!, bins, (values) => (kind === 'max' ? largest(values) : total(values) / values.length));
  },
});

/** The bins of an adaptive pool. */
function binsOf(sizes: readonly number[], out: readonly number[]): { shape: readonly number[]; windows: Held[] } {
  const windows = indicesOf(out).map((index): Held => {
    const spans = index.map((i, axis) => {
      const start = Math.floor((i * sizes[axis]!) / out[axis]!);
      const end = Math.ceil(((i + 1) * sizes[axis]!) / out[axis]!);
      return Array.from({ length: end - start }, (_, offset) => start + offset);
    });
    const places = spans.reduce<number[]>(
      (all, span, axis) => all.flatMap((place) => span.map((spot) => place * sizes[axis]! + spot)),
      [0],
    );
    return { places, counted: places.length };
  });
  return { shape: out, windows };
}

const overlapping = { kernel: [3, 2], strides: [2, 1], dilations: [1, 1], pads: [1, 0, 1, 1] } as const;
const tiles = { kernel: [2, 3], strides: [2, 3], dilations: [1, 1], pads: [0, 0, 0, 0] } as const;
type Moves = typeof overlapping | typeof tiles;

/** The number in row order of the first maximum of each window. */
function firstMaxima(x: Plain, moves: Moves): { shape: number[]; places: number[][] } {
  const padding = [
    [moves.pads[0], moves.pads[2]],
    [moves.pads[1], moves.pads[3]],
  ] as const;
  const axes = axesOf(x, { kernelSize: moves.kernel, stride: moves.strides, padding });
  const shape = [x.shape[0]!, x.shape[1]!, ...axes.map(({ starts }) => starts.length)];
  const places: number[][] = [];
  fillPlain(shape, ([n, c, ...index]) => {
    const inside = placesOf(axes, index).filter((spot) => spot.inside);
    const best = largest(inside.map(({ place }) => at(x, [n!, c!, ...place])));
    places.push([n!, c!, ...inside.find(({ place }) => at(x, [n!, c!, ...place]) === best)!.place]);
    return 0;
  });
  return { shape, places };
}

const routed = (name: string, x: Plain, moves: Moves): Sample => {
  const { shape, places } = firstMaxima(x, moves);
  return {
    name,
    inputs: [randomPlain(shape), x],
    gradients: [0],
    run: (dy, a) => bind(maxPoolGradientOp, [dy!, a!, bind(maxPoolOp, [a!], moves)], moves),
    reference: (dy) =>
      fillPlain(x.shape, (index) =>
        total(dy!.values.filter((_, window) => places[window]!.every((spot, axis) => spot === index[axis]))),
      ),
  };
};

const gathered = (name: string, x: Plain, moves: Moves): Sample => {
  const { shape, places } = firstMaxima(x, moves);
  return {
    name,
    inputs: [randomPlain(x.shape), x],
    gradients: [0],
    run: (d, a) => bind(maxPoolGatherOp, [d!, a!, bind(maxPoolOp, [a!], moves)], moves),
    reference: (d) =>
      plain(
        shape,
        places.map((place) => at(d!, place)),
      ),
  };
};

const indices = (name: string, x: Plain, options: Settings): Sample => ({
  name: named(name, x),
  inputs: [x],
  gradients: [],
  run: (a) => {
    const call = maxima[x.shape.length - 3]! as unknown as (y: Tensor, settings: object) => readonly [Tensor, Tensor];
    return call(a!, { ...options, returnIndices: true })[1];
  },
  reference: (a) => {
    const sizes = a!.shape.slice(2);
    const axes = axesOf(a!, options);
    const shape = [a!.shape[0]!, a!.shape[1]!, ...axes.map(({ starts }) => starts.length)];
    const places = fillPlain(shape, ([n, c, ...index]) => {
      const inside = placesOf(axes, index).filter((spot) => spot.inside);
      const best = largest(inside.map(({ place }) => at(a!, [n!, c!, ...place])));
      const first = inside.find(({ place }) => at(a!, [n!, c!, ...place]) === best)!.place;
      return first.reduce((flat, spot, axis) => flat * sizes[axis]! + spot, 0);
    });
    return { ...places, dtype: 'int32' };
  },
});

const symmetric = { kernel: [3, 2], strides: [2, 2], dilations: [1, 1], pads: [1, 0, 1, 0] } as const;
const single = { kernel: [1, 1], strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] } as const;

/** Samples of the ops in `ops/pool-ops.ts`, through the functions of `ops/pool.ts` and its neighbours. */
export const poolSamples: SamplesOf<typeof pool> = {
  maxPool: [
    maximal('small', distinct([1, 1, 4, 4]), { kernelSize: 2 }),
    maximal('small, overlapping', distinct([1, 1, 4, 5]), { kernelSize: [2, 3], stride: 1 }),
    maximal('channels and batch', distinct([2, 3, 4, 6]), { kernelSize: 2 }),
    maximal('border not covered', distinct([2, 1, 5, 7]), { kernelSize: [2, 3] }),
    maximal('windows of one row', distinct([2, 1, 3, 6]), { kernelSize: [1, 3] }),
    maximal('windows of one column', distinct([2, 1, 6, 3]), { kernelSize: [3, 1] }),
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
    maximal('dilation', distinct([2, 1, 6, 7]), { kernelSize: [2, 3], stride: 1, dilation: [3, 2] }),
    maximal('dilation, padding, rounded up', distinct([1, 2, 6, 5]), {
      kernelSize: 2,
      stride: 2,
      dilation: 2,
      padding: 1,
      ceilMode: true,
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
      'ties side by side',
      plain([1, 1, 2, 4], [1, 2, 3, 0, 2, 2, 0, 3]),
      { kernelSize: 2 },
      [0, 1, 1, 0, 0, 0, 0, 0],
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
    maximal('float64', distinct([2, 1, 4, 5], 'float64'), { kernelSize: 2, padding: 1, stride: 1 }),
    maximal('side by side', distinct([2, 2, 7]), { kernelSize: 3 }),
    maximal('all settings', distinct([2, 1, 9]), { kernelSize: 3, stride: 2, padding: 1, dilation: 2, ceilMode: true }),
    maximal('side by side', distinct([2, 1, 4, 2, 4]), { kernelSize: 2 }),
    maximal('all settings', distinct([1, 2, 4, 5, 4]), {
      kernelSize: [2, 3, 2],
      stride: [2, 2, 1],
      padding: [1, 1, 0],
      dilation: [1, 1, 2],
      ceilMode: true,
    }),
    adaptive('equal windows', 'max', distinct([2, 1, 4, 6]), [2, 3]),
    adaptive('uneven windows', 'max', distinct([2, 2, 5, 7]), [3, 4]),
    adaptive('more places than elements', 'max', distinct([1, 1, 2, 3]), [3, 5]),
    adaptive('one axis stays', 'max', distinct([1, 2, 3, 5]), [null, 2]),
    adaptive('global', 'max', distinct([2, 2, 3, 4]), 1),
    adaptive('uneven windows', 'max', distinct([2, 2, 7]), 3),
    adaptive('uneven windows', 'max', distinct([1, 1, 3, 4, 5]), [2, 3, 2]),
  ],
  maxPlaces: [
    indices('side by side', distinct([2, 2, 4, 6]), { kernelSize: 2 }),
    indices('overlapping, padding, dilation', distinct([1, 2, 6, 5]), {
      kernelSize: 2,
      stride: 1,
      padding: 1,
      dilation: 2,
    }),
    indices('of equal ones the first', plain([1, 1, 2, 4], [1, 1, 0, 2, 1, 1, 2, 0]), { kernelSize: 2 }),
    indices('more padding than elements of the window', distinct([1, 2, 6, 5]), {
      kernelSize: 2,
      stride: 2,
      dilation: 3,
      padding: 2,
      ceilMode: true,
    }),
    indices('signals', distinct([2, 2, 7]), { kernelSize: 3, stride: 2 }),
    indices('volumes', distinct([1, 2, 2, 4, 3]), { kernelSize: 2, stride: [1, 2, 1] }),
  ],
  maxPoolGradient: [
    routed('side by side', distinct([1, 1, 5, 6]), tiles),
    routed('overlapping', distinct([2, 1, 4, 3]), overlapping),
    routed('ties', plain([1, 1, 4, 3], 1), overlapping),
  ],
  maxPoolGather: [
    gathered('side by side', distinct([1, 1, 5, 6]), tiles),
    gathered('overlapping', distinct([2, 1, 4, 3]), overlapping),
    gathered('ties', plain([1, 1, 4, 3], 1), overlapping),
  ],
  avgPool: [
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
    average('float64, padding not counted', randomPlain([2, 1, 5, 4], { dtype: 'float64' }), {
      kernelSize: 3,
      stride: 2,
      padding: 1,
      countIncludePad: false,
    }),
    average('side by side', randomPlain([2, 2, 7]), { kernelSize: 3 }),
    average('all settings', randomPlain([2, 1, 8]), {
      kernelSize: 3,
      stride: 2,
      padding: 1,
      ceilMode: true,
      countIncludePad: false,
    }),
    average('side by side', randomPlain([2, 1, 4, 2, 5]), { kernelSize: 2 }),
    average('all settings', randomPlain([1, 2, 4, 5, 4]), {
      kernelSize: [2, 3, 2],
      stride: [2, 2, 1],
      padding: [1, 1, 0],
      ceilMode: true,
      countIncludePad: false,
    }),
    adaptive('equal windows', 'mean', randomPlain([2, 1, 4, 6]), [2, 3]),
    adaptive('uneven windows', 'mean', randomPlain([2, 2, 5, 7]), [3, 4]),
    adaptive('more places than elements', 'mean', randomPlain([1, 1, 2, 3]), [3, 5]),
    adaptive('one axis stays', 'mean', randomPlain([1, 2, 3, 5]), [null, 2]),
    adaptive('global', 'mean', randomPlain([2, 2, 3, 4]), 1),
    adaptive('float64', 'mean', randomPlain([1, 2, 3, 4], { dtype: 'float64' }), [2, 3]),
    adaptive('uneven windows', 'mean', randomPlain([2, 2, 7]), 3),
    adaptive('uneven windows', 'mean', randomPlain([1, 1, 3, 4, 5]), [2, 3, 2]),
  ],
  avgUnpool: [
    {
      name: 'overlapping, border not covered',
      inputs: [randomPlain([2, 2, 3, 2])],
      symbolic: [0],
      run: (y) => bind(avgUnpoolOp, [y!], { ...symmetric, size: [6, 5] }),
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
      run: (x) => bind(avgUnpoolOp, [bind(avgPoolOp, [x!], single)], { ...single, size: [5, 4] }),
      reference: (x) => x!,
    },
  ],
};
