import { checkOptionNames } from '@gai/core/ops';
import { argumentError, show } from '../errors.ts';
import type { Chart, ChartSeries } from '../tabular/experiment/chart.ts';
import { TWO_ERRORS } from '../tabular/experiment/chart.ts';
import type { Comparison } from '../tabular/experiment/compare.ts';
import { RunAccumulator } from '../tabular/experiment/runs.ts';
import type { RunStatistics } from '../tabular/experiment/runs.ts';
import { checkInteger, checkNumber } from '../tabular/errors.ts';
import { runSeed } from '../tabular/random.ts';
import { AGENT_QUESTIONS, CURVE_EPISODES } from './agent-contenders.ts';
import type { AgentQuestion, Contender } from './agent-contenders.ts';
import { meanOf } from './episode-monitor.ts';

/**
 * Which question on learning with networks: policy gradients against values, on- against off-policy in sample efficiency and time,
 * REINFORCE with and without a baseline, the λ of the advantages, PPO with and without its clip.
 *
 * @category Deep agents
 * @since 0.1.0
 */
export type AgentComparisonName = keyof typeof AGENT_QUESTIONS;

/** Settings of {@link compareAgents}. */
export interface CompareAgentsOptions {
  /** Runs per agent. Default 3. */
  readonly runs?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  /** The share of its steps that each agent is given. Default 1. */
  readonly share?: number | undefined;
  /** Seconds so far, by a clock. Default: the one on the wall, `performance.now() / 1000`. */
  readonly clock?: (() => number) | undefined;
  /** Called after every run. */
  readonly onRun?: ((done: number, all: number) => void) | undefined;
}

/**
 * Agents compared: the curves once by steps and once by seconds.
 *
 * @category Deep agents
 * @since 0.1.0
 */
export interface AgentComparison extends Comparison {
  /** The same returns, over the seconds that they took. */
  readonly timeChart: Chart;
}

/** Points of a curve. */
const POINTS = 40;

/**
 * Measures a question on learning with networks: a few runs per agent, the returns while learning with standard errors, over
 * steps and over seconds, and a table of what each needed to get there.
 *
 * `'policy-gradient-vs-value'`: PPO, A2C and REINFORCE against DQN. `'sample-efficiency'`: PPO against SAC and TD3, on- against
 * off-policy. `'baseline'`: REINFORCE with and without. `'gae-lambda'`: PPO with λ from 0 to 1. `'ppo-clip'`: with and without.
 *
 * @param name - Which question.
 * @param options - Default {@link CompareAgentsOptions}' own. A question takes one to five minutes of one core.
 * @throws ArgumentError for another name, or an option out of range.
 * @example
 * import { compareAgents } from '@gai/rl/deep';
 * const { table } = await compareAgents('ppo-clip', { runs: 1, share: 0.02 });
 * table.rows.map(([name]) => name); // => ['clip 0.2', 'no clip', 'no clip, once']
 * @category Deep agents
 * @since 0.1.0
 */
export async function compareAgents(
  name: AgentComparisonName,
  options: CompareAgentsOptions = {},
): Promise<AgentComparison> {
  checkOptionNames('compareAgents', options, ['runs', 'seed', 'share', 'clock', 'onRun']);
  const { runs = 3, seed = 0, share = 1, clock = () => performance.now() / 1000, onRun } = options;
  checkInteger('compareAgents', 'runs', [runs, 1, 1_000_000]);
  checkInteger('compareAgents', 'seed', [seed, 0, Number.MAX_SAFE_INTEGER]);
  checkNumber('compareAgents', 'share', [share, Number.MIN_VALUE, 1]);
  const question = questionOf(name);
  const measured: Measured[] = [];
  for (const [index, contender] of question.contenders.entries()) {
    const curves: Curve[] = [];
    for (let run = 0; run < runs; run++) {
      curves.push(await curveOf(contender, { seed: runSeed(seed, run), share, clock }));
      onRun?.(index * runs + run + 1, question.contenders.length * runs);
    }
    measured.push({ contender, curves });
  }
  return comparisonOf(question, measured);
}

function questionOf(name: AgentComparisonName): AgentQuestion {
  if (Object.hasOwn(AGENT_QUESTIONS, name)) return AGENT_QUESTIONS[name];
  throw argumentError(
    'compareAgents',
    `no such comparison. Got ${show(name)}; expected one of ${Object.keys(AGENT_QUESTIONS).join(', ')}. Pass one of them.`,
  );
}

/** One run: mean returns of the latest episodes at evenly spaced steps, and when they were there. */
interface Curve {
  readonly steps: Float64Array;
  readonly returns: Float64Array;
  readonly seconds: Float64Array;
}

interface Measured {
  readonly contender: Contender;
  readonly curves: readonly Curve[];
}

async function curveOf(
  { make, steps: whole }: Contender,
  { seed, share, clock }: { readonly seed: number; readonly share: number; readonly clock: () => number },
): Promise<Curve> {
  const total = Math.max(POINTS, Math.round(whole * share));
  const steps = Float64Array.from({ length: POINTS }, (_, point) => Math.round((total * (point + 1)) / POINTS));
  const returns = new Float64Array(POINTS).fill(Number.NaN);
  const seconds = new Float64Array(POINTS);
  const agent = make(seed);
  const began = clock();
  let next = 0;
  const look = (numTimesteps: number): void => {
    for (; next < POINTS && numTimesteps >= steps[next]!; next++) {
      if (agent.episodes.returns.length > 0) returns[next] = meanOf(agent.episodes.returns);
      seconds[next] = clock() - began;
    }
  };
  const watch = { name: 'curve', onStep: () => look(agent.numTimesteps) };
  await agent.learn({ totalTimesteps: total, callbacks: [watch] });
  look(Infinity);
  return { steps, returns, seconds };
}

function comparisonOf({ title, threshold, contenders }: AgentQuestion, measured: readonly Measured[]): AgentComparison {
  const series: ChartSeries[] = [];
  const timed: ChartSeries[] = [];
  const rows = contenders.map(({ name, kind }, index) => {
    const { curves } = measured[index]!;
    const { mean, standardError, runs } = statistics(curves.map(({ returns }) => returns));
    const band = runs > 1 ? standardError.map((error) => 2 * error) : undefined;
    series.push({ name, x: curves[0]!.steps, y: mean, band });
    timed.push({ name, x: statistics(curves.map(({ seconds }) => seconds)).mean, y: mean, band });
    return [name, kind, mean.at(-1)!, ...reaching(curves, threshold)];
  });
  const yLabel = `return, mean of ${CURVE_EPISODES} episodes`;
  const chart = { title, yLabel, bandLabel: TWO_ERRORS };
  return {
    title,
    chart: { ...chart, xLabel: 'steps', series },
    timeChart: { ...chart, xLabel: 'seconds', series: timed },
    table: {
      columns: ['agent', 'kind', 'return at the end', `steps to ${threshold}`, 'seconds', 'runs that got there'],
      rows,
    },
  };
}

function statistics(curves: readonly Float64Array[]): RunStatistics {
  const all = new RunAccumulator();
  for (const curve of curves) all.add(curve);
  return all.statistics();
}

/** Mean steps and seconds of the runs that reached a return, and how many did. */
function reaching(curves: readonly Curve[], threshold: number): (string | number)[] {
  const there = curves.flatMap(({ steps, returns, seconds }) => {
    const point = returns.findIndex((value) => value >= threshold);
    return point < 0 ? [] : [{ steps: steps[point]!, seconds: seconds[point]! }];
  });
  const share = `${there.length} of ${curves.length}`;
  if (there.length === 0) return ['never', '-', share];
  return [meanOf(there.map(({ steps }) => steps)), meanOf(there.map(({ seconds }) => seconds)), share];
}
