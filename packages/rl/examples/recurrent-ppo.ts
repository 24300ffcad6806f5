/**
 * Recurrent PPO's bar: CartPole that shows where cart and pole are, not how fast. Trains, plays 100 deterministic episodes, and writes
 * recurrent-ppo.results.json; `without-memory` is PPO in the same env at the same settings.
 *
 * `pnpm example rl/recurrent-ppo with-memory 1000 1001 1002 1003 1004`
 */
import { Box, CartPole, SyncVectorEnv, TimeLimit, TransformObservation } from '@gai/rl';
import { PPO, RecurrentPPO, VecNormalize } from '@gai/rl/deep';
import { measureBar } from '../bench/support/measure-bar.ts';

/** CartPole without its velocities. */
function hidden() {
  const env = new TimeLimit(new CartPole(), 500);
  const { low, high } = env.observationSpace as Box;
  const shown = new Box({ low: [low[0]!, low[2]!], high: [high[0]!, high[2]!], shape: [2] });
  return new TransformObservation(env, ([x, , angle]) => Float32Array.of(x!, angle!), shown);
}

const envs = (numEnvs: number) => new SyncVectorEnv(Array.from({ length: numEnvs }, () => hidden));

// RL Baselines3 Zoo's settings of CartPoleNoVel-v1, with half its passes over a rollout (10 for 20).
const settings = {
  totalTimesteps: 100_000,
  options: {
    nSteps: 32,
    batchSize: 256,
    nEpochs: 10,
    gaeLambda: 0.8,
    gamma: 0.98,
    learningRate: 'lin_0.001',
    clipRange: 'lin_0.2',
  },
  policyKwargs: { orthoInit: false, activationFn: 'relu', netArch: [64] },
} as const;

await measureBar({
  results: new URL('./recurrent-ppo.results.json', import.meta.url),
  env: 'with-memory',
  smokeSteps: 256,
  settings: (id) => (id === 'with-memory' || id === 'without-memory' ? settings : undefined),
  make({ id, seed, settings: { options, policyKwargs } }) {
    const env = new VecNormalize(envs(8), { gamma: options.gamma });
    if (id === 'without-memory') return new PPO('MlpPolicy', env, { ...options, policyKwargs, seed });
    const withMemory = { ...policyKwargs, lstmHiddenSize: 64 };
    return new RecurrentPPO('MlpLstmPolicy', env, { ...options, policyKwargs: withMemory, seed });
  },
  envs: () => envs(10),
});
