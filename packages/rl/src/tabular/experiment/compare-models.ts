import { qLearning } from '../control/q-learning.ts';
import { valueIteration } from '../dp/value-iteration.ts';
import type { ControlOptions, ControlResult } from '../learning/control.ts';
import { mdpEnv } from '../mdp-env.ts';
import { dynaQ, prioritizedSweeping } from '../planning/dyna.ts';
import { dynaMaze } from '../problems/mazes.ts';
import type { TabularEnv } from '../tabular-env.ts';
import { TWO_ERRORS } from './chart.ts';
import type { ChartSeries } from './chart.ts';
import type { Comparison } from './compare.ts';
import { runMany } from './runs.ts';

const EPISODES = 50;

interface Method {
  readonly name: string;
  readonly model: string;
  readonly planningSteps: number;
  readonly learn: (env: TabularEnv, options: ControlOptions) => ControlResult;
}

const METHODS: readonly Method[] = [
  { name: 'Q-learning', model: 'none', planningSteps: 0, learn: qLearning },
  dyna(5),
  dyna(50),
  {
    name: 'prioritised sweeping, 5',
    model: 'learned',
    planningSteps: 5,
    learn: (env, options) => prioritizedSweeping(env, { ...options, alpha: 0.5, planningSteps: 5 }),
  },
];

function dyna(planningSteps: number): Method {
  const learn: Method['learn'] = (env, options) => dynaQ(env, { ...options, planningSteps });
  return { name: `Dyna-Q, ${planningSteps}`, model: 'learned', planningSteps, learn };
}

/** The first episode after which five in a row took at most 20 steps, and the real steps up to there. */
function solvedAfter(lengths: Int32Array): [episode: number, steps: number] {
  let steps = 0;
  for (let e = 0; e + 5 <= lengths.length; e++) {
    if (lengths.slice(e, e + 5).every((length) => length <= 20)) return [e + 1, steps];
    steps += lengths[e]!;
  }
  return [lengths.length, steps];
}

/**
 * Learning with and without a model, and planning with the true one, in the Dyna maze (Sutton & Barto, example 8.1).
 */
export function compareModels(runs: number, seed: number): Comparison {
  const maze = dynaMaze();
  const env = mdpEnv(maze);
  const series: ChartSeries[] = [];
  const rows: (string | number)[][] = METHODS.map(({ name, model, planningSteps, learn }) => {
    const { mean, standardError } = runMany(
      (runSeed) => {
        const { lengths } = learn(env, { episodes: EPISODES, alpha: 0.1, epsilon: 0.1, gamma: 0.95, seed: runSeed });
        return [...lengths, ...solvedAfter(lengths)];
      },
      { runs, seed },
    );
    const x = Array.from({ length: EPISODES - 1 }, (_, i) => i + 2);
    const band = standardError.slice(1, EPISODES).map((e) => 2 * e);
    series.push({ name, x, y: mean.slice(1, EPISODES), band });
    const steps = mean[EPISODES + 1]!;
    return [name, model, mean[EPISODES]!, steps, steps * (1 + planningSteps), mean[EPISODES - 1]!];
  });
  const exact = valueIteration(maze);
  rows.push(['value iteration', 'given', 0, 0, exact.backups, 14]);
  const title = 'Model-based against model-free: the Dyna maze';
  return {
    title,
    chart: { title, xLabel: 'episodes', yLabel: 'steps per episode', series, bandLabel: TWO_ERRORS },
    table: {
      columns: [
        'method',
        'model',
        'episodes until solved',
        'real steps until solved',
        'updates (at most)',
        'steps in the last episode',
      ],
      rows,
    },
  };
}
