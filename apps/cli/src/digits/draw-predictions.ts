import { openOnnx } from '@gai/backend-node';
import { gradCam } from '@gai/cnn';
import { data, tensor } from '@gai/core';
import { drawGallery } from '../terminal/picture.ts';
import { styleFor, usesColor } from '../terminal/style.ts';
import type { Output } from '../terminal/style.ts';
import { argmaxOf } from './check-export.ts';
import type { DigitsData } from './data.ts';
import type { DigitsSetup } from './setup.ts';

const SIZE = 28;

/** Stretches a map to 28×28 and to 0..1; neighbours are blended. */
export function stretch(map: ArrayLike<number>, height: number, width: number): Float32Array {
  const most = Math.max(1e-12, ...Array.from(map));
  const at = (row: number, column: number): number =>
    (map[Math.min(height - 1, Math.max(0, row)) * width + Math.min(width - 1, Math.max(0, column))] ?? 0) / most;
  return Float32Array.from({ length: SIZE * SIZE }, (_, index) => {
    const y = ((Math.floor(index / SIZE) + 0.5) * height) / SIZE - 0.5;
    const x = (((index % SIZE) + 0.5) * width) / SIZE - 0.5;
    const [top, left] = [Math.floor(y), Math.floor(x)];
    const [down, right] = [y - top, x - left];
    const upper = at(top, left) * (1 - right) + at(top, left + 1) * right;
    const lower = at(top + 1, left) * (1 - right) + at(top + 1, left + 1) * right;
    return upper * (1 - down) + lower * down;
  });
}

/** Draws a few test pictures with what the exported file says of them, and where the network looked. */
export async function drawPredictions(
  setup: DigitsSetup,
  { test }: DigitsData,
  path: string,
  output: Output,
): Promise<void> {
  const shown = test.take(6);
  const { x, y } = shown.gather();
  const alone = await openOnnx(path);
  const { output: logits } = await alone.run({ x: { dtype: 'float32', shape: x.shape, data: x.data } });
  await alone.release();
  const predicted = Array.from({ length: shown.size }, (_, index) => argmaxOf(logits!.data, index * 10, 10));
  const maps = await gradCam(setup.model, tensor(x.data, { shape: x.shape }), tensor(predicted, { dtype: 'int32' }), {
    layer: setup.camLayer,
  });
  const [, height, width] = maps.shape as readonly number[] as [number, number, number];
  const heat = await data(maps);
  const pictures = predicted.map((digit, index) => ({
    picture: {
      width: SIZE,
      height: SIZE,
      pixels: x.data.subarray(index * SIZE * SIZE, (index + 1) * SIZE * SIZE),
      marks: stretch(
        Array.from(heat, Number).slice(index * height * width, (index + 1) * height * width),
        height,
        width,
      ),
    },
    caption: `true ${y.data[index]}, read as ${digit}${digit === y.data[index] ? '' : '  ✗'}`,
  }));
  const color = usesColor(output);
  const note = color ? ' (red: where it looked, by Grad-CAM)' : '';
  output.write(`${styleFor(output).bold('Test pictures, read by the exported file')}${note}\n\n`);
  output.write(`${drawGallery(pictures, { color, columns: output.columns ?? 80 })}\n`);
}
