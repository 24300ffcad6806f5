import { describe, expect, it } from 'vitest';
import { formatShape } from '../shape.ts';
import { tensor } from '../trace/literal.ts';
import { spec, trace } from '../trace/trace.ts';
import type { Tensor } from '../ir/tensor.ts';
import { conv2d, convTranspose2d } from './conv.ts';
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
      `[ShapeError: conv2d: the weight is no kernel. Got weight [4,3,3]; expected four axes with height and width known. Reshape it.]`,
    );
    expect(() => conv2d(x, zeros(4, 3, 6, 6))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: conv2d: the kernel is larger than the image. Got x [2,3,5,5], kernel [6,6], dilation [1,1] and padding [0,0,0,0]; expected at least one place for the kernel. Add padding.]`,
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
      `[ShapeError: convTranspose2d: nothing is left. Got x [2,3,5,5], kernel [1,1] and padding [3,3,3,3], a result of [-1,-1]; expected at least one row and column. Reduce the padding.]`,
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
    const doubles = tensor(new Float64Array(75), { shape: [1, 3, 5, 5] });
    expect(() => conv2d(doubles, w)).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: conv2d: no convolution of this dtype exists. Got float64; expected float32. Use cast(x, 'float32').]`,
    );
  });
});
