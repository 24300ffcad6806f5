import {
  chartText,
  cliffWalking,
  evaluateHorizon,
  mdpEnv,
  qLearning,
  runMany,
  sarsa,
  skiResort,
  startValue,
  tableText,
  valueIteration,
} from '@gai/rl/tabular';
import type { ChartSeries, ControlOptions, ControlResult, MDP } from '@gai/rl/tabular';
import { drawPath } from '../rl/draw-path.ts';
import { counted } from '../terminal/counted.ts';

const EPISODES = 500;
/** Episodes per point of a curve: returns on the cliff are very noisy. */
const SMOOTH = 10;
const RUNS = 50;

/** What a chapter shows, and the same for machines. */
export interface Shown {
  readonly text: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Chapter `ski`: a decision problem, solved exactly by value iteration, as a table. */
export function skiResortSolved(): Shown {
  const ski = skiResort();
  const { values, policy, iterations } = valueIteration(ski);
  const largest = Math.max(...values);
  const rows = Array.from({ length: ski.numStates }, (_, i) => {
    const state = ski.numStates - 1 - i;
    const bar = '█'.repeat(Math.round((values[state]! / largest) * 30));
    const move = policy[state] === 0 ? '↑ lift' : '↓ ski';
    return [`${' '.repeat(2 * i)}${ski.stateName(state)}`, values[state]!.toFixed(3), move, bar];
  });
  const table = tableText({ columns: ['mountain', 'value', 'best', 'what a skier there may expect'], rows });
  const value = startValue(ski, values);
  const text = `${table}\n\nvalue iteration: ${counted(iterations, 'sweep')}, γ = ${ski.discount}; from the Hotel ${value.toFixed(4)}`;
  return { text, facts: { value, sweeps: iterations, discount: ski.discount } };
}

const METHODS: readonly {
  name: string;
  learn: (env: ReturnType<typeof mdpEnv>, o: ControlOptions) => ControlResult;
}[] = [
  { name: 'Q-learning', learn: qLearning },
  { name: 'SARSA', learn: sarsa },
];

/** Chapter `cliff`: Q-learning and SARSA learn the cliff by trial and error, as curves and as ways. */
export function cliffLearned(): Shown {
  const cliff = cliffWalking();
  const env = mdpEnv(cliff);
  const settings = { episodes: EPISODES, alpha: 0.5, epsilon: 0.1, gamma: 1 };
  const series: ChartSeries[] = [];
  const learned = METHODS.map(({ name, learn }) => {
    const { mean } = runMany((seed) => learn(env, { ...settings, seed }).returns, { runs: RUNS, seed: 0 });
    series.push({ name, ...curve(mean) });
    const late = mean.slice(100).reduce((sum, one) => sum + one, 0) / (EPISODES - 100);
    return pathOf(cliff, name, { late, result: learn(env, { ...settings, seed: 0 }) });
  });
  const title = `Mean of ${RUNS} runs`;
  const yLabel = 'return of an episode while learning, cut off at -100';
  const chart = chartText({ title, xLabel: 'episodes', yLabel, series }, { width: 66, height: 12 });
  const text = [chart, ...learned.map((one) => one.text)].join('\n\n');
  return { text, facts: { methods: learned.map(({ facts }) => facts) } };
}

function curve(mean: Float64Array): { x: number[]; y: number[] } {
  const x = Array.from({ length: EPISODES / SMOOTH }, (_, i) => SMOOTH * (i + 1));
  const y = x.map((end) => mean.slice(end - SMOOTH, end).reduce((sum, one) => sum + one, 0) / SMOOTH);
  return { x, y: y.map((one) => Math.max(one, -100)) };
}

function pathOf(
  cliff: MDP,
  name: string,
  { late, result }: { readonly late: number; readonly result: ControlResult },
): Shown {
  const { text, steps } = drawPath(cliff, result.policy);
  const value = startValue(cliff, evaluateHorizon(cliff, { policy: result.policy, horizon: 100 }));
  return {
    text: `${name}: ${late.toFixed(1)} per episode while learning; its way without random steps takes ${steps}, return ${value}\n${text}`,
    facts: { method: name, online: late, steps, value },
  };
}
