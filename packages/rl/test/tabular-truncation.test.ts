import { describe, expect, it } from 'vitest';
import {
  blackjack,
  cliffWalking,
  dynaMaze,
  dynaQ,
  epsilonSoftPolicy,
  evaluateHorizon,
  expectedSarsa,
  gradientMC,
  gridWorld4x4,
  lambdaReturn,
  mcControl,
  mcExploringStarts,
  mcPrediction,
  mdpEnv,
  nStepSarsa,
  nStepTD,
  offPolicyMCControl,
  offPolicyPrediction,
  policyEvaluation,
  prioritizedSweeping,
  qLearning,
  randomWalk,
  sarsa,
  sarsaLambda,
  semiGradientTD,
  skiResort,
  stateAggregation,
  stochasticPolicy,
  tdLambda,
  treeBackup,
  uniformPolicy,
  valueIteration,
} from '@gai/rl/tabular';
import type { ControlOptions, ControlResult, TabularEnv } from '@gai/rl/tabular';

const TRUE_VALUES = [1, 2, 3, 4, 5].map((i) => i / 6);
/** Three of four episodes of the walk are cut off by so short a limit. */
const cutWalk = (maxEpisodeSteps = 4) => mdpEnv(randomWalk(), { maxEpisodeSteps });
const worst = (values: ArrayLike<number>, truth: ArrayLike<number> = TRUE_VALUES): number =>
  Math.max(...Array.from(truth, (value, s) => Math.abs(values[s]! - value)));

describe('an episode that was truncated has not ended', () => {
  it.each(['first', 'every'] as const)('mcPrediction, %s visit, finds the values of the walk', (visit) => {
    const { values } = mcPrediction(cutWalk(), { episodes: 50_000, seed: 1, visit });
    expect(worst(values)).toBeLessThan(0.02);
  });

  it('mcPrediction with a step size', () => {
    const { values } = mcPrediction(cutWalk(), { episodes: 50_000, seed: 1, alpha: 0.01 });
    expect(worst(values)).toBeLessThan(0.05);
  });

  it('left out, as chosen, the values are those of short episodes', () => {
    const { values } = mcPrediction(cutWalk(), { episodes: 50_000, seed: 1, truncation: 'discard' });
    // From the middle only straight ways end in time.
    expect(values[4]).toBeCloseTo(1, 2);
    expect(values[0]).toBeCloseTo(0, 2);
    expect(values[2]).toBeCloseTo(0.5, 1);
  });

  it('gradientMC', () => {
    const options = { features: stateAggregation(5, 5), episodes: 50_000, alpha: 0.01, seed: 1 };
    const { value } = gradientMC(cutWalk(), options);
    expect(worst([0, 1, 2, 3, 4].map(value))).toBeLessThan(0.05);
    const left = gradientMC(cutWalk(), { ...options, episodes: 5000, truncation: 'discard' });
    expect(left.value(4)).toBeGreaterThan(0.95);
  });

  it.each(['weighted', 'ordinary'] as const)('offPolicyPrediction, %s', (weighting) => {
    const grid = gridWorld4x4();
    const target = epsilonSoftPolicy(grid, valueIteration(grid, { gamma: 0.9 }).policy, 0.5);
    const options = { episodes: 60_000, policy: uniformPolicy(grid), target, weighting, gamma: 0.9, seed: 2 };
    const exact = policyEvaluation(grid, target, { gamma: 0.9 });
    const { values } = offPolicyPrediction(mdpEnv(grid, { maxEpisodeSteps: 5 }), options);
    expect(worst(values, exact)).toBeLessThan(weighting === 'weighted' ? 0.15 : 0.6);
  });

  it('mcControl and mcExploringStarts on a task that never ends', () => {
    const ski = skiResort();
    const best = valueIteration(ski, { gamma: 0.9 }).policy;
    const env = mdpEnv(ski, { maxEpisodeSteps: 10 });
    const started = mcExploringStarts(env, { episodes: 20_000, gamma: 0.9, seed: 0 });
    expect([...started.policy]).toEqual([...best]);
    const { policy, values } = mcControl(env, { episodes: 20_000, gamma: 0.9, epsilon: 0.1, seed: 0 });
    expect([...policy]).toEqual([...best]);
    const soft = policyEvaluation(ski, epsilonSoftPolicy(ski, best, 0.1), { gamma: 0.9 });
    expect(Math.abs(values[0]! - soft[0]!)).toBeLessThan(0.5);
  });
});

describe('the stated equalities hold where episodes are cut', () => {
  const options = { episodes: 60, alpha: 0.1, initialValues: 0.3, seed: 5 };
  const monteCarlo = mcPrediction(cutWalk(), options).values;

  it('λ = 1 is every-visit Monte Carlo', () => {
    expect(lambdaReturn(cutWalk(), { ...options, lambda: 1 }).values).toEqual(monteCarlo);
    const offline = tdLambda(cutWalk(), { ...options, lambda: 1, offline: true }).values;
    const together = lambdaReturn(cutWalk(), { ...options, lambda: 1, together: true }).values;
    expect(worst(offline, together)).toBeLessThan(1e-12);
  });

  it.each([4, 5, 1000])('n = %d, beyond the episode, is Monte Carlo', (n) => {
    expect(nStepTD(cutWalk(), { ...options, n }).values).toEqual(monteCarlo);
  });

  it('and so with features', () => {
    const linear = { features: stateAggregation(5, 3), episodes: 60, alpha: 0.1, seed: 5 };
    const { weights } = gradientMC(cutWalk(), linear);
    expect(worst(semiGradientTD(cutWalk(), { ...linear, n: 100 }).weights, weights)).toBeLessThan(1e-12);
  });
});

describe('offPolicyMCControl', () => {
  it('compares tried actions only, so that it learns where rewards are negative', () => {
    const grid = gridWorld4x4();
    const result = offPolicyMCControl(mdpEnv(grid), { episodes: 20_000, gamma: 1, epsilon: 0.3, seed: 0 });
    const changed = result.q.filter((value) => value !== 0).length;
    expect(changed).toBeGreaterThan(50);
    const { values } = valueIteration(grid, { gamma: 1 });
    const worth = evaluateHorizon(grid, { policy: result.policy, horizon: 100, gamma: 1 });
    expect(worst(worth.slice(0, values.length), values)).toBe(0);
    expect(worst(result.values, values)).toBeLessThan(0.02);
  });

  it('never learns from an episode that was truncated', () => {
    const env = mdpEnv(gridWorld4x4(), { maxEpisodeSteps: 1 });
    const { q } = offPolicyMCControl(env, { episodes: 3000, epsilon: 0.3, seed: 0 });
    // Only the moves into an end are whole episodes of one step.
    for (const value of q) expect([0, -1]).toContain(value);
    const never = mdpEnv(skiResort(), { maxEpisodeSteps: 60 });
    expect(offPolicyMCControl(never, { episodes: 100, epsilon: 0.3, seed: 0 }).q.every((value) => value === 0)).toBe(
      true,
    );
  });
});

describe('offPolicyPrediction', () => {
  it('refuses a behaviour that never takes an action of the target', () => {
    const game = blackjack();
    const always = stochasticPolicy(Array.from({ length: game.numStates }, () => [1, 0]));
    const options = { episodes: 100, seed: 0, policy: always, target: new Int32Array(game.numStates).fill(1) };
    expect(() => offPolicyPrediction(mdpEnv(game), options)).toThrow(
      /offPolicyPrediction: the behaviour never takes an action of the target\. Got probability 0 in policy for action 1 of state \d+/,
    );
    expect(() =>
      offPolicyPrediction(mdpEnv(game), { ...options, target: new Int32Array(game.numStates) }),
    ).not.toThrow();
  });
});

describe('maxSteps is looked at within an episode', () => {
  const methods: Record<string, (env: TabularEnv, options: ControlOptions) => ControlResult> = {
    qLearning,
    sarsa,
    expectedSarsa,
    nStepSarsa,
    treeBackup,
    sarsaLambda,
    dynaQ,
    prioritizedSweeping,
    mcControl,
    mcExploringStarts,
    offPolicyMCControl,
  };
  it.each(Object.keys(methods))('%s stops at step 1,000 of an episode of 5,000', (name) => {
    const env = mdpEnv(skiResort(), { maxEpisodeSteps: 5000 });
    const result = methods[name]!(env, { episodes: 10, gamma: 0.9, maxSteps: 1000, seed: 0 });
    expect(result.steps).toBe(1000);
    expect([...result.lengths]).toEqual([1000]);
  });

  it('stops a task that never ends, and bootstraps where it stops', () => {
    const { steps, values } = qLearning(mdpEnv(skiResort()), { episodes: 1, gamma: 0.9, maxSteps: 20_000, seed: 0 });
    expect(steps).toBe(20_000);
    expect(values[0]).toBeGreaterThan(1);
  });

  it('counts over episodes, and leaves an episode alone that ends at the limit', () => {
    const { lengths, steps } = qLearning(mdpEnv(dynaMaze()), { episodes: 100, maxSteps: 3000, seed: 0 });
    expect(steps).toBe(3000);
    expect(lengths.reduce((a, b) => a + b)).toBe(3000);
    const env = mdpEnv(cliffWalking());
    expect(() => qLearning(env, { episodes: 1, maxSteps: 0 })).toThrow('Got maxSteps 0');
  });
});
