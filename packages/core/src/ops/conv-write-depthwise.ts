import type { OnnxBuilder, OnnxInputs, OnnxValue } from '../ir/onnx-binding.ts';
import type { TensorType } from '../ir/op.ts';
import type { Shape } from '../shape.ts';
import type { Moves } from './conv-window.ts';
import { swappedWindow } from './conv-window-swapped.ts';
import { blocksOf } from './conv-write-blocked.ts';

const DOMAIN = 'com.microsoft.nchwc';

interface Attrs extends Moves {
  readonly groups: number;
}

type Types = readonly [TensorType, TensorType, ...unknown[]];

/** Whether {@link writeImagesAsChannels} serves: images in float32, groups of one input channel, whole blocks. */
export function fitsImagesAsChannels([x, dy]: Types, { groups, kernel }: Attrs, block: number): boolean {
  if (x.dtype !== 'float32' || kernel.length !== 2 || x.shape[1] !== groups) return false;
  const [images, out] = dy.shape;
  if ([...x.shape, ...dy.shape].some((size) => typeof size !== 'number')) return false;
  return (groups === 1 || out === groups) && (Number(images) * Number(out)) % block === 0;
}

/**
 * The weight gradient of groups that read one channel each. Every image's channel meets one kernel element by itself, so
 * images × channels are the channels of one depthwise convolution with dy as its kernel, in blocks of channels; what
 * it gives is summed over the images. A Conv takes each as a product of matrices with one row.
 * Measured (bench/ops/pieces.ts): 4 to 12 times as fast as the swapped convolution.
 */
export function writeImagesAsChannels(
  b: OnnxBuilder,
  [x, dy]: OnnxInputs,
  [images, cotangents]: Types,
  attrs: Attrs,
): OnnxValue {
  const [batch, out, rows, columns] = cotangents.shape as readonly [number, number, number, number];
  const all = batch * out;
  const { strides, dilations, pads, exact } = swappedWindow(images, cotangents, attrs);
  const settings = { kernel_shape: [rows, columns], strides, dilations, pads, group: all };
  const kernel = b.node('Reshape', [writeLaidOut(b, dy, cotangents.shape), b.ints([all, 1, rows, columns])]);
  const [, , height, width] = images.shape as readonly number[];
  const spread = [batch, out, height!, width!];
  const laid = writeLaidOut(b, attrs.groups === out ? x : b.node('Expand', [x, b.ints(spread)]), spread);
  const sums = b.node(`${DOMAIN}.ReorderOutput`, [b.node(`${DOMAIN}.Conv`, [laid, kernel], settings)], {
    channels: all,
  });
  const whole = exact ? sums : b.node('Slice', [sums, b.ints([0, 0]), b.ints(attrs.kernel), b.ints([2, 3])]);
  const apart = b.node('Reshape', [whole, b.ints([batch, out, 1, ...attrs.kernel])]);
  return b.node('ReduceSum', [apart, b.ints([0])], { keepdims: 0 });
}

/** Images with their channels in blocks, as one image; where a block has channels of several images, laid out as one. */
function writeLaidOut(b: OnnxBuilder, images: OnnxValue, shape: Shape): OnnxValue {
  const [batch, channels, ...places] = shape as readonly number[];
  const one = b.ints([1, batch! * channels!, ...places]);
  const reorder = (value: OnnxValue): OnnxValue => b.node(`${DOMAIN}.ReorderInput`, [value]);
  // The layout the other convolutions of these images need, so that it is made once.
  if ((channels ?? 0) % (blocksOf(b) ?? 1) === 0) return b.node('Reshape', [reorder(images), one]);
  return reorder(b.node('Reshape', [images, one]));
}
