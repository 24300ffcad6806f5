import { describe, expect, it } from 'vitest';
import { formatShape } from '../shape.ts';
import { tensor } from '../trace/literal.ts';
import { spec, trace } from '../trace/trace.ts';
import type { Tensor } from '../ir/tensor.ts';
import { cpuCapabilities, webgpuCapabilities } from '../backend/providers.ts';
import { PORTABLE, nativeTarget } from '../lowering/target.ts';
import { emit } from '../onnx/emit.ts';
import type { OnnxTarget } from '../ir/onnx-binding.ts';
import { vjp } from '../transforms/grad.ts';
import { bind } from '../trace/bind.ts';
import { convWeightGradientOp } from './conv-ops.ts';
import { conv1d, conv2d, conv3d } from './conv.ts';
import { convTranspose1d, convTranspose2d, convTranspose3d } from './conv-transpose.ts';
import type { Triple } from './conv-window.ts';
import type { Conv2dOptions } from './conv.ts';

const zeros = (...shape: number[]): Tensor => tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), { shape });
const convolved = (shape: (number | string)[], options: Conv2dOptions = {}): string =>
  formatShape(trace((x: Tensor) => conv2d(x, zeros(4, 3, 3, 3), options), [spec(shape)]).outputs[0]!.shape);

describe('symbolic sizes', () => {
  it('of batch, height and width', () => {
    expect(convolved(['n', 3, 8, 8])).toBe('[n,4,6,6]');
    expect(convolved(['n', 3, 'h', 'w'], { padding: 1 })).toBe('[n,4,h,w]');
    expect(convolved(['n', 3, 'h', 'w'], { padding: 'same', dilation: 2 })).toBe('[n,4,h,w]');
    expect(convolved(['n', 3, 'h', 8], { padding: 1, stride: 2 })).toBe('[n,4,floor((h-1)/2)+1,4]');
  });
  it('need a number where the padding depends on them', () => {
    expect(() => convolved(['n', 3, 'h', 8], { padding: 'same', stride: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv2d: padding 'same' with stride 2 needs a known size. Got h; expected a number. Give the padding in numbers.]`,
    );
  });
});

describe('refused', () => {
  const x = zeros(2, 3, 5, 5);
  const w = zeros(4, 3, 3, 3);
  it('images, kernels and channels that do not fit', () => {
    expect(() => conv2d(zeros(3, 5, 5), w)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv2d: not a batch of images. Got x [3,5,5]; expected [batch,channels,height,width]. Add a missing axis with unsqueeze.]`,
    );
    expect(() => conv2d(x, zeros(4, 2, 3, 3))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv2d: channels do not fit. Got x [2,3,5,5] float32, weight [4,2,3,3] float32 and groups 1; expected weight [out,in/groups,h,w] with in = 3, groups dividing both. Check the weight's axes.]`,
    );
    expect(() => conv2d(x, zeros(4, 3, 3))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv2d: the weight is no kernel. Got weight [4,3,3]; expected 4 axes, all after the second of known size. Reshape it.]`,
    );
    expect(() => conv2d(x, zeros(4, 3, 6, 6))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv2d: the kernel is larger than the image. Got x [2,3,5,5], kernel [6,6], dilation [1,1] and padding [0,0,0,0]; expected at least [6,6] with padding. Add padding.]`,
    );
    expect(() => conv2d(x, w, { bias: zeros(3) })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv2d: channels do not fit. Got x [2,3,5,5] float32, weight [4,3,3,3] float32, bias [3] and groups 1; expected weight [out,in/groups,h,w] with in = 3, groups dividing both, and bias [4]. Check the weight's axes.]`,
    );
    expect(() => conv2d(x, zeros(4, 1, 3, 3), { groups: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv2d: channels do not fit. Got x [2,3,5,5] float32, weight [4,1,3,3] float32 and groups 2; expected weight [out,in/groups,h,w] with in = 3, groups dividing both. Check the weight's axes.]`,
    );
    expect(() => convTranspose2d(x, w)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: convTranspose2d: channels do not fit. Got x [2,3,5,5] float32, weight [4,3,3,3] float32 and groups 1; expected weight [in,out/groups,h,w] with in = 3, groups dividing both. Check the weight's axes.]`,
    );
    expect(() => convTranspose2d(x, zeros(3, 4, 1, 1), { padding: 3 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: convTranspose2d: nothing is left. Got x [2,3,5,5], kernel [1,1] and padding [3,3,3,3], a result of [-1,-1]; expected at least 1 along each axis. Reduce the padding.]`,
    );
  });
  it('options that do not fit', () => {
    expect(() => conv2d(x, w, { stride: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: conv2d: stride does not fit. Got 0; expected a whole number of at least 1, or two of them for height and width. Change stride.]`,
    );
    expect(() => conv2d(x, w, { padding: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: conv2d: padding does not fit. Got -1; expected a whole number of at least 0, or two of them for height and width. Change padding.]`,
    );
    expect(() => conv2d(x, w, { groups: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: conv2d: groups does not fit. Got 0; expected a whole number of at least 1. Change groups.]`,
    );
    expect(() =>
      convTranspose2d(x, zeros(3, 4, 3, 3), { stride: 2, outputPadding: 2 }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: convTranspose2d: outputPadding is too large. Got [2,2] with stride [2,2] and dilation [1,1]; expected less than the larger of both. Reduce outputPadding.]`,
    );
  });
  it('dtypes without a convolution', () => {
    const whole = tensor(new Int32Array(75), { shape: [1, 3, 5, 5] });
    expect(() => conv2d(whole, w)).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: conv2d: no convolution of this dtype exists. Got int32 [1,3,5,5]; expected float32, float16, float64. Use cast(x, 'float32').]`,
    );
    const doubles = tensor(new Float64Array(75), { shape: [1, 3, 5, 5] });
    expect(() => conv2d(doubles, w)).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: conv2d: dtypes differ. Got x float64, weight float32; expected the same for all. Cast one of them.]`,
    );
  });
  it('kernels without elements, which the runtime does not come back from', () => {
    expect(() => conv2d(zeros(2, 0, 5, 5), zeros(4, 0, 3, 3))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv2d: the weight has no elements. Got weight [4,0,3,3]; expected at least one channel and a kernel of at least 1. Leave the convolution out.]`,
    );
    expect(() => conv1d(zeros(2, 3, 5), zeros(0, 3, 3))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv1d: the weight has no elements. Got weight [0,3,3]; expected at least one channel and a kernel of at least 1. Leave the convolution out.]`,
    );
    expect(() => convTranspose3d(zeros(2, 1, 5, 5, 5), zeros(1, 1, 3, 0, 3))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: convTranspose3d: the weight has no elements. Got weight [1,1,3,0,3]; expected at least one channel and a kernel of at least 1. Leave the convolution out.]`,
    );
  });
  it('signals and volumes that do not fit', () => {
    expect(() => conv1d(zeros(2, 3), zeros(4, 3, 3))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv1d: not a batch of signals. Got x [2,3]; expected [batch,channels,length]. Add a missing axis with unsqueeze.]`,
    );
    expect(() => conv1d(zeros(1, 3, 5), zeros(4, 3, 3), { padding: [[1, -1]] })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: conv1d: padding does not fit. Got [-1]; expected a whole number of at least 0, or one in a list. Change padding.]`,
    );
    expect(() => conv1d(zeros(1, 3, 5), zeros(4, 3, 4), { dilation: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv1d: the kernel is larger than the signal. Got x [1,3,5], kernel [4], dilation [2] and padding [0,0]; expected at least [7] with padding. Add padding.]`,
    );
    expect(() => conv3d(zeros(1, 3, 5, 5, 5), zeros(4, 2, 3, 3, 3))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv3d: channels do not fit. Got x [1,3,5,5,5] float32, weight [4,2,3,3,3] float32 and groups 1; expected weight [out,in/groups,d,h,w] with in = 3, groups dividing both. Check the weight's axes.]`,
    );
    const short = [1, 2] as unknown as Triple;
    expect(() =>
      conv3d(zeros(1, 3, 5, 5, 5), zeros(4, 3, 3, 3, 3), { stride: short }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: conv3d: stride does not fit. Got [1,2]; expected a whole number of at least 1, or three of them for depth, height and width. Change stride.]`,
    );
    expect(() => convTranspose1d(zeros(1, 3, 5), zeros(3, 4, 3), { padding: 4 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: convTranspose1d: nothing is left. Got x [1,3,5], kernel [3] and padding [4,4], a result of [-1]; expected at least 1 along each axis. Reduce the padding.]`,
    );
  });
});

describe('written', () => {
  const operators = (target: OnnxTarget): string[] => {
    const graph = trace(
      (x: Tensor, w: Tensor) =>
        vjp(([a, k]: readonly Tensor[]) => conv2d(a!, k!, { padding: 2 }), [x, w] as readonly Tensor[]).pullback(x)[0],
      [spec([32, 16, 8, 8]), spec([16, 16, 5, 5])],
    );
    const inputNames = graph.inputs.map((_, index) => `x${index}`);
    const outputNames = graph.outputs.map((_, index) => `y${index}`);
    const text = new TextDecoder('latin1').decode(emit({ graph, inputNames, outputNames, target }).bytes);
    return ['nchwc', 'ReorderInput', 'ConvTranspose', 'FusedMatMul'].filter((name) => text.includes(name));
  };
  it('with blocks of channels where the backend has them', () => {
    const withBlocks = (channelBlock: number | undefined): string[] =>
      operators(nativeTarget({ provider: 'mine', capabilities: { ...cpuCapabilities, channelBlock } }));
    expect(withBlocks(16)).toEqual(['nchwc', 'ReorderInput']);
    expect(withBlocks(8)).toEqual(['nchwc', 'ReorderInput']);
    expect(withBlocks(undefined)).toEqual(['ConvTranspose']);
  });
  it('as a depthwise convolution of images × channels where a channel has a weight of its own', () => {
    const target = nativeTarget({ provider: 'mine', capabilities: { ...cpuCapabilities, channelBlock: 8 } });
    const gradient = (batch: number | string, channels: number): string => {
      const types = [spec([batch, channels, 8, 8]), spec([batch, channels, 8, 8])];
      const attrs = { kernel: [3, 3], strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1], groups: channels };
      const graph = trace((x: Tensor, dy: Tensor) => bind(convWeightGradientOp, [x, dy], attrs), types);
      const { bytes } = emit({ graph, inputNames: ['x', 'dy'], outputNames: ['dw'], target });
      const text = new TextDecoder('latin1').decode(bytes);
      return ['nchwc', 'Scan'].filter((name) => text.includes(name)).join(' ');
    };
    expect(gradient(4, 8)).toBe('nchwc');
    expect(gradient(4, 6)).toBe('nchwc'); // a block over several images
    expect(gradient(3, 6)).toBe('');
    expect(gradient('batch', 8)).toBe('nchwc Scan'); // image by image
    expect(gradient('batch', 6)).toBe('');
  });
  it('in pieces of the batch where what is copied does not fit the cache', () => {
    const isCut = (batch: number | string, target: OnnxTarget): boolean => {
      const types = [spec([batch, 16, 32, 32]), spec([batch, 16, 32, 32])];
      const attrs = { kernel: [3, 3], strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1], groups: 1 };
      const graph = trace((x: Tensor, dy: Tensor) => bind(convWeightGradientOp, [x, dy], attrs), types);
      const { bytes } = emit({ graph, inputNames: ['x', 'dy'], outputNames: ['dw'], target });
      return new TextDecoder('latin1').decode(bytes).includes('Scan');
    };
    const cpu = nativeTarget({ provider: 'mine', capabilities: cpuCapabilities });
    expect([16, 32, 33, 64, 'batch'].map((batch) => isCut(batch, cpu))).toEqual([false, true, false, true, true]);
    expect(isCut(64, nativeTarget({ provider: 'mine', capabilities: webgpuCapabilities }))).toBe(false);
    expect(isCut(64, PORTABLE)).toBe(false);
  });
  it('in standard ONNX alone for a file', () => {
    expect(operators(PORTABLE)).toEqual(['ConvTranspose']);
  });
  it('volumes are refused on WebGPU by name, where it has no kernel', () => {
    const graph = trace((x: Tensor) => convTranspose3d(x, zeros(2, 1, 2, 2, 2)), [spec([1, 2, 3, 3, 3])]);
    const target = nativeTarget({ provider: 'webgpu', capabilities: webgpuCapabilities });
    expect(() => emit({ graph, inputNames: ['x'], outputNames: ['y'], target })).toThrow(
      /^convTranspose: not supported on webgpu for float32\. Got ONNX operator ConvTranspose/,
    );
  });
});
