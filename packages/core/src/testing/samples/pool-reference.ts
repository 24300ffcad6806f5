import type { PoolSettings } from '../../ops/pool-window.ts';
import { indicesOf, plain } from '../plain.ts';
import type { Plain } from '../sample.ts';

/** Settings of any pool. */
export type Settings = PoolSettings & { readonly countIncludePad?: boolean };

/** A setting for each axis. */
export const each = (value: number | readonly number[], rank: number): number[] =>
  typeof value === 'number' ? Array.from({ length: rank }, () => value) : [...value];

/** Where windows lie along one axis: their start, and where counted places and the signal end. */
export interface Axis {
  starts: number[];
  extent: number;
  step: number;
  before: number;
  after: number;
  size: number;
}

/** PyTorch's rule for the number of windows, in its words: rounded up, but each begins in the image or before it. */
export function axesOf(x: Plain, options: Settings): Axis[] {
  const rank = x.shape.length - 2;
  const kernel = each(options.kernelSize, rank);
  const strides = each(options.stride ?? kernel, rank);
  const steps = each(options.dilation ?? 1, rank);
  const given = options.padding ?? 0;
  const sides = typeof given === 'number' ? kernel.map(() => given) : (given as readonly (number | number[])[]);
  return kernel.map((extent, axis) => {
    const side = sides[axis]!;
    const [before, after] = (typeof side === 'number' ? [side, side] : side) as [number, number];
    const size = x.shape[axis + 2]!;
    const free = (size + before + after - steps[axis]! * (extent - 1) - 1) / strides[axis]!;
    const count = (options.ceilMode === true ? Math.ceil(free) : Math.floor(free)) + 1;
    const late = options.ceilMode === true && (count - 1) * strides[axis]! >= size + before;
    const starts = Array.from({ length: late ? count - 1 : count }, (_, index) => index * strides[axis]! - before);
    return { starts, extent, step: steps[axis]!, before, after, size };
  });
}

/** The places of a window in row order, with whether each lies in the tensor; those past the padding are left out. */
export function placesOf(axes: readonly Axis[], index: readonly number[]): { place: number[]; inside: boolean }[] {
  let places = [{ place: [] as number[], inside: true }];
  for (const [axis, { starts, extent, step, after, size }] of axes.entries()) {
    const along = Array.from({ length: extent }, (_, tap) => starts[index[axis]!]! + tap * step);
    const counted = along.filter((spot) => spot < size + after);
    places = places.flatMap(({ place, inside }) =>
      counted.map((spot) => ({ place: [...place, spot], inside: inside && spot >= 0 && spot < size })),
    );
  }
  return places;
}

/** What a window holds: the numbers in row order of its places in the image, and how many places count. */
export interface Held {
  readonly places: readonly number[];
  readonly counted: number;
}

const known = new Map<string, readonly Held[]>();

/** What each window holds, kept: differences of the reference ask for it for every element. */
function windowsOf(axes: readonly Axis[]): readonly Held[] {
  const key = JSON.stringify(axes);
  const windows = known.get(key) ?? findWindows(axes);
  known.set(key, windows);
  return windows;
}

const findWindows = (axes: readonly Axis[]): Held[] =>
  indicesOf(axes.map(({ starts }) => starts.length)).map((index) => {
    const places = placesOf(axes, index);
    const inside = places.filter((spot) => spot.inside);
    return { places: inside.map(({ place }) => flatPlace(axes, place)), counted: places.length };
  });

/** The number in row order of a place of an image. */
export const flatPlace = (axes: readonly { readonly size: number }[], place: readonly number[]): number =>
  axes.reduce((flat, { size }, axis) => flat * size + place[axis]!, 0);

/** The result of a pool, of what the window at each place holds. */
export function pooled(x: Plain, options: Settings, of: (values: number[], counted: number) => number): Plain {
  const axes = axesOf(x, options);
  const counts = (values: number[], counted: number): number =>
    of(values, options.countIncludePad === false ? values.length : counted);
  const shape = axes.map(({ starts }) => starts.length);
  return pooledOver(x, { shape, windows: windowsOf(axes) }, counts);
}

/** The result of a pool whose windows are given, with the shape they make up. */
export function pooledOver(
  x: Plain,
  { shape, windows }: { readonly shape: readonly number[]; readonly windows: readonly Held[] },
  of: (values: number[], counted: number) => number,
): Plain {
  const [batch, channels, ...sizes] = x.shape as [number, number, ...number[]];
  const image = sizes.reduce((product, size) => product * size, 1);
  const values: number[] = [];
  for (let plane = 0; plane < batch * channels; plane += 1) {
    for (const { places, counted } of windows) {
      const held = places.map((place) => x.values[plane * image + place]!);
      values.push(of(held, counted));
    }
  }
  return plain([batch, channels, ...shape], values, x.dtype);
}

/** The largest of some numbers. */
export const largest = (values: number[]): number => Math.max(...values);
/** The sum of some numbers. */
export const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
