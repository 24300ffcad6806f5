import { LeNet, ResNet, augmentBatches, resnet20 } from '@gai/cnn';
import type { AugmentOptions } from '@gai/cnn';
import { manualSeed } from '@gai/nn';
import type { Conv2d } from '@gai/nn';
import { UsageError } from '../errors.ts';
import { DIGITS_MODELS } from './model-names.ts';

/** A model for digits, how it is trained, and the layer that Grad-CAM looks at. */
export interface DigitsSetup {
  readonly model: LeNet | ResNet;
  readonly camLayer: Conv2d;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
}

/** How training pictures are changed: what a hand does anyway. */
export const DIGITS_AUGMENTATION: AugmentOptions = { shift: 2, rotate: 12, scale: 0.12, shear: 8 };

/** The augmentation as a loader's map. */
export const augmentDigits = augmentBatches(DIGITS_AUGMENTATION);

/** Makes a model by name; the same seed makes the same model. */
export function digitsSetup(name: string, seed: number): DigitsSetup {
  manualSeed(seed);
  if (name === 'lenet') {
    const model = new LeNet({ channels: [16, 32] });
    return { model, camLayer: model.conv2, epochs: 18, batchSize: 64, learningRate: 3e-3 };
  }
  if (name === 'resnet20') {
    const model = resnet20({ inChannels: 1 });
    const last = model.blocks.at(-1)!;
    return { model, camLayer: last.conv2, epochs: 6, batchSize: 64, learningRate: 3e-3 };
  }
  throw new UsageError(`train digits: unknown model. Got '${name}'; expected one of ${DIGITS_MODELS.join(', ')}.`);
}
