import { makeVec } from '../vector/make-vec.ts';
import { A2C } from './a2c.ts';
import type { Agent } from './agent.ts';
import { DQN } from './dqn.ts';
import { PPO } from './ppo.ts';
import type { PPOOptions } from './ppo.ts';
import { preset } from './presets.ts';
import { REINFORCE } from './reinforce.ts';
import { SAC } from './sac.ts';
import { TD3 } from './td3.ts';

/** One of those that are compared. */
export interface Contender {
  readonly name: string;
  /** What sets it apart. */
  readonly kind: string;
  /** Steps of all envs. */
  readonly steps: number;
  make(seed: number): Agent;
}

/** A question, and who answers it. */
export interface AgentQuestion {
  readonly title: string;
  /** The mean return that counts as learned. */
  readonly threshold: number;
  readonly contenders: readonly Contender[];
}

/** Episodes that a point of a curve is the mean of. */
export const CURVE_EPISODES = 20;

const CARTPOLE_STEPS = 30_000;
const NO_CLIP = 1e30;
const common = (seed: number): { seed: number; statsWindowSize: number } => ({
  seed,
  statsWindowSize: CURVE_EPISODES,
});
const cartPoles = (numEnvs: number) => makeVec('CartPole-v1', { numEnvs });
const pendulums = (numEnvs: number) => makeVec('Pendulum-v1', { numEnvs });

/** PPO on CartPole at the zoo's settings, some of them changed. */
const ppo =
  (changed: PPOOptions = {}) =>
  (seed: number): Agent =>
    new PPO('MlpPolicy', cartPoles(8), { ...preset('ppo', 'CartPole-v1')!.options, ...changed, ...common(seed) });

/** The plainest REINFORCE: one episode per update, returns as they are. */
const plain =
  (baseline: boolean) =>
  (seed: number): Agent =>
    new REINFORCE('MlpPolicy', cartPoles(1), { learningRate: 0.003, baseline, ...common(seed) });

const cartPole = (name: string, kind: string, make: Contender['make']): Contender => ({
  name,
  kind,
  steps: CARTPOLE_STEPS,
  make,
});

/** The questions by name. */
export const AGENT_QUESTIONS = {
  'policy-gradient-vs-value': {
    title: 'Policy gradients against a value method: CartPole',
    threshold: 400,
    contenders: [
      cartPole('PPO', 'policy gradient', ppo()),
      cartPole('A2C', 'policy gradient', (seed) => new A2C('MlpPolicy', cartPoles(8), common(seed))),
      cartPole(
        'REINFORCE',
        'policy gradient',
        (seed) =>
          new REINFORCE('MlpPolicy', cartPoles(1), { ...preset('reinforce', 'CartPole-v1')!.options, ...common(seed) }),
      ),
      cartPole(
        'DQN',
        'values',
        (seed) => new DQN('MlpPolicy', cartPoles(1), { ...preset('dqn', 'CartPole-v1')!.options, ...common(seed) }),
      ),
    ],
  },
  'sample-efficiency': {
    title: 'On-policy against off-policy: Pendulum',
    threshold: -250,
    contenders: [
      {
        name: 'PPO',
        kind: 'on-policy',
        steps: 60_000,
        make: (seed) =>
          new PPO('MlpPolicy', pendulums(4), { ...preset('ppo', 'Pendulum-v1')!.options, ...common(seed) }),
      },
      {
        name: 'SAC',
        kind: 'off-policy',
        steps: 6000,
        make: (seed) =>
          new SAC('MlpPolicy', pendulums(1), { ...preset('sac', 'Pendulum-v1')!.options, ...common(seed) }),
      },
      {
        name: 'TD3',
        kind: 'off-policy',
        steps: 6000,
        make: (seed) =>
          new TD3('MlpPolicy', pendulums(1), { ...preset('td3', 'Pendulum-v1')!.options, ...common(seed) }),
      },
    ],
  },
  baseline: {
    title: 'REINFORCE with and without a baseline: CartPole',
    threshold: 200,
    contenders: [cartPole('with baseline', 'G − V(s)', plain(true)), cartPole('without', 'G', plain(false))],
  },
  'gae-lambda': {
    title: 'λ of the advantages: PPO on CartPole',
    threshold: 400,
    contenders: [0, 0.5, 0.8, 0.95, 1].map((gaeLambda) =>
      cartPole(
        `λ = ${gaeLambda}`,
        gaeLambda === 0 ? 'one step' : gaeLambda === 1 ? 'whole returns' : 'between',
        ppo({ gaeLambda }),
      ),
    ),
  },
  'ppo-clip': {
    title: 'PPO with and without clipping: CartPole',
    threshold: 400,
    contenders: [
      cartPole('clip 0.2', '20 epochs', ppo()),
      // A ratio never leaves a range this wide.
      cartPole('no clip', '20 epochs', ppo({ clipRange: NO_CLIP })),
      cartPole('no clip, once', '1 epoch', ppo({ clipRange: NO_CLIP, nEpochs: 1 })),
    ],
  },
} as const satisfies Readonly<Record<string, AgentQuestion>>;
