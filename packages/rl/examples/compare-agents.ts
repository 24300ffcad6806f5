/**
 * Teaches: what sets deep agents apart, measured: policy gradients against values, on- against off-policy, a baseline, λ, the clip.
 * Writes the curves into compare-agents.results.json and, into the folder given as argument, two SVGs per question.
 * Expected: the tables in docs/rl/ppo.md and docs/rl/policy-gradient.md. Run time: about ten minutes of one core; --smoke some seconds.
 *
 * `pnpm example rl/compare-agents docs/rl/figures`; questions by name behind the folder: `… docs/rl/figures ppo-clip` (`clip`: the formula's
 * picture only). `sample-efficiency` and `policy-gradient-vs-value` are asked by name only: `rl/plot-results` draws them of longer runs, into
 * files of the same names.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeBackend } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';
import { compareAgents } from '@gai/rl/deep';
import type { AgentComparisonName } from '@gai/rl/deep';
import { hostClippedSurrogate } from '@gai/rl/losses';
import { chartSVG, chartText, tableText } from '@gai/rl/tabular';
import type { Chart } from '@gai/rl/tabular';

const QUESTIONS = ['ppo-clip', 'baseline', 'gae-lambda'] as const;
const RUNS = 3;
const isSmoke = process.argv.includes('--smoke');
const [folder, ...asked] = process.argv.slice(2).filter((word) => word !== '--smoke');
const file = new URL('./compare-agents.results.json', import.meta.url);
setDefaultBackend(await nodeBackend({ threads: 1 }));

/** Seconds of the processor: what one idle core takes, whatever else the machine does. */
const clock = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

const short = (values: ArrayLike<number>, digits: number): (number | null)[] =>
  Array.from(values, (value) => (Number.isFinite(value) ? Number(value.toFixed(digits)) : null));
const curvesOf = ({ series }: Chart): object[] =>
  series.map(({ name, x, y, band }) => ({
    name,
    x: short(x, 2),
    y: short(y, 1),
    ...(band && { band: short(band, 1) }),
  }));

/** What a step gains by the ratio of its probabilities: the picture of PPO's clip. */
function clipChart(): Chart {
  const x = Array.from({ length: 81 }, (_, i) => i / 40);
  const gain = (advantage: number) => (ratio: number) =>
    -hostClippedSurrogate({ logProb: [Math.log(ratio)], oldLogProb: [0], advantages: [advantage] }).loss;
  const series = [1, -1].map((advantage) => ({ name: `A = ${advantage}`, x, y: x.map(gain(advantage)) }));
  return { title: "PPO's clip, ε = 0.2", xLabel: 'ratio ρ', yLabel: 'min(ρA, clip(ρ) A)', series };
}
if (folder !== undefined) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'clip.svg'), chartSVG(clipChart(), { height: 300 }));
}

for (const name of (isSmoke
  ? ['ppo-clip']
  : asked.length > 0
    ? asked.filter((one) => one !== 'clip')
    : QUESTIONS) as AgentComparisonName[]) {
  const options = isSmoke ? { runs: 1, share: 0.02 } : { runs: RUNS };
  const onRun = (done: number, all: number): void => console.error(`${name}: run ${done} of ${all}`);
  const { title, chart, timeChart, table } = await compareAgents(name, { ...options, clock, onRun });
  const times = { ...timeChart, xLabel: 'seconds of one processor core' };
  console.log(`${chartText(chart)}\n\n${tableText(table)}\n`);
  if (isSmoke) continue;
  const all = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, object>) : {};
  const result = { title, runs: RUNS, seed: 0, table, curves: curvesOf(chart), timeCurves: curvesOf(times) };
  writeFileSync(file, `${JSON.stringify({ ...all, [name]: result })}\n`);
  if (folder === undefined) continue;
  writeFileSync(join(folder, `${name}.svg`), chartSVG(chart));
  writeFileSync(join(folder, `${name}-seconds.svg`), chartSVG(times));
}
