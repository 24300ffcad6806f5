/**
 * PPO drives a car from pixels: perception and decision in one network, learned together. Writes pixel-car.results.json.
 *
 * A lap is worth 100, less 0.05 a step; a random driver leaves the road at about −10.
 * `pnpm example rl/pixel-car PixelCar-v0 0`
 */
import { makeVec } from '@gai/rl';
import { PPO } from '@gai/rl/deep';
import { measureBar } from '../bench/support/measure-bar.ts';

await measureBar({
  results: new URL('./pixel-car.results.json', import.meta.url),
  env: 'PixelCar-v0',
  smokeSteps: 1000,
  settings: (id) => (id === 'PixelCar-v0' ? { totalTimesteps: 100_000 } : undefined),
  make({ id, seed }) {
    return new PPO('CnnPolicy', makeVec(id, { numEnvs: 16 }), {
      nSteps: 64,
      batchSize: 256,
      nEpochs: 4,
      gamma: 0.97,
      gaeLambda: 0.9,
      learningRate: 'lin_0.001',
      entCoef: 0.01,
      policyKwargs: { featuresExtractorClass: 'SmallCNN' },
      seed,
    });
  },
});
