/**
 * SAC's bars: trains at the tuned settings, plays 100 deterministic episodes, and writes sac.results.json.
 *
 * `pnpm example rl/sac Pendulum-v1 1000 1001 1002 1003 1004`
 */
import { makeVec } from '@gai/rl';
import { preset, SAC } from '@gai/rl/deep';
import { measureBar } from '../bench/support/measure-bar.ts';

await measureBar({
  results: new URL('./sac.results.json', import.meta.url),
  env: 'Pendulum-v1',
  smokeSteps: 208,
  settings: (id) => preset('sac', id),
  make: ({ id, seed, isSmoke, settings: { numEnvs, options } }) =>
    new SAC('MlpPolicy', makeVec(id, { numEnvs }), { ...options, ...(isSmoke && { learningStarts: 100 }), seed }),
});
