import { describe, expect, it } from 'vitest';
import { formatShape } from '../shape.ts';
import { tensor } from '../trace/literal.ts';
import { spec, trace } from '../trace/trace.ts';
import type { Tensor } from '../ir/tensor.ts';
import { maxPool2d } from './pool.ts';
import { adaptiveAvgPool2d, adaptiveMaxPool1d, adaptiveMaxPool2d } from './pool-adaptive.ts';
import { avgPool2d } from './pool-average.ts';
import type { AvgPool2dOptions } from './pool-average.ts';

const x = tensor(new Float32Array(50), { shape: [2, 1, 5, 5] });
const pooled = (shape: (number | string)[], options: AvgPool2dOptions): string =>
  formatShape(trace((images: Tensor) => avgPool2d(images, options), [spec(shape)]).outputs[0]!.shape);

describe('symbolic sizes', () => {
  it('of batch, height and width', () => {
    expect(pooled(['n', 3, 8, 8], { kernelSize: 2 })).toBe('[n,3,4,4]');
    expect(pooled(['n', 3, 'h', 'w'], { kernelSize: 3, stride: 1, padding: 1 })).toBe('[n,3,h,w]');
    expect(pooled(['n', 3, 'h', 7], { kernelSize: 2 })).toBe('[n,3,floor((h-2)/2)+1,3]');
  });
  it('need a number where windows are cut off', () => {
    expect(() => pooled(['n', 3, 'h', 8], { kernelSize: 2, ceilMode: true })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: avgPool2d: ceilMode needs a known size. Got h; expected a number. Give the image a fixed size.]`,
    );
    expect(() =>
      pooled(['n', 3, 'h', 8], { kernelSize: 2, padding: 1, countIncludePad: false }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: avgPool2d: padding that is not counted needs a known size. Got x [n,3,h,8]; expected numbers after batch and channels. Give the image a fixed size.]`,
    );
  });
});

describe('refused', () => {
  it('windows that do not fit', () => {
    expect(() => maxPool2d(x, { kernelSize: 6 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: maxPool2d: the window is larger than the image. Got x [2,1,5,5], kernelSize [6,6] and padding [0,0,0,0]; expected at least one place for the window. Use a smaller window.]`,
    );
    expect(() => maxPool2d(x, { kernelSize: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: maxPool2d: kernelSize does not fit. Got 0; expected a whole number of at least 1, or two of them for height and width. Change kernelSize.]`,
    );
    expect(() => avgPool2d(x, { kernelSize: 2, padding: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: avgPool2d: more padding than window. Got padding [2,2,2,2] for kernelSize [2,2]; expected less than the window. Reduce the padding.]`,
    );
    expect(() => avgPool2d(x, { kernelSize: 2, stride: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: avgPool2d: stride does not fit. Got 0; expected a whole number of at least 1, or two of them for height and width. Change stride.]`,
    );
  });
  it('what is no batch of images', () => {
    expect(() => maxPool2d(tensor([[1, 2]]), { kernelSize: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: maxPool2d: not a batch of images. Got x [1,2]; expected [batch,channels,height,width]. Add a missing axis with unsqueeze.]`,
    );
    expect(() =>
      maxPool2d(tensor(new Int32Array(1), { shape: [1, 1, 1, 1] }), { kernelSize: 1 }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: maxPool2d: no pooling of this dtype exists. Got int32 [1,1,1,1]; expected float32, float16, float64. Use cast(x, 'float32').]`,
    );
  });
  it('result sizes of adaptive pools that make no sense', () => {
    expect(() => adaptiveAvgPool2d(x, 0)).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: adaptiveAvgPool2d: outputSize does not fit. Got 0; expected a whole number of at least 1, or 2 of them, with null for a size that stays. Change outputSize.]`,
    );
    expect(() =>
      adaptiveMaxPool1d(tensor([[[1, 2]]]), [2, 2] as unknown as [number]),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: adaptiveMaxPool1d: outputSize does not fit. Got [2,2]; expected a whole number of at least 1, or 1 of them, with null for a size that stays. Change outputSize.]`,
    );
    const named = (images: Tensor): Tensor => adaptiveAvgPool2d(images, 3);
    expect(() => trace(named, [spec([1, 1, 'h', 8])])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: adaptiveAvgPool2d: the size is not known. Got size h in x [1,1,h,8]; expected a number of at least 1 unless outputSize is 1. Give the image a fixed size.]`,
    );
  });
});

describe('sizes', () => {
  it('of global and adaptive pools', () => {
    const shapeOf = (run: (images: Tensor) => Tensor, ...shape: (number | string)[]): string =>
      formatShape(trace(run, [spec(shape)]).outputs[0]!.shape);
    expect(shapeOf((images) => adaptiveAvgPool2d(images, 1), 'n', 3, 'h', 'w')).toBe('[n,3,1,1]');
    expect(shapeOf((images) => adaptiveMaxPool2d(images, 1), 'n', 3, 'h', 'w')).toBe('[n,3,1,1]');
    expect(shapeOf((images) => adaptiveMaxPool2d(images, [null, 2]), 'n', 3, 5, 7)).toBe('[n,3,5,2]');
  });
});
