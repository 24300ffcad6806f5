import { describe, expect, it } from 'vitest';
import {
  bellmanExpectation,
  blackjack,
  cliffWalking,
  dynaMaze,
  epsilonSoftPolicy,
  evaluateHorizon,
  finiteHorizon,
  frozenLake,
  gambler,
  gridWorld,
  gridWorld4x4,
  gridWorld5x5,
  jacksCarRental,
  mdpFromJSON,
  modifiedPolicyIteration,
  occupancy,
  optimalActions,
  policyEvaluation,
  policyIteration,
  qValues,
  randomWalk,
  shortCorridor,
  skiResort,
  startValue,
  stochasticPolicy,
  taxi,
  uniformPolicy,
  valueIteration,
  windyGridWorld,
} from '@gai/rl/tabular';
import type { MDP } from '@gai/rl/tabular';
import { maxDifference, reference, toyText } from './tabular-fixtures.ts';
import type { ExactValues } from './tabular-fixtures.ts';

/** The bar: values within 1e-8 of the references. The references are rounded to 10 digits. */
const VALUE_TOLERANCE = 1e-8;

const problems = { FrozenLake4x4: frozenLake(), Cliff: cliffWalking() };

for (const [name, mdp] of Object.entries(problems)) {
  for (const [key, gamma] of [
    ['gamma_1', 1],
    ['gamma_0.99', 0.99],
    ['gamma_0.9', 0.9],
  ] as const) {
    const exact = reference.tabular[name as 'Cliff'][key] as ExactValues;
    describe(`${name} at γ = ${gamma}`, () => {
      for (const order of ['in-place', 'synchronous', 'prioritized'] as const) {
        it(`value iteration (${order}) gives the reference's values and action sets`, () => {
          const solution = valueIteration(mdp, { gamma, order });
          expect(solution.converged).toBe(true);
          expect(maxDifference(solution.values, exact.V)).toBeLessThan(VALUE_TOLERANCE);
          expect(Math.abs(solution.startValue - exact.start_value)).toBeLessThan(VALUE_TOLERANCE);
          expect(optimalActions(mdp, solution.values, { gamma })).toEqual(exact.greedy_action_sets);
        });
      }
      it('policy iteration and modified policy iteration agree, and the policy is worth its values', () => {
        for (const solution of [policyIteration(mdp, { gamma }), modifiedPolicyIteration(mdp, { gamma })]) {
          expect(maxDifference(solution.values, exact.V)).toBeLessThan(VALUE_TOLERANCE);
          const own = policyEvaluation(mdp, solution.policy, { gamma });
          expect(maxDifference(own, exact.V)).toBeLessThan(VALUE_TOLERANCE);
        }
      });
      it('synchronous sweeps stop where the reference stops', () => {
        for (const [theta, sweeps] of Object.entries(exact.value_iteration_sync_sweeps)) {
          const { iterations } = valueIteration(mdp, { gamma, order: 'synchronous', theta: Number(theta) });
          expect(iterations).toBe(sweeps);
        }
      });
      if (gamma < 1) {
        it('evaluates the uniform policy and counts policy iterations as the reference does', () => {
          const uniform = policyEvaluation(mdp, uniformPolicy(mdp), { gamma });
          expect(startValue(mdp, uniform)).toBeCloseTo(exact.uniform_random_policy_start_value!, 8);
          const swept = policyEvaluation(mdp, uniformPolicy(mdp), { gamma, method: 'iterative' });
          expect(maxDifference(uniform, swept)).toBeLessThan(VALUE_TOLERANCE);
          expect(policyIteration(mdp, { gamma }).iterations).toBe(exact.policy_iteration!.iterations_from_all_action0);
        });
      }
    });
  }
}

describe('Gymnasium tables', () => {
  const cases: Readonly<Record<string, MDP>> = {
    'frozen-lake-4x4': frozenLake(),
    'frozen-lake-8x8': frozenLake({ map: '8x8' }),
    'frozen-lake-4x4-dry': frozenLake({ slippery: false }),
    'frozen-lake-4x4-0.8': frozenLake({ successRate: 0.8, rewardSchedule: [5, -2, -0.1] }),
    cliff: cliffWalking(),
    'cliff-slippery': cliffWalking({ slippery: true }),
    taxi: taxi(),
    'taxi-rainy': taxi({ rainy: true }),
    'taxi-rainy-0.6': taxi({ rainy: true, rainyProbability: 0.6 }),
  };
  for (const [name, mdp] of Object.entries(cases)) {
    const exact = toyText.envs[name]!;
    it(`${name}: every outcome, in order`, () => {
      const sums = [0, 0, 0, 0, 0, 0];
      let row = 0;
      for (let s = 0; s < mdp.numStates; s++) {
        for (let a = 0; a < mdp.numActions; a++) {
          for (const [p, next, reward, terminated] of mdp.outcomes(s, a)) {
            const weight = ++row % 1009;
            [s, a, p, next, reward, Number(terminated)].forEach((x, i) => (sums[i]! += weight * x));
          }
        }
      }
      expect(row).toBe(exact.count);
      sums.forEach((sum, i) => expect(Math.abs(sum - exact.sums[i]!)).toBeLessThan(1e-6));
    });
    it(`${name}: optimal values by three methods`, () => {
      for (const gamma of [0.9, 0.99]) {
        const wanted = exact[`V_${gamma}`]!;
        expect(maxDifference(valueIteration(mdp, { gamma }).values, wanted)).toBeLessThan(VALUE_TOLERANCE);
        expect(maxDifference(policyIteration(mdp, { gamma }).values, wanted)).toBeLessThan(VALUE_TOLERANCE);
        const { values } = valueIteration(mdp, { gamma, order: 'prioritized' });
        expect(maxDifference(values, wanted)).toBeLessThan(VALUE_TOLERANCE);
      }
    });
  }
  it('Taxi: the exact best mean return is 7.93, below the registry threshold of 8', () => {
    const { startValue: best } = policyIteration(taxi(), { gamma: 1 });
    expect(best).toBeCloseTo(7.93, 2);
    expect(valueIteration(taxi(), { gamma: 1 }).startValue).toBeCloseTo(best, 9);
  });
});

describe('FrozenLake in 100 steps', () => {
  const lake = problems.FrozenLake4x4;
  const exact = reference.tabular.FrozenLake4x4;
  it('has the reference success probabilities', () => {
    const horizon = 100;
    expect(finiteHorizon(lake, { horizon, gamma: 1 }).startValue).toBeCloseTo(exact.optimal_success_100_steps, 9);
    const { policy } = policyIteration(lake, { gamma: 0.99 });
    const greedy = evaluateHorizon(lake, { policy, horizon, gamma: 1 });
    expect(greedy[0]).toBeCloseTo(exact.gamma99_greedy_policy_success_100_steps, 9);
    const uniform = evaluateHorizon(lake, { policy: uniformPolicy(lake), horizon, gamma: 1 });
    expect(uniform[0]).toBeCloseTo(exact.uniform_policy_success_100_steps, 9);
  });
  it('approaches the infinite horizon, and its policies depend on the steps to go', () => {
    const { values, policies } = finiteHorizon(lake, { horizon: 3000, gamma: 0.99 });
    expect(maxDifference(values[3000]!, valueIteration(lake).values)).toBeLessThan(1e-9);
    expect(policies[0]![14]).toBe(1);
  });
});

describe('Sutton & Barto', () => {
  const book = reference.sutton_barto;
  it('example 3.5: the random policy', () => {
    const grid = gridWorld5x5();
    const exact = book.gridworld_ex3_5_random.V.flat();
    expect(maxDifference(policyEvaluation(grid, uniformPolicy(grid)), exact)).toBeLessThan(1e-6);
    expect(policyIteration(grid).values[1]).toBeCloseTo(24.4194281, 6);
  });
  it('example 4.1: figure 4.1, sweep by sweep', () => {
    const grid = gridWorld4x4();
    const policy = uniformPolicy(grid);
    let values: Float64Array = new Float64Array(16);
    for (let k = 1; k <= 10; k++) {
      values = bellmanExpectation(grid, values, { policy });
      const snapshot = book.gridworld_ex4_1.snapshots_sync[`k${k}`];
      if (snapshot) expect(maxDifference(values, snapshot.flat())).toBeLessThan(k === 10 ? 5e-4 : 1e-12);
    }
    const exact = book.gridworld_ex4_1.k_inf.flat();
    expect(maxDifference(policyEvaluation(grid, policy), exact)).toBeLessThan(1e-9);
    expect(maxDifference(policyEvaluation(grid, policy, { method: 'iterative' }), exact)).toBeLessThan(VALUE_TOLERANCE);
  });
  for (const [key, headsProbability] of [
    ['p04', 0.4],
    ['p025', 0.25],
    ['p055', 0.55],
  ] as const) {
    it(`example 4.3: the gambler at p = ${headsProbability}`, () => {
      const game = gambler({ headsProbability });
      const exact = book.gambler[key]!;
      for (const { values } of [valueIteration(game, { theta: 1e-15 }), policyIteration(game)]) {
        for (const [capital, v] of Object.entries(exact.V)) {
          expect(Math.abs(values[Number(capital)]! - v)).toBeLessThan(VALUE_TOLERANCE);
        }
        const sum = values.slice(1, 100).reduce((a, b) => a + b, 0);
        expect(Math.abs(sum - exact.sum_V_1_99)).toBeLessThan(1e-6);
        const stakes = optimalActions(game, values, { tieTolerance: 1e-12 })
          .slice(1, 100)
          .map((set) => set[0]);
        expect(stakes).toEqual(exact.policy_smallest_stake_1to99);
      }
    });
    it(`example 4.3: in-place sweeps at p = ${headsProbability} are as many as the reference's`, () => {
      const { iterations } = valueIteration(gambler({ headsProbability }), { theta: 1e-15 });
      expect(Math.abs(iterations - book.gambler[key]!.sweeps_inplace_1e_15)).toBeLessThanOrEqual(
        headsProbability > 0.5 ? 30 : 1,
      );
    });
  }
  it("example 4.2: Jack's car rental with exact tails", () => {
    const rental = jacksCarRental();
    const { values, policy } = policyIteration(rental);
    expect(maxDifference(valueIteration(rental).values, values)).toBeLessThan(VALUE_TOLERANCE);
    expect(policy[20 * 21]! - 5).toBe(5);
    expect(policy[10 * 21 + 10]! - 5).toBe(0);
    expect(policy[20]! - 5).toBe(-4);
  }, 60_000);
  it('example 5.4: the value of hitting below 20 is −0.27726 within three standard errors', () => {
    const game = blackjack();
    const policy = Array.from({ length: 291 }, (_, s) => {
      const isEnd = s === 290;
      const hand = Math.floor(s / 10);
      const sum = hand === 28 ? 21 : hand < 18 ? hand + 4 : hand - 6;
      return isEnd ? -1 : sum >= 20 ? 0 : 1;
    });
    expect(Math.abs(policyEvaluation(game, policy)[191]! + 0.27726)).toBeLessThan(2.7e-4);
  });
  it('examples 6.2, 7.1: random walks', () => {
    const walk = randomWalk();
    expect(
      maxDifference(
        policyEvaluation(walk, [0, 0, 0, 0, 0]),
        [1, 2, 3, 4, 5].map((i) => i / 6),
      ),
    ).toBeLessThan(1e-12);
    const long = randomWalk({ states: 19, leftReward: -1 });
    const exact = Array.from({ length: 19 }, (_, i) => (i + 1) / 10 - 1);
    expect(maxDifference(policyEvaluation(long, uniformPolicy(long)), exact)).toBeLessThan(1e-12);
    const jumps = randomWalk({ states: 1000, jump: 100, leftReward: -1 });
    const values = policyEvaluation(jumps, uniformPolicy(jumps));
    expect(Math.abs(values[499]! + values[500]!)).toBeLessThan(1e-9);
    expect(maxDifference(bellmanExpectation(jumps, values, { policy: uniformPolicy(jumps) }), values)).toBeLessThan(
      1e-10,
    );
  });
  it('example 6.5 and exercises 6.9, 6.10: windy gridworlds', () => {
    const best = ([4, 8, 9] as const).map((moves) => valueIteration(windyGridWorld({ moves })).startValue);
    expect(best).toEqual([-15, -7, -7]);
    const stochastic = windyGridWorld({ moves: 8, stochastic: true });
    const { values } = policyIteration(stochastic);
    expect(maxDifference(valueIteration(stochastic).values, values)).toBeLessThan(VALUE_TOLERANCE);
  });
  it('example 8.1: the Dyna maze takes 14 steps', () => {
    expect(valueIteration(dynaMaze()).startValue).toBeCloseTo(0.95 ** 13, 12);
  });
  it('example 13.1: the short corridor', () => {
    const corridor = shortCorridor();
    const exact = book.short_corridor_ex13_1;
    const value = (p: number): number => {
      const row = [1 - p, p];
      return policyEvaluation(corridor, stochasticPolicy([row, row, row, [0, 0]]))[0]!;
    };
    expect(value(2 - Math.SQRT2)).toBeCloseTo(exact['v_star']!, 6);
    expect(value(0.95)).toBeCloseTo(exact['v_eps_right_p095']!, 6);
    expect(value(0.05)).toBeCloseTo(exact['v_eps_left_p005']!, 6);
    expect(value(0.5)).toBeCloseTo(exact['v_uniform']!, 6);
  });
  it('section 6.5: the cliff with ε = 0.1, exactly', () => {
    const cliff = problems.Cliff;
    const { policy } = policyIteration(cliff);
    const safe = Int32Array.from(policy);
    for (let s = 24; s < 35; s++) safe[s] = 1;
    const soft = policyEvaluation(cliff, epsilonSoftPolicy(cliff, safe, 0.1));
    expect(soft[36]).toBeCloseTo(book.cliff_walking_online.exact_eps01_return_of_shortest_path_policy, 5);
  });
  it('Russell & Norvig: the 4×3 world', () => {
    const world = gridWorld({ map: ['...G', '.#.H', 'S...'], slip: 0.2, stepReward: -0.04, rewards: { G: 1, H: -1 } });
    const { values } = valueIteration(world);
    expect(values[8]).toBeCloseTo(0.7053, 3);
    expect(values[2]).toBeCloseTo(0.9178, 3);
  });
});

describe('the ski resort', () => {
  const exact = reference.ski_resort;
  const names = Object.keys(exact.V_star);
  it('has the reference values and policy, also read from its JSON', () => {
    const { note, gamma, P } = exact;
    for (const mdp of [skiResort(), mdpFromJSON({ note, gamma, P })]) {
      const { values, policy } = valueIteration(mdp);
      expect(
        maxDifference(
          values,
          names.map((n) => exact.V_star[n]!),
        ),
      ).toBeLessThan(VALUE_TOLERANCE);
      expect(Array.from(policy, (a) => mdp.actionName(a))).toEqual(names.map((n) => exact.pi_star[n]));
      const uniform = policyEvaluation(mdp, uniformPolicy(mdp));
      expect(
        maxDifference(
          uniform,
          names.map((n) => exact.V_uniform_random[n]!),
        ),
      ).toBeLessThan(VALUE_TOLERANCE);
      expect(valueIteration(mdp, { order: 'synchronous', theta: 1e-13 }).iterations).toBe(exact.sync_sweeps_1e_13);
    }
  });
  it('Σ occupancy · reward is the start value', () => {
    const ski = skiResort();
    const policy = uniformPolicy(ski);
    const { stateActions, total } = occupancy(ski, { policy });
    const rewards = qValues(ski, new Float64Array(5));
    const sum = stateActions.reduce((all, x, i) => all + x * rewards[i]!, 0);
    expect(sum).toBeCloseTo(exact.V_uniform_random['Hotel']!, 7);
    expect(total).toBeCloseTo(10, 10);
  });
});
