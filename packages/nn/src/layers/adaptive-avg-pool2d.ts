import { ShapeError, avgPool2d, constant, formatShape, matmul, mean, transpose } from '@gai/core';
import type { Pair, Tensor } from '@gai/core';
import { Module } from '../module.ts';
import { checkInput } from './check.ts';
import { pairOf } from './pair.ts';

/** Options of {@link AdaptiveAvgPool2d}. */
export interface AdaptiveAvgPool2dOptions {
  /** Height and width of the output in pixels; one number for both. */
  readonly outputSize: number | Pair;
}

/**
 * Means of as many windows as the output has pixels, whatever the size of the image: window `i` goes from
 * `⌊i·in/out⌋` to `⌈(i+1)·in/out⌉`. `outputSize: 1` is the mean of the whole image (global average pooling).
 * @throws {@link ShapeError} if the size of the image is symbolic and `outputSize` is not 1.
 * @example
 * const layer = new AdaptiveAvgPool2d({ outputSize: 1 });
 * await toArray(layer.forward(tensor([[[[1, 2], [3, 6]]]]))); // => [[[[3]]]]
 * @category Layers
 */
export class AdaptiveAvgPool2d extends Module {
  readonly outputSize: Pair;

  constructor(options: AdaptiveAvgPool2dOptions) {
    super();
    this.outputSize = pairOf('AdaptiveAvgPool2d', 'outputSize', options.outputSize);
  }

  /** `[batch, channels, height, width]` → `[batch, channels, ...outputSize]`. */
  forward(x: Tensor): Tensor {
    checkInput('AdaptiveAvgPool2d', x, { layout: '[batch, channels, height, width]', ranks: [4] });
    const [outHeight, outWidth] = this.outputSize;
    if (outHeight === 1 && outWidth === 1) return mean(x, { axis: [2, 3], keepDims: true });
    const [, , height, width] = x.shape;
    if (typeof height !== 'number' || typeof width !== 'number') throw symbolicSize(x);
    if (height % outHeight === 0 && width % outWidth === 0) {
      return avgPool2d(x, { kernelSize: [height / outHeight, width / outWidth] });
    }
    // [outHeight, height] · [..., height, width] · [width, outWidth]
    return matmul(matmul(windowMeans(height, outHeight), x), transpose(windowMeans(width, outWidth)));
  }
}

/** The matrix `[out, size]` whose rows take the means of the windows along one axis. */
function windowMeans(size: number, out: number): Tensor {
  const rows = Array.from({ length: out }, (_, row) => {
    const [start, end] = [Math.floor((row * size) / out), Math.ceil(((row + 1) * size) / out)];
    return Array.from({ length: size }, (__, column) => (column >= start && column < end ? 1 / (end - start) : 0));
  });
  return constant(rows);
}

function symbolicSize(x: Tensor): ShapeError {
  return new ShapeError(
    `AdaptiveAvgPool2d: the size of the image is not known. Got x ${formatShape(x.shape)}; expected numbers for height ` +
      `and width unless outputSize is 1.`,
    { op: 'AdaptiveAvgPool2d' },
  );
}
