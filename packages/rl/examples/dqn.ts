/**
 * DQN's bars: trains at the tuned settings, plays 100 deterministic episodes, and writes dqn.results.json.
 *
 * `pnpm example rl/dqn CartPole-v1 1000 1001 1002 1003 1004`
 */
import { makeVec } from '@gai/rl';
import { DQN, preset } from '@gai/rl/deep';
import { measureBar } from '../bench/support/measure-bar.ts';

await measureBar({
  results: new URL('./dqn.results.json', import.meta.url),
  env: 'CartPole-v1',
  smokeSteps: 1500,
  settings: (id) => preset('dqn', id),
  make: ({ id, seed, settings: { numEnvs, options } }) =>
    new DQN('MlpPolicy', makeVec(id, { numEnvs }), { ...options, seed }),
});
