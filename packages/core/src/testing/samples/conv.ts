import { bind } from '../../trace/bind.ts';
import { conv1d, conv2d, conv3d } from '../../ops/conv.ts';
import type * as conv from '../../ops/conv-ops.ts';
import { convWeightGradientOp } from '../../ops/conv-ops.ts';
import { convTranspose1d, convTranspose2d, convTranspose3d } from '../../ops/conv-transpose.ts';
import type { Pair } from '../../ops/conv-window.ts';
import type { Tensor } from '../../ir/tensor.ts';
import type { DType } from '../../dtype.ts';
import { randomPlain } from '../plain.ts';
import { convolved, convolvedBack, each, weightGradient, windowOf, withBias } from './conv-reference.ts';
import type { Settings } from './conv-reference.ts';
import type { Plain, Sample, SamplesOf } from '../sample.ts';

type Shapes = { x: number[]; w: number[]; bias?: number[]; dtype?: DType };

const operandsOf = ({ x, w, bias, dtype }: Shapes): Plain[] => [
  randomPlain(x, { dtype }),
  randomPlain(w, { seed: 2, dtype }),
  ...(bias === undefined ? [] : [randomPlain(bias, { seed: 3, dtype })]),
];

type Convolution = (x: Tensor, w: Tensor, options: Settings) => Tensor;
// The functions take settings of their own rank; the samples are written for each.
const forwards = [conv1d, conv2d, conv3d] as unknown as readonly Convolution[];
const backwards = [convTranspose1d, convTranspose2d, convTranspose3d] as unknown as readonly Convolution[];

const forward = (name: string, shapes: Shapes, options: Settings = {}): Sample => ({
  name: `${shapes.x.length - 2}-D: ${name}`,
  inputs: operandsOf(shapes),
  symbolic: shapes.x[0]! > 1 ? [0] : undefined,
  run: (...inputs) => forwards[shapes.x.length - 3]!(inputs[0]!, inputs[1]!, { ...options, bias: inputs[2] }),
  reference: (a, k, b) => convolved(a!, k!, b, windowOf(options, a!.shape.slice(2), k!.shape.slice(2))),
});

const backward = (name: string, shapes: Shapes, options: Settings = {}): Sample => ({
  name: `${shapes.x.length - 2}-D: ${name}`,
  inputs: operandsOf(shapes),
  symbolic: shapes.x[0]! > 1 ? [0] : undefined,
  run: (...inputs) => backwards[shapes.x.length - 3]!(inputs[0]!, inputs[1]!, { ...options, bias: inputs[2] }),
  reference: (a, k, b) => {
    const kernel = k!.shape.slice(2);
    const window = windowOf(options, a!.shape.slice(2), kernel);
    const more = each(options.outputPadding, 0, kernel.length);
    const size = a!.shape.slice(2).map((extent, axis) => {
      const around = window.pads[axis]! + window.pads[axis + kernel.length]!;
      const reach = window.dilations[axis]! * (kernel[axis]! - 1) + 1;
      return (extent - 1) * window.strides[axis]! - around + reach + more[axis]!;
    });
    return withBias(convolvedBack(a!, k!, size, window), b);
  },
});

const ofWeight = (
  name: string,
  x: number[],
  dy: number[],
  { kernel, ...options }: Settings & { readonly kernel: readonly number[] },
): Sample => ({
  name,
  inputs: [randomPlain(x), randomPlain(dy, { seed: 2 })],
  symbolic: x[0]! > 1 ? [0, 1] : undefined,
  run: (a, d) => bind(convWeightGradientOp, [a!, d!], { ...windowOf(options, x.slice(2), kernel), kernel }),
  reference: (a, d) => weightGradient(a!, d!, kernel, windowOf(options, x.slice(2), kernel)),
});

const uneven: readonly [Pair, Pair] = [
  [2, 0],
  [1, 3],
];

/** Samples of the ops in `ops/conv-ops.ts`. */
export const convSamples: SamplesOf<typeof conv> = {
  conv: [
    forward('small', { x: [1, 1, 3, 3], w: [1, 1, 2, 2] }),
    forward('small with bias and stride', { x: [1, 1, 3, 4], w: [1, 1, 2, 2], bias: [1] }, { stride: 2 }),
    forward('channels and batch', { x: [2, 3, 5, 4], w: [4, 3, 3, 2], bias: [4] }),
    forward('padding', { x: [2, 2, 4, 4], w: [3, 2, 3, 3], bias: [3] }, { padding: 1 }),
    forward('padding per axis', { x: [1, 2, 3, 4], w: [2, 2, 3, 3] }, { padding: [0, 2] }),
    forward('padding per side', { x: [1, 2, 4, 3], w: [2, 2, 3, 3] }, { padding: uneven }),
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
    forward(
      'few channels to a block of them',
      { x: [2, 1, 3, 2], w: [16, 1, 2, 2], bias: [16] },
      {
        padding: [
          [0, 1],
          [1, 0],
        ],
      },
    ),
    forward('few channels to half a block', { x: [1, 2, 4, 3], w: [8, 2, 2, 2], bias: [8] }, { stride: 2 }),
    forward(
      'blocks of channels',
      { x: [1, 16, 2, 2], w: [16, 16, 1, 2] },
      {
        padding: [
          [0, 0],
          [0, 1],
        ],
      },
    ),
    forward(
      'blocks of channels, depthwise',
      { x: [1, 16, 2, 3], w: [16, 1, 2, 2], bias: [16] },
      {
        groups: 16,
        padding: [
          [1, 0],
          [0, 1],
        ],
      },
    ),
    forward(
      'blocks of channels, dilation and stride',
      { x: [1, 1, 5, 6], w: [16, 1, 2, 2] },
      { dilation: 2, stride: 2, padding: 1 },
    ),
    forward('kernel as large as the image', { x: [2, 2, 3, 3], w: [2, 2, 3, 3] }),
    forward('sizes 1', { x: [1, 1, 1, 1], w: [1, 1, 1, 1] }),
    forward('no examples', { x: [0, 2, 3, 3], w: [2, 2, 2, 2], bias: [2] }),
    forward('small', { x: [1, 1, 5], w: [1, 1, 2], bias: [1] }),
    forward(
      'all settings',
      { x: [2, 4, 9], w: [2, 2, 3], bias: [2] },
      { stride: 2, padding: [[1, 2]], dilation: 2, groups: 2 },
    ),
    forward('same', { x: [2, 2, 6], w: [3, 2, 4] }, { padding: 'same' }),
    forward('small', { x: [1, 1, 2, 3, 2], w: [1, 1, 2, 2, 1] }),
    forward('channels and batch', { x: [2, 2, 3, 3, 4], w: [3, 2, 2, 3, 2], bias: [3] }, { padding: [1, 0, 1] }),
    forward(
      'all settings',
      { x: [1, 4, 5, 4, 5], w: [2, 2, 2, 3, 2] },
      {
        stride: [2, 1, 2],
        padding: [
          [1, 0],
          [1, 1],
          [0, 2],
        ],
        dilation: [2, 1, 1],
        groups: 2,
      },
    ),
    forward('same', { x: [1, 1, 4, 3, 3], w: [1, 1, 3, 2, 3] }, { padding: 'same', stride: [2, 1, 1] }),
    forward('float64', { x: [2, 2, 4, 3], w: [3, 2, 2, 2], bias: [3], dtype: 'float64' }, { padding: 1, stride: 2 }),
    forward(
      'float64, groups, dilation',
      { x: [2, 4, 7], w: [4, 2, 3], dtype: 'float64' },
      { groups: 2, dilation: 2, padding: [[2, 1]] },
    ),
    forward('float64', { x: [1, 1, 3, 2, 3], w: [2, 1, 2, 2, 2], dtype: 'float64' }, { padding: 'same' }),
  ],
  convTranspose: [
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
    backward(
      'blocks of channels',
      { x: [1, 16, 2, 2], w: [16, 16, 1, 2], bias: [16] },
      {
        padding: [
          [0, 0],
          [1, 0],
        ],
      },
    ),
    backward(
      'blocks of channels, more padding than kernel',
      { x: [1, 16, 4, 4], w: [16, 1, 1, 2] },
      { padding: [1, 2], groups: 16 },
    ),
    backward(
      'blocks of channels, depthwise',
      { x: [1, 16, 2, 3], w: [16, 1, 2, 2] },
      {
        groups: 16,
        padding: [
          [1, 0],
          [0, 0],
        ],
      },
    ),
    backward('no examples', { x: [0, 2, 3, 3], w: [2, 2, 2, 2] }),
    backward('small', { x: [1, 1, 3], w: [1, 1, 2], bias: [1] }, { stride: 2 }),
    backward(
      'all settings',
      { x: [2, 4, 4], w: [4, 1, 3], bias: [2] },
      { stride: 3, padding: [[1, 2]], dilation: 2, groups: 2, outputPadding: 2 },
    ),
    backward('small', { x: [1, 1, 2, 1, 2], w: [1, 1, 1, 2, 2] }),
    backward(
      'channels and batch',
      { x: [2, 2, 2, 2, 2], w: [2, 2, 1, 2, 2], bias: [2] },
      { padding: [0, 1, 0], stride: 2, outputPadding: [1, 0, 1] },
    ),
    backward('groups and dilation', { x: [1, 4, 2, 2, 3], w: [4, 1, 2, 2, 2] }, { groups: 2, dilation: [1, 2, 1] }),
    backward(
      'float64',
      { x: [2, 2, 3, 2], w: [2, 3, 3, 2], bias: [3], dtype: 'float64' },
      { stride: 2, padding: 1, outputPadding: 1 },
    ),
    backward(
      'float64, groups, dilation',
      { x: [1, 4, 3], w: [4, 2, 2], dtype: 'float64' },
      { groups: 2, dilation: 2, stride: 3, padding: [[0, 1]] },
    ),
    backward(
      'float64, cut short',
      { x: [1, 1, 4, 3], w: [1, 1, 1, 2], dtype: 'float64' },
      {
        padding: [
          [0, 3],
          [1, 0],
        ],
      },
    ),
  ],
  convWeightGradient: [
    ofWeight('small', [1, 1, 3, 3], [1, 1, 2, 2], { kernel: [2, 2] }),
    ofWeight('small, border not covered', [1, 1, 4, 4], [1, 1, 1, 1], { kernel: [2, 2], stride: 3 }),
    ofWeight('channels and batch', [2, 3, 4, 5], [2, 2, 3, 3], { kernel: [2, 3] }),
    ofWeight('padding', [2, 2, 4, 4], [2, 3, 4, 4], { kernel: [3, 3], padding: 1 }),
    ofWeight('stride, border not covered, padding', [2, 2, 6, 5], [2, 3, 2, 2], {
      kernel: [3, 3],
      stride: 3,
      padding: 1,
    }),
    ofWeight('dilation and stride', [2, 2, 9, 8], [2, 1, 3, 4], { kernel: [3, 2], dilation: 2, stride: 2, padding: 1 }),
    ofWeight('groups', [2, 4, 4, 4], [2, 6, 4, 4], { kernel: [3, 3], groups: 2, padding: 1 }),
    ofWeight('depthwise, stride', [2, 3, 6, 5], [2, 3, 3, 3], { kernel: [3, 3], groups: 3, padding: 1, stride: 2 }),
    ofWeight('many channels', [2, 5, 4, 5], [2, 3, 4, 5], { kernel: [3, 3], padding: 1 }),
    ofWeight('many channels, 2×3, uneven padding', [2, 4, 4, 5], [2, 2, 6, 4], {
      kernel: [2, 3],
      padding: [
        [1, 2],
        [0, 1],
      ],
    }),
    ofWeight('many channels, 1×1', [2, 4, 3, 3], [2, 3, 3, 3], { kernel: [1, 1] }),
    ofWeight('1×1, stride', [2, 4, 5, 6], [2, 3, 3, 3], { kernel: [1, 1], stride: 2 }),
    ofWeight('blocks of channels', [3, 2, 2, 5], [3, 16, 2, 5], { kernel: [1, 5], padding: [0, 2] }),
    ofWeight('blocks of channels, stride and dilation', [2, 2, 5, 4], [2, 16, 2, 2], {
      kernel: [2, 2],
      padding: [1, 0],
      stride: [2, 1],
      dilation: [2, 2],
    }),
    ofWeight('blocks of channels, stride, border not covered', [2, 2, 5, 5], [2, 16, 2, 2], {
      kernel: [2, 2],
      stride: 2,
    }),
    ofWeight('images as channels, stride, border not covered', [2, 16, 4, 5], [2, 16, 2, 2], {
      kernel: [2, 3],
      groups: 16,
      padding: [
        [1, 0],
        [0, 1],
      ],
      stride: 2,
    }),
    ofWeight('images as channels, a block over several images, dilation', [4, 4, 5, 4], [4, 4, 3, 2], {
      kernel: [2, 2],
      groups: 4,
      dilation: 2,
    }),
    ofWeight('images as channels, one channel', [2, 1, 4, 3], [2, 16, 4, 3], { kernel: [3, 3], padding: 1 }),
    ofWeight('volumes', [2, 2, 3, 4, 3], [2, 3, 2, 3, 3], { kernel: [2, 2, 3], padding: [0, 0, 1] }),
    ofWeight('volumes, groups and stride', [1, 4, 5, 4, 4], [1, 2, 2, 2, 2], {
      kernel: [2, 2, 2],
      groups: 2,
      stride: 2,
    }),
    ofWeight('no examples', [0, 4, 3, 3], [0, 2, 3, 3], { kernel: [3, 3], padding: 1 }),
  ],
};
