import { adamW, cosineSchedule, crossEntropy } from '@gai/nn';
import type { FitOptions } from '@gai/nn';
import type { DigitsData } from './data.ts';
import type { DigitsRecord } from './record.ts';
import { augmentDigits } from './setup.ts';
import type { DigitsSetup } from './setup.ts';

/** How the digits are trained; a replay of the run has the same. */
export function digitsFitOptions(
  { batchSize, learningRate }: DigitsSetup,
  { train }: DigitsData,
  { epochs, seed, augment }: Pick<DigitsRecord, 'epochs' | 'seed' | 'augment'>,
): FitOptions {
  const loader = train.loader({ batchSize, shuffle: true, seed, ...(augment && { map: augmentDigits }) });
  const steps = epochs * loader.length;
  const warmupSteps = Math.min(100, Math.floor(steps / 10));
  const schedule = cosineSchedule({ initial: learningRate, steps, warmupSteps });
  return {
    train: loader,
    loss: (outputs, targets) => crossEntropy(outputs, targets, { labelSmoothing: 0.05 }),
    optimizer: adamW({ learningRate: schedule, weightDecay: 0.02 }),
    epochs,
    seed,
  };
}
