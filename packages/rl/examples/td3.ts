/**
 * TD3's bars: trains at the tuned settings, plays 100 deterministic episodes, and writes td3.results.json.
 *
 * `pnpm example rl/td3 Pendulum-v1 1000 1001 1002 1003 1004`
 */
import { makeVec } from '@gai/rl';
import { preset, TD3 } from '@gai/rl/deep';
import { measureBar } from '../bench/support/measure-bar.ts';

await measureBar({
  results: new URL('./td3.results.json', import.meta.url),
  env: 'Pendulum-v1',
  smokeSteps: 208,
  settings: (id) => preset('td3', id),
  make: ({ id, seed, isSmoke, settings: { numEnvs, options } }) =>
    new TD3('MlpPolicy', makeVec(id, { numEnvs }), { ...options, ...(isSmoke && { learningStarts: 100 }), seed }),
});
