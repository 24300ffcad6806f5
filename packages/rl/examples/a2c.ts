/**
 * A2C's bars: trains at the tuned settings, plays 100 deterministic episodes, and writes a2c.results.json.
 *
 * `pnpm example rl/a2c CartPole-v1 1000 1001 1002 1003 1004`
 */
import { makeVec } from '@gai/rl';
import { A2C, preset, VecNormalize } from '@gai/rl/deep';
import { measureBar } from '../bench/support/measure-bar.ts';

await measureBar({
  results: new URL('./a2c.results.json', import.meta.url),
  env: 'CartPole-v1',
  smokeSteps: 400,
  settings: (id) => preset('a2c', id),
  make({ id, seed, settings: { numEnvs, normalize, options } }) {
    const envs = makeVec(id, { numEnvs });
    const env = normalize ? new VecNormalize(envs, { gamma: options.gamma }) : envs;
    return new A2C('MlpPolicy', env, { ...options, seed });
  },
});
