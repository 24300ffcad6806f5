import type * as conv from '../../ops/conv.ts';
import { conv2d, conv2dWeightGradientOp, convTranspose2d } from '../../ops/conv.ts';
import type { Conv2dOptions, ConvTranspose2dOptions } from '../../ops/conv.ts';
import { bind } from '../../trace/bind.ts';
import { at, fillPlain, plain, randomPlain } from '../plain.ts';
import type { Plain, Sample, SamplesOf } from '../sample.ts';

interface Window {
  strides: [number, number];
  dilations: [number, number];
  /** Top, left, bottom, right. */
  pads: number[];
  groups: number;
}

const both = (value: number | readonly [number, number] | undefined, otherwise: number): [number, number] =>
  typeof value === 'object' ? [value[0], value[1]] : [value ?? otherwise, value ?? otherwise];

/** The window of a call, spelled out. */
function windowOf(options: Conv2dOptions, sizes: readonly number[], kernel: readonly number[]): Window {
  const strides = both(options.stride, 1);
  const dilations = both(options.dilation, 1);
  const groups = options.groups ?? 1;
  const { padding = 0 } = options;
  if (padding === 'valid') return { strides, dilations, groups, pads: [0, 0, 0, 0] };
  if (padding === 'same') {
    const totals = [0, 1].map((axis) => {
      const out = Math.ceil(sizes[axis]! / strides[axis]!);
      return Math.max((out - 1) * strides[axis]! + dilations[axis]! * (kernel[axis]! - 1) + 1 - sizes[axis]!, 0);
    });
    const before = totals.map((total) => Math.floor(total / 2));
    return { strides, dilations, groups, pads: [...before, ...totals.map((total, axis) => total - before[axis]!)] };
  }
  if (typeof padding === 'number') return { strides, dilations, groups, pads: [padding, padding, padding, padding] };
  const [rows, columns] = [both(padding[0], 0), both(padding[1], 0)];
  return { strides, dilations, groups, pads: [rows[0], columns[0], rows[1], columns[1]] };
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

/**
 * Calls `visit` with the offsets in x, y and w of every product that a convolution sums. Plain loops over offsets, as
 * differences of the reference are taken for every element.
 */
function eachTap(
  { batch, into, out, large, small, kernel }: Sizes,
  window: Window,
  visit: (x: number, y: number, w: number) => void,
): void {
  const { strides, dilations, pads, groups } = window;
  const [height, width] = large as [number, number];
  const [rows, columns] = small as [number, number];
  const [tall, wide] = kernel as [number, number];
  const each = into / groups;
  const taps = Array.from({ length: tall * wide }, (_, tap) => tap);
  for (let place = 0; place < rows * columns; place += 1) {
    for (const tap of taps) {
      const i = Math.floor(place / columns) * strides[0] + Math.floor(tap / wide) * dilations[0] - pads[0]!;
      const j = (place % columns) * strides[1] + (tap % wide) * dilations[1] - pads[1]!;
      if (i < 0 || j < 0 || i >= height || j >= width) continue;
      for (let channels = 0; channels < batch * out * each; channels += 1) {
        const own = channels % each;
        const o = Math.floor(channels / each) % out;
        const n = Math.floor(channels / (each * out));
        const c = Math.floor(o / (out / groups)) * each + own;
        visit(
          ((n * into + c) * height + i) * width + j,
          (n * out + o) * rows * columns + place,
          (o * each + own) * tall * wide + tap,
        );
      }
    }
  }
}

const zeros = (shape: readonly number[]): number[] =>
  new Array<number>(shape.reduce((product, size) => product * size, 1)).fill(0);

function withBias(y: Plain, bias: Plain | undefined): Plain {
  return bias === undefined ? y : fillPlain(y.shape, (index) => at(y, index) + bias.values[index[1]!]!);
}

function convolved(x: Plain, w: Plain, bias: Plain | undefined, window: Window): Plain {
  const [batch, into, ...large] = x.shape as [number, number, number, number];
  const [out, , ...kernel] = w.shape as [number, number, number, number];
  const small = large.map(
    (extent, axis) =>
      Math.floor(
        (extent + window.pads[axis]! + window.pads[axis + 2]! - window.dilations[axis]! * (kernel[axis]! - 1) - 1) /
          window.strides[axis]!,
      ) + 1,
  );
  const shape = [batch, out, ...small];
  const values = zeros(shape);
  eachTap({ batch, into, out, large, small, kernel }, window, (i, j, k) => (values[j]! += x.values[i]! * w.values[k]!));
  return withBias(plain(shape, values), bias);
}

function convolvedBack(y: Plain, w: Plain, large: number[], window: Window): Plain {
  const [batch, out, ...small] = y.shape as [number, number, number, number];
  const [, own, ...kernel] = w.shape as [number, number, number, number];
  const into = own * window.groups;
  const shape = [batch, into, ...large];
  const values = zeros(shape);
  eachTap({ batch, into, out, large, small, kernel }, window, (i, j, k) => (values[i]! += y.values[j]! * w.values[k]!));
  return plain(shape, values);
}

function weightGradient(x: Plain, dy: Plain, kernel: [number, number], window: Window): Plain {
  const [batch, into, ...large] = x.shape as [number, number, number, number];
  const [, out, ...small] = dy.shape as [number, number, number, number];
  const shape = [out, into / window.groups, ...kernel];
  const values = zeros(shape);
  eachTap(
    { batch, into, out, large, small, kernel },
    window,
    (i, j, k) => (values[k]! += x.values[i]! * dy.values[j]!),
  );
  return plain(shape, values);
}

type Shapes = { x: number[]; w: number[]; bias?: number[] };

const forward = (name: string, { x, w, bias }: Shapes, options: Conv2dOptions = {}): Sample => ({
  name,
  inputs: [
    randomPlain(x),
    randomPlain(w, { seed: 2 }),
    ...(bias === undefined ? [] : [randomPlain(bias, { seed: 3 })]),
  ],
  symbolic: x[0]! > 1 ? [0] : undefined,
  run: (...inputs) => conv2d(inputs[0]!, inputs[1]!, { ...options, bias: inputs[2] }),
  reference: (a, k, b) => convolved(a!, k!, b, windowOf(options, a!.shape.slice(2), k!.shape.slice(2))),
});

const backward = (name: string, { x, w, bias }: Shapes, options: ConvTranspose2dOptions = {}): Sample => ({
  name,
  inputs: [
    randomPlain(x),
    randomPlain(w, { seed: 2 }),
    ...(bias === undefined ? [] : [randomPlain(bias, { seed: 3 })]),
  ],
  symbolic: x[0]! > 1 ? [0] : undefined,
  run: (...inputs) => convTranspose2d(inputs[0]!, inputs[1]!, { ...options, bias: inputs[2] }),
  reference: (a, k, b) => {
    const kernel = k!.shape.slice(2);
    const window = windowOf(options, a!.shape.slice(2), kernel);
    const more = both(options.outputPadding, 0);
    const size = a!.shape
      .slice(2)
      .map(
        (extent, axis) =>
          (extent - 1) * window.strides[axis]! -
          window.pads[axis]! -
          window.pads[axis + 2]! +
          window.dilations[axis]! * (kernel[axis]! - 1) +
          more[axis]! +
          1,
      );
    return withBias(convolvedBack(a!, k!, size, window), b);
  },
});

const ofWeight = (
  name: string,
  x: number[],
  dy: number[],
  kernel: [number, number],
  options: Conv2dOptions = {},
): Sample => ({
  name,
  inputs: [randomPlain(x), randomPlain(dy, { seed: 2 })],
  symbolic: x[0]! > 1 ? [0, 1] : undefined,
  run: (a, d) => bind(conv2dWeightGradientOp, [a!, d!], { ...windowOf(options, x.slice(2), kernel), kernel }),
  reference: (a, d) => weightGradient(a!, d!, kernel, windowOf(options, x.slice(2), kernel)),
});

/** Samples of the ops in `ops/conv.ts`. */
export const convSamples: SamplesOf<typeof conv> = {
  conv2d: [
    forward('small', { x: [1, 1, 3, 3], w: [1, 1, 2, 2] }),
    forward('small with bias and stride', { x: [1, 1, 3, 4], w: [1, 1, 2, 2], bias: [1] }, { stride: 2 }),
    forward('channels and batch', { x: [2, 3, 5, 4], w: [4, 3, 3, 2], bias: [4] }),
    forward('padding', { x: [2, 2, 4, 4], w: [3, 2, 3, 3], bias: [3] }, { padding: 1 }),
    forward('padding per axis', { x: [1, 2, 3, 4], w: [2, 2, 3, 3] }, { padding: [0, 2] }),
    forward(
      'padding per side',
      { x: [1, 2, 4, 3], w: [2, 2, 3, 3] },
      {
        padding: [
          [2, 0],
          [1, 3],
        ],
      },
    ),
    forward('valid', { x: [1, 2, 4, 3], w: [2, 2, 3, 3] }, { padding: 'valid' }),
    forward('same, odd kernel', { x: [2, 1, 5, 4], w: [2, 1, 3, 3] }, { padding: 'same' }),
    forward('same, even kernel', { x: [1, 1, 4, 5], w: [1, 1, 2, 4] }, { padding: 'same' }),
    forward('same, stride', { x: [1, 2, 7, 6], w: [2, 2, 3, 3] }, { padding: 'same', stride: [2, 3] }),
    forward('same, stride wider than kernel', { x: [1, 1, 7, 6], w: [1, 1, 1, 2] }, { padding: 'same', stride: 3 }),
    forward('same, dilation', { x: [1, 1, 6, 5], w: [1, 1, 3, 2] }, { padding: 'same', dilation: 2 }),
    forward('border not covered', { x: [2, 1, 6, 8], w: [2, 1, 3, 3], bias: [2] }, { stride: [2, 3] }),
    forward('border not covered, padding', { x: [1, 2, 6, 5], w: [2, 2, 3, 2] }, { stride: 3, padding: 1 }),
    forward('dilation', { x: [1, 2, 6, 7], w: [2, 2, 3, 2] }, { dilation: [2, 3] }),
    forward('dilation and stride', { x: [2, 1, 9, 8], w: [2, 1, 3, 2] }, { dilation: 2, stride: 3, padding: 2 }),
    forward('groups', { x: [2, 4, 4, 4], w: [6, 2, 3, 3], bias: [6] }, { groups: 2, padding: 1 }),
    forward('depthwise', { x: [2, 3, 5, 5], w: [3, 1, 3, 3] }, { groups: 3, padding: 1, stride: 2 }),
    forward('depthwise, two outputs each', { x: [1, 2, 4, 4], w: [4, 1, 2, 2] }, { groups: 2, dilation: 2 }),
    forward('1×1', { x: [2, 4, 3, 3], w: [3, 4, 1, 1] }),
    forward('1×1, stride', { x: [2, 4, 5, 5], w: [3, 4, 1, 1] }, { stride: 2 }),
    forward('3×3 over many channels', { x: [2, 5, 4, 5], w: [4, 5, 3, 3], bias: [4] }, { padding: 1 }),
    forward(
      '2×3 over many channels, uneven padding',
      { x: [2, 4, 4, 5], w: [2, 4, 2, 3] },
      {
        padding: [
          [1, 2],
          [0, 1],
        ],
      },
    ),
    forward('3×1 over many channels, no padding', { x: [2, 4, 5, 3], w: [2, 4, 3, 1] }),
    forward('kernel as large as the image', { x: [2, 2, 3, 3], w: [2, 2, 3, 3] }),
    forward('sizes 1', { x: [1, 1, 1, 1], w: [1, 1, 1, 1] }),
    forward('no examples', { x: [0, 2, 3, 3], w: [2, 2, 2, 2], bias: [2] }),
  ],
  convTranspose2d: [
    backward('small', { x: [1, 1, 2, 2], w: [1, 1, 2, 2] }),
    backward('small with bias and stride', { x: [1, 1, 2, 2], w: [1, 1, 2, 2], bias: [1] }, { stride: 2 }),
    backward('channels and batch', { x: [2, 3, 3, 2], w: [3, 4, 3, 2], bias: [4] }),
    backward('padding', { x: [2, 2, 4, 3], w: [2, 3, 3, 3] }, { padding: 1, stride: 2 }),
    backward(
      'padding per side',
      { x: [1, 2, 4, 3], w: [2, 1, 3, 3] },
      {
        padding: [
          [2, 0],
          [1, 2],
        ],
      },
    ),
    backward(
      'output padding',
      { x: [2, 2, 3, 3], w: [2, 2, 3, 3], bias: [2] },
      { stride: 2, padding: 1, outputPadding: 1 },
    ),
    backward('output padding per axis', { x: [1, 1, 2, 3], w: [1, 2, 2, 2] }, { stride: 3, outputPadding: [2, 0] }),
    backward(
      'output padding up to the dilation',
      { x: [1, 1, 3, 3], w: [1, 1, 2, 2] },
      { dilation: 2, outputPadding: 1 },
    ),
    backward('dilation', { x: [1, 2, 3, 3], w: [2, 2, 3, 2] }, { dilation: [2, 3], padding: 1 }),
    backward('groups', { x: [1, 4, 2, 3], w: [4, 3, 3, 3], bias: [6] }, { groups: 2, stride: 2 }),
    backward('depthwise', { x: [1, 3, 3, 3], w: [3, 1, 2, 2] }, { groups: 3, stride: 2 }),
    backward(
      'output padding of what padding cut off',
      { x: [2, 1, 3, 3], w: [1, 1, 4, 4] },
      {
        stride: 3,
        padding: [
          [0, 2],
          [1, 1],
        ],
        outputPadding: 2,
      },
    ),
    backward('no examples', { x: [0, 2, 3, 3], w: [2, 2, 2, 2] }),
  ],
  conv2dWeightGradient: [
    ofWeight('small', [1, 1, 3, 3], [1, 1, 2, 2], [2, 2]),
    ofWeight('small, border not covered', [1, 1, 4, 4], [1, 1, 1, 1], [2, 2], { stride: 3 }),
    ofWeight('channels and batch', [2, 3, 4, 5], [2, 2, 3, 3], [2, 3]),
    ofWeight('padding', [2, 2, 4, 4], [2, 3, 4, 4], [3, 3], { padding: 1 }),
    ofWeight('stride, border not covered, padding', [2, 2, 6, 5], [2, 3, 2, 2], [3, 3], { stride: 3, padding: 1 }),
    ofWeight('dilation and stride', [2, 2, 9, 8], [2, 1, 3, 4], [3, 2], { dilation: 2, stride: 2, padding: 1 }),
    ofWeight('groups', [2, 4, 4, 4], [2, 6, 4, 4], [3, 3], { groups: 2, padding: 1 }),
    ofWeight('depthwise, stride', [2, 3, 6, 5], [2, 3, 3, 3], [3, 3], { groups: 3, padding: 1, stride: 2 }),
    ofWeight('many channels', [2, 5, 4, 5], [2, 3, 4, 5], [3, 3], { padding: 1 }),
    ofWeight('many channels, 2×3, uneven padding', [2, 4, 4, 5], [2, 2, 6, 4], [2, 3], {
      padding: [
        [1, 2],
        [0, 1],
      ],
    }),
    ofWeight('many channels, 1×1', [2, 4, 3, 3], [2, 3, 3, 3], [1, 1]),
    ofWeight('no examples', [0, 4, 3, 3], [0, 2, 3, 3], [3, 3], { padding: 1 }),
  ],
};
