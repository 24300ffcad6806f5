// Teaches: learning curves of Q-learning and SARSA, and exact evaluation of what was learned.
// Expected: FrozenLake at least 0.735 exact success after 20,000 episodes, Taxi at least 7.9 exact return after 5,000,
// the cliff −13 for Q-learning. Run time: 10 s; --smoke 1 s. With --write it saves tabular-control.results.json.
import { writeFileSync } from 'node:fs';
import {
  cliffWalking,
  evaluateHorizon,
  exponential,
  frozenLake,
  linear,
  mdpEnv,
  qLearning,
  sarsa,
  startValue,
  taxi,
} from '@gai/rl/tabular';
import type { ControlOptions, MDP } from '@gai/rl/tabular';

const isSmoke = process.argv.includes('--smoke');

interface Case {
  readonly name: string;
  readonly mdp: MDP;
  readonly learn: typeof qLearning;
  readonly maxSteps: number;
  readonly options: Omit<ControlOptions, 'seed'>;
}

const lakeOptions = { episodes: 20_000, alpha: exponential(0.5, 0.005), epsilon: linear(1, 0.1, 0.5), gamma: 0.99 };
const cliffOptions = { episodes: 500, alpha: 0.5, epsilon: 0.1, gamma: 1 };
const cases: readonly Case[] = [
  { name: 'frozen-lake-4x4 q-learning', mdp: frozenLake(), learn: qLearning, maxSteps: 100, options: lakeOptions },
  { name: 'taxi q-learning', mdp: taxi(), learn: qLearning, maxSteps: 200, options: { episodes: 5000, alpha: 0.1 } },
  { name: 'cliff q-learning', mdp: cliffWalking(), learn: qLearning, maxSteps: 1000, options: cliffOptions },
  { name: 'cliff sarsa', mdp: cliffWalking(), learn: sarsa, maxSteps: 1000, options: cliffOptions },
];

const results = cases.map(({ name, mdp, learn, maxSteps, options }) => {
  const episodes = isSmoke ? Math.ceil(options.episodes / 10) : options.episodes;
  const seeds = (isSmoke ? [0] : [0, 1, 2, 3, 4]).map((seed) => {
    const { policy, returns } = learn(mdpEnv(mdp, { maxEpisodeSteps: maxSteps }), { ...options, episodes, seed });
    const exact = startValue(mdp, evaluateHorizon(mdp, { policy, horizon: maxSteps, gamma: 1 }));
    const part = Math.ceil(episodes / 20);
    const curve = Array.from({ length: 20 }, (_, i) => {
      const slice = returns.slice(i * part, (i + 1) * part);
      return Number((slice.reduce((a, b) => a + b, 0) / Math.max(1, slice.length)).toFixed(3));
    });
    return { seed, exactReturnOfGreedyPolicy: Number(exact.toFixed(6)), curve };
  });
  console.log(`${name}: ${seeds.map(({ exactReturnOfGreedyPolicy }) => exactReturnOfGreedyPolicy).join(', ')}`);
  return { name, episodes, curve: 'mean return of each twentieth of the episodes', seeds };
});
if (process.argv.includes('--write')) {
  const text = JSON.stringify({ command: 'pnpm example rl/tabular-control --write', results }, null, 1);
  writeFileSync(new URL('./tabular-control.results.json', import.meta.url), `${text}\n`);
}
