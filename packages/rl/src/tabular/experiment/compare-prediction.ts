import type { PredictionOptions } from '../learning/prediction.ts';
import { mdpEnv } from '../mdp-env.ts';
import { mcPrediction } from '../prediction/monte-carlo.ts';
import { tdPrediction } from '../prediction/td.ts';
import { tdLambda } from '../prediction/td-lambda.ts';
import { randomWalk } from '../problems/random-walk.ts';
import type { TabularEnv } from '../tabular-env.ts';
import { TWO_ERRORS } from './chart.ts';
import type { ChartSeries } from './chart.ts';
import type { Comparison } from './compare.ts';
import { runMany } from './runs.ts';

const TRUE_VALUES = [1, 2, 3, 4, 5].map((i) => i / 6);
const EPISODES = 100;
/** After how many episodes bias and variance are measured. */
const MEASURED = 25;

interface Method {
  readonly name: string;
  readonly bootstraps: string;
  readonly updates: string;
  readonly learn: (env: TabularEnv, options: PredictionOptions) => unknown;
  readonly alpha: number;
}

const METHODS: readonly Method[] = [
  { name: 'TD(0) α=0.1', bootstraps: 'yes', updates: 'every step', learn: tdPrediction, alpha: 0.1 },
  { name: 'TD(0) α=0.05', bootstraps: 'yes', updates: 'every step', learn: tdPrediction, alpha: 0.05 },
  {
    name: 'TD(0.8) α=0.05',
    bootstraps: 'partly',
    updates: 'every step',
    learn: (env, options) => tdLambda(env, { ...options, lambda: 0.8 }),
    alpha: 0.05,
  },
  { name: 'MC α=0.03', bootstraps: 'no', updates: 'end of episode', learn: mcPrediction, alpha: 0.03 },
  { name: 'MC α=0.01', bootstraps: 'no', updates: 'end of episode', learn: mcPrediction, alpha: 0.01 },
];

/** Root-mean-square error over the five states. */
export function rmsError(values: ArrayLike<number>, exact: ArrayLike<number>): number {
  let sum = 0;
  for (let s = 0; s < exact.length; s++) sum += (values[s]! - exact[s]!) ** 2;
  return Math.sqrt(sum / exact.length);
}

/** Error after each episode, then the five values after `MEASURED` episodes and their squares. */
function oneRun(method: Method, env: TabularEnv, seed: number): Float64Array {
  const out = new Float64Array(EPISODES + 10);
  method.learn(env, {
    episodes: EPISODES,
    alpha: method.alpha,
    initialValues: 0.5,
    seed,
    onEpisode: (episode, values) => {
      out[episode] = rmsError(values, TRUE_VALUES);
      if (episode !== MEASURED - 1) return;
      for (let s = 0; s < 5; s++) {
        out[EPISODES + s] = values[s]!;
        out[EPISODES + 5 + s] = values[s]! ** 2;
      }
    },
  });
  return out;
}

/** Monte Carlo against TD on the five-state random walk (Sutton & Barto, example 6.2). */
export function comparePrediction(runs: number, seed: number): Comparison {
  const env = mdpEnv(randomWalk());
  const series: ChartSeries[] = [];
  const rows = METHODS.map((method) => {
    const { mean, standardError } = runMany((runSeed) => oneRun(method, env, runSeed), { runs, seed });
    const x = Array.from({ length: EPISODES }, (_, i) => i + 1);
    const band = standardError.slice(0, EPISODES).map((e) => 2 * e);
    series.push({ name: method.name, x, y: mean.slice(0, EPISODES), band });
    const values = mean.slice(EPISODES, EPISODES + 5);
    const bias = rmsError(values, TRUE_VALUES);
    let variance = 0;
    for (let s = 0; s < 5; s++) variance += (mean[EPISODES + 5 + s]! - values[s]! ** 2) / 5;
    const errors = [mean[MEASURED - 1]!, mean[EPISODES - 1]!];
    return [method.name, bias, Math.sqrt(Math.max(0, variance)), ...errors, method.bootstraps, method.updates];
  });
  const title = 'Monte Carlo against TD: random walk of five states';
  return {
    title,
    chart: { title, xLabel: 'episodes', yLabel: 'RMS error of the values', series, bandLabel: TWO_ERRORS },
    table: {
      columns: ['method', 'bias', 'std. deviation', 'error at 25', 'error at 100', 'bootstraps', 'updates'],
      rows,
    },
  };
}
