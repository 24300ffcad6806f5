/**
 * PPO's bars: trains at the tuned settings, plays 100 deterministic episodes, and writes ppo.results.json.
 *
 * `pnpm example rl/ppo CartPole-v1 1000 1001 1002 1003 1004`
 */
import { makeVec } from '@gai/rl';
import { PPO, preset, VecNormalize } from '@gai/rl/deep';
import { measureBar } from '../bench/support/measure-bar.ts';

await measureBar({
  results: new URL('./ppo.results.json', import.meta.url),
  env: 'CartPole-v1',
  smokeSteps: 1000,
  settings: (id) => preset('ppo', id),
  make({ id, seed, settings: { numEnvs, normalize, options } }) {
    const envs = makeVec(id, { numEnvs });
    const env = normalize ? new VecNormalize(envs, { gamma: options.gamma }) : envs;
    return new PPO('MlpPolicy', env, { ...options, seed });
  },
});
