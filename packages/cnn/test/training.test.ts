import { nodeBackend } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';
import { dataset } from '@gai/data';
import type { HostArray } from '@gai/data';
import { adamW, crossEntropy, fit, manualSeed } from '@gai/nn';
import type { Module } from '@gai/nn';
import { beforeAll, describe, expect, it } from 'vitest';
import { ConvNet, MobileNetV2, ResNet18, cutmixBatches, mixupBatches } from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

/** Sixty images of 16×16 pixels of three classes: stripes down, stripes across, a gradient. */
const images = (() => {
  const pixel = [
    (row: number) => row % 2,
    (_: number, column: number) => column % 2,
    (row: number, column: number) => (row + column) / 30,
  ] as const;
  const y = Int32Array.from({ length: 60 }, (_, image) => image % 3);
  const x = Float32Array.from({ length: 60 * 256 }, (_, at) => {
    const [row, column] = [Math.floor((at % 256) / 16), at % 16];
    return pixel[y[Math.floor(at / 256)]!]!(row, column) + 0.1 * Math.sin(at * 7);
  });
  return dataset({ x: { data: x, shape: [60, 1, 16, 16] as const }, y });
})();

type Mixed = { x: HostArray; y: HostArray };
const options = { batchSize: 20, shuffle: true, seed: 1 };

describe('learning', () => {
  it.each<[string, () => Module, number]>([
    ['ConvNet', () => new ConvNet({ imageSize: 16, numClasses: 3, channels: [4, 8] }), 1e-2],
    ['ResNet18', () => new ResNet18({ inChannels: 1, numClasses: 3, width: 4, smallImages: true }), 3e-3],
    [
      'MobileNetV2',
      () =>
        new MobileNetV2({
          inChannels: 1,
          numClasses: 3,
          smallImages: true,
          widthMultiplier: 0.25,
          stages: [
            { expand: 1, channels: 16, blocks: 1, stride: 1 },
            { expand: 3, channels: 24, blocks: 2, stride: 2 },
            { expand: 3, channels: 40, blocks: 1, stride: 2 },
          ],
        }),
      1e-2,
    ],
  ])('%s learns three patterns from mixed images', async (_, make, learningRate) => {
    manualSeed(0);
    const map = mixupBatches({ numClasses: 3, alpha: 0.1 });
    const { epochs } = await fit(make(), {
      train: images.loader<Mixed>({ ...options, map }),
      validation: images,
      loss: crossEntropy,
      optimizer: adamW({ learningRate }),
      epochs: 12,
    });
    expect(epochs[0]!['loss']).toBeGreaterThan(0.5);
    expect(Math.min(...epochs.map((logs) => logs['loss']!))).toBeLessThan(0.45);
  });

  it('mixes the same for the same seed, epoch and batch', () => {
    const map = cutmixBatches({ numClasses: 3 });
    const seen = [0, 1].map(() => {
      const log: number[] = [];
      const loader = images.loader<Mixed>({
        ...options,
        map: (batch, context) => {
          const mixed = map(batch, context);
          log.push(...mixed.y.data);
          return mixed;
        },
      });
      expect([...loader].map(({ y }) => y.shape)).toEqual([20, 20, 20].map((rows) => [rows, 3]));
      return log;
    });
    expect(seen[0]).toEqual(seen[1]);
  });
});
