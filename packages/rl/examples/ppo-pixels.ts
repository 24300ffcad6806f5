/**
 * The bar of CNN policies: a board of 8x8 pixels with a goal anywhere, seen as an image. Trains, plays 100 deterministic episodes, and
 * writes ppo-pixels.results.json; the mean return is the share of goals reached.
 *
 * `pnpm example rl/ppo-pixels gai/PixelGrid-v0 1000 1001 1002 1003 1004`
 */
import { makeVec } from '@gai/rl';
import { PPO } from '@gai/rl/deep';
import { measureBar } from '../bench/support/measure-bar.ts';

// Tuned on seed 0.
const settings = {
  totalTimesteps: 80_000,
  options: {
    nSteps: 64,
    batchSize: 256,
    nEpochs: 4,
    learningRate: 'lin_0.001',
    gamma: 0.97,
    entCoef: 0.01,
    policyKwargs: { featuresExtractorClass: 'SmallCNN' },
  },
} as const;

await measureBar({
  results: new URL('./ppo-pixels.results.json', import.meta.url),
  env: 'gai/PixelGrid-v0',
  smokeSteps: 1024,
  settings: (id) => (id === 'gai/PixelGrid-v0' ? settings : undefined),
  make: ({ id, seed, settings: { options } }) =>
    new PPO('CnnPolicy', makeVec(id, { numEnvs: 16 }), { ...options, seed }),
});
