import { describe, expect, it } from 'vitest';
import { augment, augmentBatches } from './augment.ts';
import { randomCrop } from './random-crop.ts';

const middle = { float: () => 0.5 };
const image = (...data: number[]) => ({ data: Float32Array.from(data), shape: [1, 1, 3, 3] });

describe('augment', () => {
  it('changes nothing in the middle of every range', () => {
    const picture = image(1, 2, 3, 4, 5, 6, 7, 8, 9);
    augment(picture, middle, { shift: 3, rotate: 45, scale: 0.5, shear: 20 });
    expect([...picture.data]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('rotates by a right angle', () => {
    const draws = [1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5];
    const picture = augment(image(1, 2, 3, 4, 5, 6, 7, 8, 9), { float: () => draws.shift() ?? 0.5 }, { rotate: 90 });
    expect([...picture.data].map(Math.round)).toEqual([3, 6, 9, 2, 5, 8, 1, 4, 7]);
  });

  it('shifts by fractions of a pixel, with the fill outside', () => {
    const draws = [0.5, 0.5, 0.5, 0.5, 1, 0.5, 0.5];
    const picture = augment(
      image(1, 1, 1, 1, 1, 1, 1, 1, 1),
      { float: () => draws.shift() ?? 0.5 },
      { shift: 1.5, fill: 3 },
    );
    expect([...picture.data]).toEqual([3, 2, 1, 3, 2, 1, 3, 2, 1]);
  });

  it.each([
    ['three axes', () => augment({ data: new Float32Array(9), shape: [1, 3, 3] }, middle, {}), 'not a batch of images'],
    ['a negative shift', () => augment(image(), middle, { shift: -1 }), 'shift is out of range. Got -1'],
    ['NaN', () => augment(image(), middle, { rotate: NaN }), 'rotate is out of range'],
    [
      'integers',
      () => augmentBatches({})({ x: { data: new Uint8Array(1), shape: [1, 1, 1, 1] } }, { random: middle }),
      'not float32',
    ],
    ['half a pixel of padding', () => randomCrop(image(), middle, 0.5), 'padding is no number of pixels'],
  ])('refuses %s', (_, run, message) => {
    expect(run).toThrow(message);
  });
});

describe('randomCrop', () => {
  it('cuts the picture out of its padded self', () => {
    const draws = [0, 0.99];
    const picture = randomCrop(image(1, 2, 3, 4, 5, 6, 7, 8, 9), { float: () => draws.shift() ?? 0 }, 1);
    expect([...picture.data]).toEqual([0, 0, 0, 2, 3, 0, 5, 6, 0]);
  });
});
