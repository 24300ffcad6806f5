import type * as resizing from '../../ops/resize.ts';
import { pixelShuffle, pixelUnshuffle, resize } from '../../ops/resize.ts';
import type { ResizeOptions } from '../../ops/resize.ts';
import { at, fillPlain, indicesOf, plain, randomPlain } from '../plain.ts';
import type { Plain, Sample, SamplesOf } from '../sample.ts';

/** Where pixel i of the result lies along an axis, by PyTorch's rules. */
function placeOf(
  i: number,
  [size, out]: [size: number, out: number],
  factor: number | undefined,
  options: ResizeOptions,
): number {
  const step = factor === undefined ? size / out : 1 / factor;
  if ((options.mode ?? 'nearest') === 'nearest') return Math.min(Math.floor(i * step), size - 1);
  if (options.alignCorners === true) return out === 1 ? 0 : (i * (size - 1)) / (out - 1);
  return Math.min(Math.max((i + 0.5) * step - 0.5, 0), size - 1);
}

const listOf = (value: number | readonly number[] | undefined, axes: number): (number | undefined)[] =>
  Array.from({ length: axes }, (_, axis) => (typeof value === 'object' ? value[axis] : value));

function resizedPlain(x: Plain, options: ResizeOptions): Plain {
  const spatial = x.shape.slice(2);
  const factors = listOf(options.scaleFactor, spatial.length);
  const given = listOf(options.size, spatial.length);
  const sizes = spatial.map((size, axis) => given[axis] ?? Math.floor(size * factors[axis]!));
  return fillPlain(
    [...x.shape.slice(0, 2), ...sizes],
    (index) => {
      const places = spatial.map((size, axis) =>
        placeOf(index[axis + 2]!, [size, sizes[axis]!], factors[axis], options),
      );
      let sum = 0;
      for (const corner of indicesOf(spatial.map(() => 2))) {
        const share = corner.reduce((product, side, axis) => {
          const rest = places[axis]! - Math.floor(places[axis]!);
          return product * (side === 1 ? rest : 1 - rest);
        }, 1);
        const pixel = corner.map((side, axis) => Math.min(Math.floor(places[axis]!) + side, spatial[axis]! - 1));
        sum += share * at(x, [...index.slice(0, 2), ...pixel]);
      }
      return sum;
    },
    x.dtype,
  );
}

const resized = (name: string, x: Plain, options: ResizeOptions): Sample => ({
  name,
  inputs: [x],
  symbolic: x.shape[0]! > 1 ? [0] : undefined,
  run: (a) => resize(a!, options),
  reference: (a) => resizedPlain(a!, options),
});

const shuffled = (x: Plain, r: number): Plain =>
  fillPlain([x.shape[0]!, x.shape[1]! / r ** 2, x.shape[2]! * r, x.shape[3]! * r], ([n, c, i, j]) =>
    at(x, [n!, c! * r ** 2 + (i! % r) * r + (j! % r), Math.floor(i! / r), Math.floor(j! / r)]),
  );

const image = randomPlain([2, 1, 3, 4]);

/** Samples of the ops in `ops/resize.ts`. */
export const resizeSamples: SamplesOf<typeof resizing> = {
  repeatPixels: [
    resized('nearest by a whole factor', image, { scaleFactor: 2 }),
    resized('nearest by two factors', image, { scaleFactor: [3, 1] }),
    resized('nearest, three axes', randomPlain([1, 1, 2, 1, 2]), { scaleFactor: 2 }),
    resized('nearest by a whole factor, float64', randomPlain([1, 1, 2, 2], { dtype: 'float64' }), { scaleFactor: 2 }),
    resized('nearest, one axis by a whole factor', randomPlain([2, 1, 3]), { scaleFactor: 3 }),
    resized('nearest by one', randomPlain([2, 1, 3]), { scaleFactor: 1 }),
    resized('nearest of no images', plain([0, 1, 2, 2], []), { scaleFactor: 2 }),
  ],
  resize: [
    resized('bilinear', randomPlain([1, 1, 2, 3]), { size: [3, 5], mode: 'bilinear' }),
    resized('bilinear, corners', randomPlain([1, 1, 2, 3]), { size: [4, 4], mode: 'bilinear', alignCorners: true }),
    resized('bilinear, smaller', image, { size: 2, mode: 'bilinear' }),
    resized('bilinear by a factor', image, { scaleFactor: 2, mode: 'bilinear' }),
    resized('bilinear by a factor that does not divide', image, { scaleFactor: [1.7, 0.6], mode: 'bilinear' }),
    resized('bilinear by a factor, corners', image, { scaleFactor: 1.6, mode: 'bilinear', alignCorners: true }),
    resized('bilinear to one pixel', image, { size: 1, mode: 'bilinear' }),
    resized('bilinear to one pixel, corners', image, { size: 1, mode: 'bilinear', alignCorners: true }),
    resized('bilinear from one pixel', randomPlain([1, 2, 1, 1]), { size: [2, 3], mode: 'bilinear' }),
    resized('bilinear to the same size', image, { size: [3, 4], mode: 'bilinear' }),
    resized('bilinear, float64', randomPlain([1, 2, 3, 4], { dtype: 'float64' }), { size: [5, 3], mode: 'bilinear' }),
    resized('linear', randomPlain([2, 2, 4]), { size: 7, mode: 'linear' }),
    resized('linear, corners', randomPlain([2, 1, 4]), { size: 6, mode: 'linear', alignCorners: true }),
    resized('trilinear', randomPlain([1, 1, 2, 3, 2]), { size: [3, 2, 4], mode: 'trilinear' }),
    resized('nearest to a size', image, { size: [5, 7] }),
    resized('nearest, smaller', image, { size: [2, 3] }),
    resized('nearest by a fraction', image, { scaleFactor: 1.5 }),
    resized('nearest, one axis', randomPlain([2, 1, 3]), { size: 5 }),
    resized('nearest, float64', randomPlain([1, 1, 2, 3], { dtype: 'float64' }), { size: [3, 4] }),
    {
      name: 'pixels from channels',
      inputs: [randomPlain([2, 8, 2, 3])],
      symbolic: [0],
      run: (x) => pixelShuffle(x!, 2),
      reference: (x) => shuffled(x!, 2),
    },
    {
      name: 'pixels to channels and back',
      inputs: [randomPlain([2, 2, 3, 6])],
      symbolic: [0],
      run: (x) => pixelShuffle(pixelUnshuffle(x!, 3), 3),
      reference: (x) => x!,
    },
    {
      name: 'pixels to channels',
      inputs: [shuffled(randomPlain([2, 4, 1, 2]), 2)],
      run: (x) => pixelUnshuffle(x!, 2),
      reference: () => randomPlain([2, 4, 1, 2]),
      gradients: [],
    },
  ],
};
