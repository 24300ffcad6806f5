/**
 * Teaches: the same curves over steps and over seconds are two pictures. Draws what the other programs here have measured
 * (`ppo.results.json` and its kin: returns while learning, all seeds of a file) into the folder given as argument; without one, here.
 * Run time: a second.
 *
 * `pnpm example rl/plot-results docs/rl/figures`
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chartSVG, chartText, runMany } from '@gai/rl/tabular';
import type { Chart, ChartSeries } from '@gai/rl/tabular';

/** What `learned` writes of a seed. */
interface Result {
  readonly curve: readonly (readonly [steps: number, meanReturn: number])[];
  readonly stepsPerProcessorSecond: number;
}

const FIGURES = [
  { file: 'policy-gradient-vs-value', env: 'CartPole-v1', agents: ['ppo', 'a2c', 'reinforce', 'dqn'], most: 100_000 },
  { file: 'sample-efficiency', env: 'Pendulum-v1', agents: ['ppo', 'sac', 'td3'], most: 200_000 },
] as const;
const POINTS = 24;
const folder = process.argv.slice(2).find((word) => !word.startsWith('--'));

/** The seeds that an agent has learned an env with; none where it was not measured. */
function seedsOf(agent: string, env: string): Result[] {
  const file = new URL(`./${agent}.results.json`, import.meta.url);
  if (!existsSync(file)) return [];
  const all = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Result>;
  return Object.entries(all).flatMap(([name, result]) => (name.startsWith(`${env} seed`) ? [result] : []));
}

/** The return at a step, in a straight line between two points of a curve. */
function returnAt({ curve }: Result, step: number): number {
  const next = Math.max(
    1,
    curve.findIndex(([steps]) => steps >= step),
  );
  const [[x0, y0], [x1, y1]] = [curve[next - 1]!, curve[next]!];
  return y0 + ((step - x0) / (x1 - x0)) * (y1 - y0);
}

/** Mean returns of all seeds where all of them have some, over steps, or over seconds of one core. */
function seriesOf(agent: string, seeds: readonly Result[], most: number): { steps: ChartSeries; seconds: ChartSeries } {
  const low = Math.max(...seeds.map(({ curve }) => curve[0]![0]));
  const high = Math.min(most, ...seeds.map(({ curve }) => curve.at(-1)![0]));
  const x = Array.from({ length: POINTS }, (_, i) => low + ((high - low) * i) / (POINTS - 1));
  const { mean, standardError } = runMany((_, run) => x.map((step) => returnAt(seeds[run]!, step)), {
    runs: seeds.length,
  });
  const speed = seeds.reduce((sum, one) => sum + one.stepsPerProcessorSecond, 0) / seeds.length;
  const line = { name: agent.toUpperCase(), y: mean, band: standardError.map((error) => 2 * error) };
  return { steps: { ...line, x }, seconds: { ...line, x: x.map((step) => step / speed) } };
}

for (const { file, env, agents, most } of FIGURES) {
  const measured = agents.flatMap((agent) => {
    const seeds = seedsOf(agent, env);
    return seeds.length > 1 ? [seriesOf(agent, seeds, most)] : [];
  });
  const common = { yLabel: 'return, mean of 100 episodes', bandLabel: 'band: ± 2 standard errors' };
  const steps: Chart = {
    ...common,
    title: `${env} by steps`,
    xLabel: 'steps',
    series: measured.map((one) => one.steps),
  };
  const seconds: Chart = {
    ...common,
    title: `${env} by time`,
    xLabel: 'seconds of one processor core',
    series: measured.map((one) => one.seconds),
  };
  for (const [name, chart] of [
    [file, steps],
    [`${file}-seconds`, seconds],
  ] as const) {
    console.log(`${chartText(chart)}\n`);
    if (folder === undefined) continue;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${name}.svg`), chartSVG(chart));
  }
}
