import type { ConvSettings } from '../../ops/conv.ts';
import type { Sides } from '../../ops/conv-window.ts';
import { at, fillPlain, plain } from '../plain.ts';
import type { Plain } from '../sample.ts';

/** The window of a convolution. */
interface Window {
  strides: number[];
  dilations: number[];
  /** What is added before every axis, then after. */
  pads: number[];
  groups: number;
}

/** Settings of a convolution, or of a transposed one. */
export type Settings = ConvSettings & { readonly outputPadding?: number | readonly number[] | undefined };

/** A setting for each axis. */
export const each = (value: number | readonly number[] | undefined, otherwise: number, rank: number): number[] =>
  typeof value === 'object' ? [...value] : Array.from({ length: rank }, () => value ?? otherwise);

/** The window of a call, spelled out. */
export function windowOf(options: Settings, sizes: readonly number[], kernel: readonly number[]): Window {
  const rank = kernel.length;
  const strides = each(options.stride, 1, rank);
  const dilations = each(options.dilation, 1, rank);
  const groups = options.groups ?? 1;
  const { padding = 0 } = options;
  if (padding === 'valid') return { strides, dilations, groups, pads: kernel.flatMap(() => [0, 0]) };
  if (padding === 'same') {
    const totals = sizes.map((size, axis) => {
      const out = Math.ceil(size / strides[axis]!);
      return Math.max((out - 1) * strides[axis]! + dilations[axis]! * (kernel[axis]! - 1) + 1 - size, 0);
    });
    const before = totals.map((total) => Math.floor(total / 2));
    return { strides, dilations, groups, pads: [...before, ...totals.map((total, axis) => total - before[axis]!)] };
  }
  const sides = typeof padding === 'number' ? kernel.map(() => padding) : padding;
  const pairs = sides.map((side): Sides => (typeof side === 'number' ? [side, side] : side));
  return { strides, dilations, groups, pads: [...pairs.map(([before]) => before), ...pairs.map(([, after]) => after)] };
}

/** What a convolution joins, with all sizes as numbers. */
interface Sizes {
  batch: number;
  into: number;
  out: number;
  large: readonly number[];
  small: readonly number[];
  kernel: readonly number[];
}

const volume = (sizes: readonly number[]): number => sizes.reduce((product, size) => product * size, 1);

/** The place with number `flat` in row order. */
function placeOf(flat: number, sizes: readonly number[]): number[] {
  const place: number[] = [];
  let rest = flat;
  for (const size of sizes.toReversed()) {
    place.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return place;
}

/** Where an element of a window lies in the padded tensor, as a number in row order; −1 in the padding. */
function readAt(window: Window, { large, small, kernel }: Sizes, [place, tap]: readonly [number, number]): number {
  const corner = placeOf(place, small);
  const inside = placeOf(tap, kernel);
  let flat = 0;
  for (const [axis, size] of large.entries()) {
    const offset = corner[axis]! * window.strides[axis]! + inside[axis]! * window.dilations[axis]! - window.pads[axis]!;
    if (offset < 0 || offset >= size) return -1;
    flat = flat * size + offset;
  }
  return flat;
}

const known = new Map<string, Taps>();

/** Offsets in x, y and w, in turn, of every product that a convolution sums. */
type Taps = readonly number[];

/** The taps of a convolution, kept: differences of the reference ask for them for every element. */
function tapsOf(sizes: Sizes, window: Window): Taps {
  const key = JSON.stringify([sizes, window]);
  const taps = known.get(key) ?? findTaps(sizes, window);
  known.set(key, taps);
  return taps;
}

function findTaps(sizes: Sizes, window: Window): Taps {
  const found: number[] = [];
  const { batch, into, out, large, small, kernel } = sizes;
  const [wide, narrow, taps] = [volume(large), volume(small), volume(kernel)];
  const own = into / window.groups;
  for (let pair = 0; pair < narrow * taps; pair += 1) {
    const [place, tap] = [Math.floor(pair / taps), pair % taps];
    const read = readAt(window, sizes, [place, tap]);
    if (read < 0) continue;
    for (let channels = 0; channels < batch * out * own; channels += 1) {
      const c = channels % own;
      const o = Math.floor(channels / own) % out;
      const n = Math.floor(channels / (own * out));
      const source = Math.floor(o / (out / window.groups)) * own + c;
      found.push((n * into + source) * wide + read, (n * out + o) * narrow + place, (o * own + c) * taps + tap);
    }
  }
  return found;
}

const zeros = (shape: readonly number[]): number[] => new Array<number>(volume(shape)).fill(0);

/** A result with its bias. */
export function withBias(y: Plain, bias: Plain | undefined): Plain {
  return bias === undefined ? y : fillPlain(y.shape, (index) => at(y, index) + bias.values[index[1]!]!);
}

/** A convolution. */
export function convolved(x: Plain, w: Plain, bias: Plain | undefined, window: Window): Plain {
  const [batch, into, ...large] = x.shape as [number, number, ...number[]];
  const [out, , ...kernel] = w.shape as [number, number, ...number[]];
  const small = large.map((extent, axis) => {
    const around = window.pads[axis]! + window.pads[axis + kernel.length]!;
    const free = extent + around - window.dilations[axis]! * (kernel[axis]! - 1) - 1;
    return Math.floor(free / window.strides[axis]!) + 1;
  });
  const shape = [batch, out, ...small];
  const values = zeros(shape);
  const taps = tapsOf({ batch, into, out, large, small, kernel }, window);
  for (let at = 0; at < taps.length; at += 3) values[taps[at + 1]!]! += x.values[taps[at]!]! * w.values[taps[at + 2]!]!;
  return withBias(plain(shape, values, x.dtype), bias);
}

/** A transposed convolution, without its bias. */
export function convolvedBack(y: Plain, w: Plain, large: number[], window: Window): Plain {
  const [batch, out, ...small] = y.shape as [number, number, ...number[]];
  const [, own, ...kernel] = w.shape as [number, number, ...number[]];
  const into = own * window.groups;
  const shape = [batch, into, ...large];
  const values = zeros(shape);
  const taps = tapsOf({ batch, into, out, large, small, kernel }, window);
  for (let at = 0; at < taps.length; at += 3) values[taps[at]!]! += y.values[taps[at + 1]!]! * w.values[taps[at + 2]!]!;
  return plain(shape, values, y.dtype);
}

/** The gradient of a convolution with respect to its weight. */
export function weightGradient(x: Plain, dy: Plain, kernel: readonly number[], window: Window): Plain {
  const [batch, into, ...large] = x.shape as [number, number, ...number[]];
  const [, out, ...small] = dy.shape as [number, number, ...number[]];
  const shape = [out, into / window.groups, ...kernel];
  const values = zeros(shape);
  const taps = tapsOf({ batch, into, out, large, small, kernel }, window);
  for (let at = 0; at < taps.length; at += 3) {
    values[taps[at + 2]!]! += x.values[taps[at]!]! * dy.values[taps[at + 1]!]!;
  }
  return plain(shape, values);
}
