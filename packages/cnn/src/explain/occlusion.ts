import {
  ArgumentError,
  ShapeError,
  add,
  formatShape,
  jit,
  mul,
  reshape,
  stack,
  sub,
  sum,
  takeAlongAxis,
  tensor,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import type { Module } from '@gai/nn';

/** Options of {@link occlusion}. */
export interface OcclusionOptions {
  /** Side of the square that is covered, in pixels; or its height and width. */
  readonly windowSize: number | readonly [height: number, width: number];
  /** Steps of the square, in pixels. Default 1. */
  readonly stride?: number | undefined;
  /** What covers: the value of every covered pixel. Default 0. */
  readonly fill?: number | undefined;
}

/**
 * Occlusion sensitivity: how much a class's logit falls when a square of the image is covered,
 * `logit(x) − logit(x covered at (i, j))`, for every place of the square.
 *
 * Needs no gradient, but one run of the model per place: `⌊(height − window) / stride + 1⌋ · ⌊(width − window) / stride
 * + 1⌋`. {@link gradCam} and {@link saliency} need one.
 * @param model - From `[batch, channels, height, width]` to logits `[batch, classes]`; put it in evaluation mode.
 * @param images - `[batch, channels, height, width]`, float32.
 * @param classes - `[batch]`, int32: the class to explain for each image.
 * @param options.windowSize - Side of the square in pixels.
 * @param options.stride - Default 1.
 * @param options.fill - Value of covered pixels. Default 0.
 * @returns `[batch, rows, columns]`, one number per place; positive where the class's evidence was covered.
 * @throws {@link ShapeError} if the images do not have four axes.
 * @throws {@link ArgumentError} if the square does not fit into the image, or the stride is no step.
 * @example
 * const model = new LeNet().eval();
 * const images = tensor(new Float32Array(784), { shape: [1, 1, 28, 28] });
 * const map = await occlusion(model, images, tensor([3], { dtype: 'int32' }), { windowSize: 8, stride: 5 });
 * map.shape; // => [1, 5, 5]
 * @see Zeiler and Fergus 2014, section 4.2, https://arxiv.org/abs/1311.2901
 * @category Explanations
 */
export async function occlusion(
  model: Module,
  images: Tensor,
  classes: Tensor,
  options: OcclusionOptions,
): Promise<Tensor> {
  checkOptionNames('occlusion', options, ['windowSize', 'stride', 'fill']);
  const { stride = 1, fill = 0, windowSize } = options;
  if (images.shape.length !== 4) throw notImages(images);
  const [height, width] = [Number(images.shape[2]), Number(images.shape[3])];
  const window = typeof windowSize === 'number' ? ([windowSize, windowSize] as const) : windowSize;
  checkPlaces({ window, stride, size: [height, width] });
  const score = jit((x: Tensor, y: Tensor, keep: Tensor, cover: Tensor) => {
    const logits = model.forward(add(mul(x, keep), cover)) as Tensor;
    return sum(takeAlongAxis(logits, reshape(y, [y.shape[0]!, 1]), { axis: 1 }), { axis: 1 }); // [B]
  });
  const run = (mask: Float32Array): Promise<Tensor> => {
    const shape = [1, 1, height, width];
    const cover = mask.map((kept) => (1 - kept) * fill);
    return score(images, classes, tensor(mask, { shape }), tensor(cover, { shape }));
  };
  const whole = await run(new Float32Array(height * width).fill(1));
  const rows = Math.floor((height - window[0]) / stride) + 1;
  const columns = Math.floor((width - window[1]) / stride) + 1;
  const drops: Tensor[] = [];
  for (let place = 0; place < rows * columns; place++) {
    const [top, left] = [Math.floor(place / columns) * stride, (place % columns) * stride];
    drops.push(sub(whole, await run(maskOf([height, width], window, [top, left]))));
  }
  return reshape(stack(drops, { axis: 1 }), [images.shape[0]!, rows, columns]); // [B, rows · columns]
}

/** 1 where a pixel stays, 0 where the window is. */
function maskOf(
  [height, width]: readonly [number, number],
  window: readonly [number, number],
  [top, left]: readonly [number, number],
): Float32Array {
  const mask = new Float32Array(height * width).fill(1);
  for (let row = top; row < top + window[0]; row++) mask.fill(0, row * width + left, row * width + left + window[1]);
  return mask;
}

interface Places {
  readonly window: readonly [number, number];
  readonly stride: number;
  readonly size: readonly [number, number];
}

function checkPlaces({ window, stride, size }: Places): void {
  const fits = window.every((side, axis) => Number.isInteger(side) && side >= 1 && side <= size[axis]!);
  if (!fits) {
    throw new ArgumentError(
      `occlusion: the window does not fit. Got ${window.join('×')} for images of ${size.join('×')} pixels; expected whole ` +
        `numbers from 1 to the size of the image. Pass { windowSize: 8 }, for example.`,
      { op: 'occlusion', details: { window, size } },
    );
  }
  if (Number.isInteger(stride) && stride >= 1) return;
  throw new ArgumentError(`occlusion: the stride is no step. Got ${stride}; expected a whole number ≥ 1. Pass 1.`, {
    op: 'occlusion',
    details: { stride },
  });
}

function notImages(images: Tensor): ShapeError {
  return new ShapeError(
    `occlusion: not a batch of images. Got ${formatShape(images.shape)}; expected [batch, channels, height, width]. ` +
      `Reshape the images.`,
    { op: 'occlusion' },
  );
}
