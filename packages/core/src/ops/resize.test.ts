import { describe, expect, it } from 'vitest';
import { formatShape } from '../shape.ts';
import { tensor } from '../trace/literal.ts';
import { spec, trace } from '../trace/trace.ts';
import type { Tensor } from '../ir/tensor.ts';
import { pixelShuffle, pixelUnshuffle, resize } from './resize.ts';

const image = tensor(new Float32Array(24), { shape: [1, 2, 3, 4] });

describe('shapes', () => {
  it('with symbolic sizes', () => {
    const graph = trace((x: Tensor) => [resize(x, { scaleFactor: 2 }), pixelShuffle(x, 2)], [spec(['n', 4, 'h', 'w'])]);
    expect(graph.outputs.map(({ shape }) => formatShape(shape))).toEqual(['[n,4,2*h,2*w]', '[n,1,2*h,2*w]']);
  });
  it('are rounded down', () => {
    expect(resize(image, { scaleFactor: [0.7, 1.3], mode: 'bilinear' }).shape).toEqual([1, 2, 2, 5]);
  });
});

describe('refused', () => {
  it('a size that is not clear', () => {
    expect(() => resize(image, {})).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: resize: the new size is not clear. Got neither size and scaleFactor; expected one of them.]`,
    );
    expect(() => resize(image, { size: 2, scaleFactor: 2 })).toThrow('Got both size and scaleFactor');
    expect(() => resize(image, { size: [2] })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: resize: size does not fit. Got [2] for axes [3,4]; expected 2 whole numbers of at least 1, or one for all.]`,
    );
    expect(() => resize(image, { size: 1.5 })).toThrow('size does not fit');
    expect(() => resize(image, { scaleFactor: -1 })).toThrow('scaleFactor does not fit');
    expect(() => resize(image, { scaleFactor: 0.1 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: resize: no pixels. Got [3,4] to [0,0]; expected at least 1 in each axis.]`,
    );
  });
  it('modes that do not fit', () => {
    expect(() => resize(image, { size: 2, mode: 'linear' })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: resize: the mode does not fit. Got x [1,2,3,4] and mode 'linear'; expected [batch,channels,...] with 1 axis for linear, 2 for bilinear, 3 for trilinear, 1 to 3 for nearest.]`,
    );
    expect(() => resize(image, { size: 2, mode: 'cubic' as 'linear' })).toThrow('the mode does not fit');
    expect(() => resize(image, { size: 2, alignCorners: true })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: resize: nearest has no corners to align. Got alignCorners true; expected a linear mode.]`,
    );
  });
  it('sizes that are not known, and dtypes without fractions', () => {
    const run = (): unknown => trace((x: Tensor) => resize(x, { size: 2, mode: 'bilinear' }), [spec([1, 2, 'h', 4])]);
    expect(run).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: resize: a size that is known only when the graph runs. Got h in x [1,2,h,4]; expected numbers after the channels. Fix the sizes, or use nearest with a whole scaleFactor.]`,
    );
    expect(() => resize(tensor([[[1]]], { dtype: 'int32' }), { size: 2 })).toThrow('resize: not a float');
  });
  it('channels and pixels that cannot be exchanged', () => {
    expect(() => pixelShuffle(image, 2)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: pixelShuffle: the shape does not fit. Got [1,2,3,4]; expected [batch,channels,height,width] with channels that 4 divides. Pad it or choose another factor.]`,
    );
    expect(() => pixelUnshuffle(image, 2)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: pixelUnshuffle: the shape does not fit. Got [1,2,3,4]; expected [batch,channels,height,width] with height and width that 2 divides. Pad it or choose another factor.]`,
    );
    expect(() => pixelShuffle(image, 0)).toThrow('factor is out of range');
    expect(() => pixelShuffle(tensor([1]), 2)).toThrow('four axes');
  });
});
