/**
 * REINFORCE's bar: learns CartPole, plays 100 deterministic episodes, and writes reinforce.results.json.
 *
 * `pnpm example rl/reinforce 1000 1001 1002 1003 1004`
 */
import { make } from '@gai/rl';
import { preset, REINFORCE } from '@gai/rl/deep';
import { measureBar } from '../bench/support/measure-bar.ts';

await measureBar({
  results: new URL('./reinforce.results.json', import.meta.url),
  env: 'CartPole-v1',
  smokeSteps: 500,
  settings: (id) => preset('reinforce', id),
  make: ({ id, seed, settings: { options } }) => new REINFORCE('MlpPolicy', make(id), { ...options, seed }),
});
