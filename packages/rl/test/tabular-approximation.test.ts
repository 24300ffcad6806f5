import { describe, expect, it } from 'vitest';
import {
  banditRun,
  chartSVG,
  chartText,
  compare,
  epsilonGreedyBandit,
  exponential,
  fourierBasis,
  gradientBandit,
  gradientMC,
  gridText,
  lstd,
  mdpEnv,
  occupancy,
  policyEvaluation,
  polynomialBasis,
  randomWalk,
  reinforce,
  runMany,
  runManyInWorkers,
  semiGradientSarsa,
  semiGradientTD,
  shortCorridor,
  skiResort,
  stateAggregation,
  tableText,
  thompsonBandit,
  tileCoding,
  ucbBandit,
  uniformPolicy,
} from '@gai/rl/tabular';
import type { BanditAgent, FeatureEnv } from '@gai/rl/tabular';
import { maxDifference } from './tabular-fixtures.ts';

describe('the 1000-state walk (example 9.1)', () => {
  const walk = randomWalk({ states: 1000, jump: 100, leftReward: -1 });
  const env = mdpEnv(walk);
  const policy = uniformPolicy(walk);
  const exact = policyEvaluation(walk, policy);
  const { states: visits } = occupancy(walk, { policy });
  const features = stateAggregation(1000, 10);
  it('gradient Monte Carlo approaches the weights of least error', () => {
    const best = Array.from({ length: 10 }, (_, g) => {
      let [sum, weight] = [0, 0];
      for (let s = 100 * g; s < 100 * g + 100; s++) {
        sum += visits[s]! * exact[s]!;
        weight += visits[s]!;
      }
      return sum / weight;
    });
    const alpha = (progress: number): number => 2e-3 * (1 - progress) + 1e-5;
    const { weights } = gradientMC(env, { features, episodes: 20_000, alpha, seed: 1 });
    expect(maxDifference(weights, best)).toBeLessThan(0.04);
  }, 30_000);
  it('LSTD and semi-gradient TD meet at the TD fixed point', () => {
    const solved = lstd(env, { features, episodes: 20_000, seed: 2 }).weights;
    const alpha = (progress: number): number => 0.02 * (1 - progress) + 1e-4;
    const learned = semiGradientTD(env, { features, episodes: 20_000, alpha, seed: 3 }).weights;
    expect(maxDifference(solved, learned)).toBeLessThan(0.05);
    const farther = semiGradientTD(env, { features, episodes: 2000, n: 1000, alpha, seed: 3 });
    expect(maxDifference(farther.weights, gradientMC(env, { features, episodes: 2000, alpha, seed: 3 }).weights)).toBe(
      0,
    );
  }, 30_000);
  it('with one feature per state LSTD is exact up to sampling', () => {
    const small = randomWalk();
    const { weights } = lstd(mdpEnv(small), { features: stateAggregation(5, 5), episodes: 20_000, seed: 1 });
    expect(
      maxDifference(
        weights,
        [1, 2, 3, 4, 5].map((i) => i / 6),
      ),
    ).toBeLessThan(0.02);
  });
  it('smooth bases fit better than their order says', () => {
    for (const basis of [fourierBasis(5, [0, 999]), polynomialBasis(5, [0, 999])]) {
      const { value } = lstd(env, { features: basis, episodes: 3000, regularization: 1e-6, seed: 4 });
      let worst = 0;
      for (let s = 100; s < 900; s++) worst = Math.max(worst, Math.abs(value(s) - exact[s]!));
      expect(worst).toBeLessThan(0.12);
    }
  });
});

/** Sutton & Barto's mountain car (section 10.1), in 20 lines. */
function mountainCar(): FeatureEnv<Float64Array> {
  const state = new Float64Array(2);
  let seed = 1;
  return {
    actionSpace: { n: 3 },
    reset() {
      seed = (seed * 48271) % 2147483647;
      state[0] = -0.6 + (0.2 * seed) / 2147483647;
      state[1] = 0;
      return { observation: state };
    },
    step(action) {
      const v = Math.min(Math.max(state[1]! + 0.001 * (action - 1) - 0.0025 * Math.cos(3 * state[0]!), -0.07), 0.07);
      const x = Math.max(state[0]! + v, -1.2);
      state[0] = x;
      state[1] = x === -1.2 ? 0 : v;
      return { observation: state, reward: -1, terminated: x >= 0.5, truncated: false };
    },
  };
}

describe('tile coding', () => {
  it('drives the mountain car up in about 120 steps (figure 10.2)', () => {
    const features = tileCoding({ low: [-1.2, -0.07], high: [0.5, 0.07] });
    const { lengths } = semiGradientSarsa(mountainCar(), { features, episodes: 500, alpha: 0.5 / 8, seed: 0 });
    expect(lengths.slice(450).reduce((a, b) => a + b) / 50).toBeLessThan(140);
    const fourStep = semiGradientSarsa(mountainCar(), { features, episodes: 100, alpha: 0.5 / 8, n: 4, seed: 0 });
    const early = (list: Int32Array): number => list.slice(0, 50).reduce((a, b) => a + b) / 50;
    expect(early(fourStep.lengths)).toBeLessThan(early(lengths));
  });
  it('one tile per tiling, neighbours share most', () => {
    const tiles = tileCoding({ low: [0, 0], high: [1, 1], tilings: 4, tiles: 4 });
    const active = (x: number, y: number): number[] => {
      const indices = new Int32Array(4);
      expect(tiles.encode([x, y], indices, new Float64Array(4))).toBe(4);
      return Array.from(indices);
    };
    const shared = (a: number[], b: number[]): number => a.filter((i) => b.includes(i)).length;
    expect(shared(active(0.5, 0.5), active(0.51, 0.5))).toBeGreaterThanOrEqual(3);
    expect(shared(active(0.1, 0.1), active(0.9, 0.9))).toBe(0);
    expect(active(2, 2)).toEqual(active(1, 1));
    expect(Math.max(...active(1, 1))).toBeLessThan(tiles.size);
    expect(() => tileCoding({ low: [1], high: [0] })).toThrow(/bounds/);
  });
});

describe('bandits: the ten-armed testbed, 400 problems', () => {
  const score = (make: (arms: number) => BanditAgent, mean = 0): [reward: number, optimal: number] => {
    const run = (seed: number): number[] => {
      const { rewards, optimal } = banditRun(make, { seed, mean });
      const last = (list: Float64Array): number => list.slice(900).reduce((a, b) => a + b) / 100;
      return [last(rewards), last(optimal)];
    };
    const { mean: means } = runMany(run, { runs: 400, seed: 2 });
    return [means[0]!, means[1]!];
  };
  it('figures 2.2 to 2.5', () => {
    const greedy = score((k) => epsilonGreedyBandit(k, { epsilon: 0 }));
    const tenth = score((k) => epsilonGreedyBandit(k));
    const optimistic = score((k) => epsilonGreedyBandit(k, { epsilon: 0, initial: 5, alpha: 0.1 }));
    const ucb = score((k) => ucbBandit(k));
    const thompson = score((k) => thompsonBandit(k));
    const gradient = score((k) => gradientBandit(k), 4);
    const noBaseline = score((k) => gradientBandit(k, { baseline: false }), 4);
    expect(greedy[0]).toBeCloseTo(1.05, 0);
    expect(greedy[1]).toBeLessThan(0.45);
    expect(tenth[0]).toBeGreaterThan(1.25);
    expect(tenth[1]).toBeGreaterThan(0.72);
    expect(optimistic[1]).toBeGreaterThan(tenth[1]);
    expect(ucb[0]).toBeGreaterThan(tenth[0]);
    expect(thompson[0]).toBeGreaterThan(tenth[0]);
    expect(gradient[1]).toBeGreaterThan(0.7);
    expect(noBaseline[1]).toBeLessThan(gradient[1] - 0.15);
  }, 60_000);
  it('a drifting problem favours a constant step size', () => {
    const run =
      (alpha?: number) =>
      (seed: number): number => {
        const make = (k: number): BanditAgent => epsilonGreedyBandit(k, alpha === undefined ? {} : { alpha });
        const { rewards } = banditRun(make, { seed, steps: 5000, drift: 0.01 });
        return rewards.slice(4000).reduce((a, b) => a + b) / 1000;
      };
    expect(runMany(run(0.1), { runs: 60 }).mean[0]!).toBeGreaterThan(runMany(run(), { runs: 60 }).mean[0]! + 0.05);
  }, 30_000);
});

describe('many runs', () => {
  const code =
    'export const experiment = (seed, run, input) => [seed % 1000 / 7, run * input]; export const bad = () => { throw new Error("no") };';
  const module = `data:text/javascript,${encodeURIComponent(code)}`;
  const here = runMany((seed, run) => [(seed % 1000) / 7, run * 3], { runs: 101, seed: 9 });
  it('in workers equal those here to the last bit, for any number of workers', async () => {
    for (const workers of [1, 3]) {
      const there = await runManyInWorkers({ module, runs: 101, seed: 9, workers, input: 3 });
      expect(there).toEqual(here);
    }
  });
  it('report what fails', async () => {
    await expect(runManyInWorkers({ module, exportName: 'bad', runs: 2 })).rejects.toThrow(/a run failed. Got no/);
    await expect(runManyInWorkers({ module, exportName: 'none', runs: 2 })).rejects.toThrow(/exports no function none/);
    expect(() => runMany((_, run) => new Array<number>(run + 1).fill(0), { runs: 2 })).toThrow(/different amounts/);
  });
  it('give the textbook standard error', () => {
    const { mean, standardError } = runMany((_, run) => run, { runs: 5 });
    expect([mean[0], standardError[0]]).toEqual([2, Math.sqrt(2.5 / 5)]);
  });
});

describe('compare', () => {
  const column = (rows: readonly (readonly (string | number)[])[], name: string, i: number): number =>
    rows.find((row) => row[0] === name)![i] as number;
  it('mc-vs-td: TD has the larger error of bias or variance where the book says', () => {
    const { table, chart } = compare('mc-vs-td', { runs: 200 });
    expect(column(table.rows, 'TD(0) α=0.05', 4)).toBeLessThan(column(table.rows, 'MC α=0.03', 4));
    expect(column(table.rows, 'TD(0) α=0.05', 2)).toBeLessThan(column(table.rows, 'MC α=0.03', 2));
    expect(chart.series.length).toBe(5);
    expect(chartSVG(chart)).toMatch(/^<svg[\s\S]*<polyline[\s\S]*<\/svg>$/);
    expect(chartText(chart).split('\n').length).toBeGreaterThan(20);
  }, 30_000);
  it('on-vs-off-policy: SARSA earns more while exploring, Q-learning afterwards', () => {
    const { table } = compare('on-vs-off-policy', { runs: 20 });
    expect(column(table.rows, 'SARSA', 2)).toBeGreaterThan(column(table.rows, 'Q-learning', 2) + 10);
    expect(column(table.rows, 'Q-learning', 3)).toBe(-13);
  }, 30_000);
  it('model-based-vs-model-free: planning needs fewer real steps and more updates', () => {
    const { table } = compare('model-based-vs-model-free', { runs: 10 });
    expect(column(table.rows, 'Dyna-Q, 50', 3)).toBeLessThan(column(table.rows, 'Q-learning', 3) / 2);
    expect(column(table.rows, 'Dyna-Q, 50', 4)).toBeGreaterThan(column(table.rows, 'Q-learning', 4));
    expect(tableText(table).split('\n').length).toBe(7);
  }, 30_000);
  it('refuses another name; charts survive odd data', () => {
    expect(() => compare('x' as 'mc-vs-td')).toThrow(/no such comparison/);
    const series = [
      { name: '<a>', x: [0, 1], y: [Number.NaN, 2] },
      { name: 'b', x: [], y: [] },
    ];
    expect(chartSVG({ title: 't', xLabel: 'x', yLabel: 'y', series })).not.toMatch(/NaN|<a>/);
    expect(gridText(skiResort(), { values: [1, 2, 3, 4, 5] })).toMatch(/Area4 +5/);
  });
});

describe('charts', () => {
  const series = [
    { name: 'a long name', x: [1, 50, 100], y: [0.258, 0.1, 0.043], band: [0.01, 0.01, 0.01] },
    { name: 'b', x: [1, 50, 100], y: [0.2, 0.15, 0.1] },
  ];
  const chart = { title: 't', xLabel: 'episodes', yLabel: 'error', series, bandLabel: 'band: ± 2 standard errors' };
  const svg = chartSVG(chart);
  const texts = [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</g)].map(([, x, y, text]) => ({
    x: Number(x),
    y: Number(y),
    text: text!,
  }));

  it('have round ticks', () => {
    const words = texts.map(({ text }) => text);
    for (const tick of ['20', '40', '60', '80', '100', '0.05', '0.10', '0.15', '0.20', '0.25'])
      expect(words).toContain(tick);
    expect(words.filter((word) => /^[\d.]+$/.test(word)).length).toBe(10);
    const text = chartText(chart);
    for (const tick of ['0.05', '0.10', '0.15', '0.20', '0.25', '20', '100']) expect(text).toContain(tick);
    const tiny = chartText({ ...chart, series: [{ name: 'c', x: [0, 1], y: [-3e-9, -3e-9] }] });
    expect(tiny).not.toMatch(/NaN|Infinity/);
  });

  it('have the legend beside the curves, and in it what the band is', () => {
    const right = Math.max(
      ...[...svg.matchAll(/points="([^"]*)"/g)].flatMap(([, points]) => points!.split(' ').map(parseFloat)),
    );
    for (const name of ['a long name', 'b', 'band: ± 2 standard errors']) {
      const entry = texts.find(({ text }) => text === name)!;
      expect(entry.x).toBeGreaterThan(right + 20);
      expect(entry.x + 6 * name.length).toBeLessThan(640);
    }
    expect(chartSVG({ ...chart, series: [series[1]!] })).not.toContain('band');
    expect(compare('mc-vs-td', { runs: 2 }).chart.bandLabel).toBe('band: ± 2 standard errors');
  });
});

describe('REINFORCE on the short corridor (example 13.1)', () => {
  const value = (p: number): number => (2 * p - 4) / (p * (1 - p));
  /** The bar is the mean of 100 runs; fewer of them, which are those of `pnpm test`, must reach it too. */
  const RUNS = process.env['GAI_FULL'] === '1' ? 100 : 25;

  it.each([0.05, 0.95])(
    'from p(right) = %d: the mean of runs of 1,000 episodes is as good as a policy can be',
    (first) => {
      const runs = Array.from({ length: RUNS }, (_, seed) => {
        const { policy } = reinforce(mdpEnv(shortCorridor()), {
          features: stateAggregation(4, 1),
          episodes: 1000,
          alpha: exponential(2 ** -9, 2 ** -13),
          baselineAlpha: 2 ** -6,
          weights: [0, Math.log(first / (1 - first))],
          seed,
        });
        return policy(0)[1]!;
      });
      const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one) / values.length;
      expect(mean(runs.map(value))).toBeGreaterThan(-11.72);
      expect(Math.abs(mean(runs) - (2 - Math.SQRT2))).toBeLessThan(0.03);
    },
    30_000,
  );

  it('without a baseline it learns the same more slowly, and nothing from what was cut off', () => {
    const features = stateAggregation(4, 1);
    const env = mdpEnv(shortCorridor());
    const { policy, baseline } = reinforce(env, { features, episodes: 2000, alpha: 2 ** -12, seed: 1 });
    expect(value(policy(0)[1]!)).toBeGreaterThan(-12);
    expect([...baseline]).toEqual([0]);
    const cut: FeatureEnv<number> = {
      actionSpace: env.actionSpace,
      reset: () => ({ observation: 0 }),
      step: () => ({ observation: 0, reward: -1, terminated: false, truncated: true }),
    };
    expect([...reinforce(cut, { features, episodes: 9, alpha: 0.1 }).weights]).toEqual([0, 0]);
    expect(() => reinforce(env, { features, episodes: 1, alpha: 0.1, weights: [1] })).toThrow(
      'expected 2 finite numbers',
    );
    expect(() => reinforce(env, { features, episodes: 1, alpha: 0.1, baseline: true } as never)).toThrow(
      'baselineAlpha',
    );
  });
});
