import { describe, expect, it } from 'vitest';
import {
  batchPrediction,
  blackjack,
  blackjackState,
  decodeBlackjackState,
  lambdaReturn,
  mcPrediction,
  mdpEnv,
  nStepTD,
  offPolicyPrediction,
  policyEvaluation,
  randomWalk,
  runMany,
  tdLambda,
  tdPrediction,
  trueOnlineTDLambda,
  uniformPolicy,
} from '@gai/rl/tabular';
import type { PredictionOptions, PredictionResult, TabularEnv } from '@gai/rl/tabular';
import { maxDifference, reference } from './tabular-fixtures.ts';

/** RMS error over the states after each episode. */
function errorCurve(
  learn: (env: TabularEnv, options: PredictionOptions) => unknown,
  [env, exact]: readonly [TabularEnv, readonly number[]],
  options: PredictionOptions,
): Float64Array {
  const errors = new Float64Array(options.episodes);
  learn(env, {
    ...options,
    onEpisode: (episode, values) => {
      let sum = 0;
      exact.forEach((v, s) => (sum += (values[s]! - v) ** 2));
      errors[episode] = Math.sqrt(sum / exact.length);
    },
  });
  return errors;
}

const walk5 = mdpEnv(randomWalk());
const exact5 = [1, 2, 3, 4, 5].map((i) => i / 6);

describe('example 6.2: every cell of the RMS table at 2,000 runs', () => {
  const table = reference.sutton_barto.random_walk_ex6_2.rms_mean_and_se;
  it.each(Object.keys(table))(
    '%s',
    (cell) => {
      const [name, alpha] = cell.split('_') as [string, string];
      const learn = name === 'TD' ? tdPrediction : mcPrediction;
      const options = { episodes: 100, alpha: Number(alpha), initialValues: 0.5 };
      const { mean, standardError } = runMany((seed) => errorCurve(learn, [walk5, exact5], { ...options, seed }), {
        runs: 2000,
        seed: 11,
      });
      for (const [when, [wanted, wantedError]] of Object.entries(table[cell]!)) {
        const i = Number(when.slice(2)) - 1;
        // The reference is rounded to 4 digits: 5e-5.
        const tolerance = 4 * Math.hypot(wantedError ?? 0, standardError[i]!) + 5e-5;
        expect(Math.abs(mean[i]! - wanted), `${cell} ${when}: ${mean[i]} against ${wanted}`).toBeLessThan(tolerance);
      }
    },
    60_000,
  );
});

describe('equalities', () => {
  const env = mdpEnv(randomWalk({ states: 19, leftReward: -1 }));
  const options = { episodes: 30, alpha: 0.2, gamma: 0.95, seed: 4 };
  const values = (result: PredictionResult): Float64Array => result.values;
  it('λ = 0 is TD(0), to the last bit, in every view', () => {
    const td = values(tdPrediction(env, options));
    for (const traces of ['accumulating', 'replacing', 'dutch'] as const) {
      expect(values(tdLambda(env, { ...options, lambda: 0, traces }))).toEqual(td);
    }
    expect(values(nStepTD(env, { ...options, n: 1 }))).toEqual(td);
    expect(maxDifference(values(trueOnlineTDLambda(env, { ...options, lambda: 0 })), td)).toBeLessThan(1e-12);
  });
  it('offline λ = 1 is every-visit Monte Carlo', () => {
    const mc = values(mcPrediction(env, options));
    expect(values(lambdaReturn(env, { ...options, lambda: 1 }))).toEqual(mc);
    expect(values(nStepTD(env, { ...options, n: 100_000 }))).toEqual(mc);
    const together = values(lambdaReturn(env, { ...options, lambda: 1, together: true }));
    const offline = values(tdLambda(env, { ...options, lambda: 1, offline: true }));
    expect(maxDifference(offline, together)).toBeLessThan(1e-12);
  });
  it('the forward and the backward view make the same offline updates', () => {
    for (const lambda of [0, 0.4, 0.9, 1]) {
      const forward = values(lambdaReturn(env, { ...options, lambda, together: true }));
      const backward = values(tdLambda(env, { ...options, lambda, offline: true }));
      expect(maxDifference(forward, backward)).toBeLessThan(1e-12);
    }
  });
  it('true online TD(λ) is the online λ-return algorithm', () => {
    const lambda = 0.8;
    const { alpha, gamma } = options;
    const table = new Float64Array(19);
    const states: number[] = [];
    const rewards: number[] = [];
    let start = new Float64Array(19);
    // After every step t, replay the episode from its first values with λ-returns truncated at t.
    const replay = (isTerminal: boolean): void => {
      table.set(start);
      const seen: Float64Array[] = [Float64Array.from(start)];
      for (let h = 1; h <= rewards.length; h++) {
        table.set(start);
        for (let t = 0; t < h; t++) {
          let g = 0;
          for (let k = h - 1; k >= t; k--) {
            const isLast = k === h - 1;
            const before = isTerminal && k === rewards.length - 1 ? 0 : seen[k]![states[k + 1]!]!;
            g = rewards[k]! + gamma * (isLast ? before : (1 - lambda) * before + lambda * g);
          }
          table[states[t]!]! += alpha * (g - table[states[t]!]!);
        }
        seen.push(Float64Array.from(table));
      }
    };
    const fast = values(trueOnlineTDLambda(env, { ...options, episodes: 4, lambda }));
    const played = mdpEnv(randomWalk({ states: 19, leftReward: -1 }));
    const recording: TabularEnv = {
      observationSpace: played.observationSpace,
      actionSpace: played.actionSpace,
      reset(resetOptions) {
        states.length = rewards.length = 0;
        start = Float64Array.from(table);
        const { observation } = played.reset(resetOptions);
        states.push(observation);
        return { observation };
      },
      step(action) {
        const result = played.step(action);
        states.push(result.observation);
        rewards.push(result.reward);
        if (result.terminated) replay(true);
        return result;
      },
    };
    tdPrediction(recording, { ...options, episodes: 4 });
    expect(maxDifference(fast, table)).toBeLessThan(1e-12);
  });
});

describe('batch updating (example 6.3)', () => {
  it('TD finds the certainty equivalent and beats Monte Carlo', () => {
    const rms = (values: Float64Array): number => Math.hypot(...exact5.map((v, s) => values[s]! - v)) / Math.sqrt(5);
    const score = (method: 'td' | 'mc'): number =>
      runMany((seed) => rms(batchPrediction(walk5, { method, episodes: 25, alpha: 0.005, initialValues: 0.5, seed })), {
        runs: 20,
      }).mean[0]!;
    expect(score('td')).toBeLessThan(score('mc') - 0.02);
  });
});

describe('example 5.4: off-policy estimation of a blackjack hand', () => {
  const game = blackjack();
  const state = blackjackState({ playerSum: 13, dealerCard: 2, usableAce: true });
  const target = Array.from({ length: 291 }, (_, s) => {
    const hand = decodeBlackjackState(s);
    return hand === null ? -1 : hand.playerSum >= 20 ? 0 : 1;
  });
  const exact = policyEvaluation(game, target)[state]!;
  const inner = mdpEnv(game);
  const env: TabularEnv = {
    observationSpace: inner.observationSpace,
    actionSpace: inner.actionSpace,
    reset: (options) => inner.reset({ ...options, options: { state } }),
    step: (action) => inner.step(action),
  };
  const estimates = (weighting: 'ordinary' | 'weighted', episodes: number): ReturnType<typeof runMany> =>
    runMany(
      (seed) => {
        const out = new Float64Array(4);
        const marks = [10, 100, 1000, episodes];
        offPolicyPrediction(env, {
          policy: uniformPolicy(game),
          target,
          weighting,
          episodes,
          seed,
          onEpisode: (episode, values) => {
            const i = marks.indexOf(episode + 1);
            if (i >= 0) out[i] = (values[state]! - exact) ** 2;
          },
        });
        return [...out, 0];
      },
      { runs: 100, seed: 3 },
    );
  it('weighted sampling has the lower error at every length', () => {
    const ordinary = estimates('ordinary', 5000);
    const weighted = estimates('weighted', 5000);
    for (let i = 0; i < 4; i++) expect(weighted.mean[i]!).toBeLessThan(ordinary.mean[i]!);
    expect(weighted.mean[3]!).toBeLessThan(0.004);
  }, 60_000);
  it('both have the right mean', () => {
    for (const weighting of ['ordinary', 'weighted'] as const) {
      const { mean, standardError } = runMany(
        (seed) => {
          const options = { policy: uniformPolicy(game), target, weighting, episodes: 2000, seed };
          return offPolicyPrediction(env, options).values[state]!;
        },
        { runs: 200, seed: 5 },
      );
      expect(Math.abs(mean[0]! - exact)).toBeLessThan(4 * standardError[0]!);
      expect(standardError[0]!).toBeLessThan(0.02);
    }
  }, 60_000);
  it('Monte Carlo prediction of the target itself agrees, first and every visit', () => {
    for (const visit of ['first', 'every'] as const) {
      const { values } = mcPrediction(env, { policy: target, episodes: 40_000, visit, seed: 1 });
      expect(Math.abs(values[state]! - exact)).toBeLessThan(0.02);
    }
  });
});
