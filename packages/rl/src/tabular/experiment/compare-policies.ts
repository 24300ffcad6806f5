import { expectedSarsa, sarsa } from '../control/sarsa.ts';
import { qLearning } from '../control/q-learning.ts';
import { evaluateHorizon } from '../dp/finite-horizon.ts';
import { policyEvaluation } from '../dp/policy-evaluation.ts';
import { epsilonSoftPolicy } from '../mdp/policy.ts';
import { mdpEnv } from '../mdp-env.ts';
import { cliffWalking } from '../problems/cliff-walking.ts';
import { TWO_ERRORS } from './chart.ts';
import type { ChartSeries } from './chart.ts';
import type { Comparison } from './compare.ts';
import { runMany } from './runs.ts';

const EPISODES = 500;
const START = 36;
const METHODS = [
  { name: 'SARSA', kind: 'on-policy', learn: sarsa },
  { name: 'Expected SARSA', kind: 'on-policy', learn: expectedSarsa },
  { name: 'Q-learning', kind: 'off-policy', learn: qLearning },
] as const;

/** Mean over the ten episodes up to each tenth: returns on the cliff are very noisy. */
function smooth(y: Float64Array): Float64Array {
  return Float64Array.from(
    { length: EPISODES / 10 },
    (_, i) => y.slice(10 * i, 10 * i + 10).reduce((a, b) => a + b) / 10,
  );
}

/** On- against off-policy control on the cliff (Sutton & Barto, example 6.6): α = 0.5, ε = 0.1, γ = 1. */
export function comparePolicies(runs: number, seed: number): Comparison {
  const cliff = cliffWalking();
  const env = mdpEnv(cliff);
  const series: ChartSeries[] = [];
  const rows = METHODS.map(({ name, kind, learn }) => {
    const { mean, standardError } = runMany(
      (runSeed) => {
        const options = { episodes: EPISODES, alpha: 0.5, epsilon: 0.1, gamma: 1, seed: runSeed };
        const { returns, policy } = learn(env, options);
        const greedy = evaluateHorizon(cliff, { policy, horizon: 100 })[START]!;
        const soft = policyEvaluation(cliff, epsilonSoftPolicy(cliff, policy, 0.1))[START]!;
        return [...returns, greedy, soft];
      },
      { runs, seed },
    );
    const x = Array.from({ length: EPISODES / 10 }, (_, i) => 10 * (i + 1));
    const band = smooth(standardError).map((e) => 2 * e);
    series.push({ name, x, y: smooth(mean).map((y) => Math.max(y, -150)), band });
    const online = mean.slice(100, EPISODES).reduce((a, b) => a + b) / (EPISODES - 100);
    return [name, kind, online, mean[EPISODES]!, mean[EPISODES + 1]!];
  });
  const title = 'On-policy against off-policy: the cliff, ε = 0.1';
  return {
    title,
    chart: { title, xLabel: 'episodes', yLabel: 'return, mean of 10 episodes', series, bandLabel: TWO_ERRORS },
    table: {
      columns: [
        'method',
        'kind',
        'online return, episodes 101-500',
        'greedy policy, 100 steps',
        'ε-greedy policy, exact',
      ],
      rows,
    },
  };
}
