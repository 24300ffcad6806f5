import { checkOptionNames } from '@gai/core/errors';
import { checkInteger } from '../errors.ts';
import { Random } from '../random.ts';
import type { BanditAgent } from './agents.ts';

/**
 * Options of {@link banditRun}.
 *
 * @category Bandits
 * @since 0.1.0
 */
export interface BanditRunOptions {
  /** Default 10. */
  readonly arms?: number | undefined;
  /** Pulls. Default 1000. */
  readonly steps?: number | undefined;
  /** Seeds the problem and the pulls. */
  readonly seed: number;
  /** Mean of the arms' values: 4 in the book's figure 2.5. Default 0. */
  readonly mean?: number | undefined;
  /** Standard deviation of a random walk every arm's value takes per step. Default 0. */
  readonly drift?: number | undefined;
}

/**
 * What happened in one run.
 *
 * @category Bandits
 * @since 0.1.0
 */
export interface BanditRun {
  /** `[steps]` */
  readonly rewards: Float64Array;
  /** `[steps]`: 1 where the best arm was pulled. */
  readonly optimal: Float64Array;
}

/**
 * One run on the ten-armed testbed: arm values drawn from N(mean, 1), rewards from N(value, 1).
 *
 * @param makeAgent - Called with the number of arms.
 * @param options.seed - One seed is one problem.
 * @example
 * import { banditRun, epsilonGreedyBandit, runMany } from '@gai/rl/tabular';
 * const { mean } = runMany((seed) => banditRun((k) => epsilonGreedyBandit(k), { seed }).optimal, { runs: 200 });
 * mean[999]! > 0.6; // => true
 * @see Sutton & Barto 2018, section 2.3
 * @category Bandits
 * @since 0.1.0
 */
export function banditRun(makeAgent: (arms: number) => BanditAgent, options: BanditRunOptions): BanditRun {
  checkOptionNames('banditRun', options, ['arms', 'steps', 'seed', 'mean', 'drift']);
  const { arms = 10, steps = 1000, seed, mean = 0, drift = 0 } = options;
  checkInteger('banditRun', 'arms', [arms, 1, 1_000_000]);
  checkInteger('banditRun', 'steps', [steps, 1, 1_000_000_000]);
  const problem = new Random(seed, 1);
  const random = new Random(seed, 2);
  const values = Float64Array.from({ length: arms }, () => mean + (drift > 0 ? 0 : problem.normal()));
  const agent = makeAgent(arms);
  const rewards = new Float64Array(steps);
  const optimal = new Float64Array(steps);
  for (let t = 0; t < steps; t++) {
    const arm = agent.select(random);
    const reward = values[arm]! + problem.normal();
    let best = 0;
    for (let a = 1; a < arms; a++) if (values[a]! > values[best]!) best = a;
    rewards[t] = reward;
    optimal[t] = values[arm] === values[best] ? 1 : 0;
    agent.update(arm, reward);
    if (drift > 0) for (let a = 0; a < arms; a++) values[a]! += drift * problem.normal();
  }
  return { rewards, optimal };
}
