import { checkOptionNames } from '@gai/core/errors';
import { checkNumber } from '../errors.ts';
import type { Random } from '../random.ts';

/**
 * A bandit algorithm: chooses an arm, then learns its reward. Make a fresh one for each run.
 *
 * @category Bandits
 * @since 0.1.0
 */
export interface BanditAgent {
  select(random: Random): number;
  update(arm: number, reward: number): void;
}

/** Arm values as sample averages (α undefined) or with a constant step size. */
class ArmValues {
  readonly values: Float64Array;
  readonly counts: Float64Array;
  readonly #alpha: number | undefined;

  constructor(arms: number, initial: number, alpha?: number) {
    this.values = new Float64Array(arms).fill(initial);
    this.counts = new Float64Array(arms);
    this.#alpha = alpha;
  }

  learn(arm: number, reward: number): void {
    const count = ++this.counts[arm]!;
    this.values[arm]! += (this.#alpha ?? 1 / count) * (reward - this.values[arm]!);
  }
}

/** The index of the largest entry, ties broken at random. */
function argmax(values: ArrayLike<number>, random: Random): number {
  let best = 0;
  let ties = 1;
  for (let i = 1; i < values.length; i++) {
    if (values[i]! > values[best]!) {
      best = i;
      ties = 1;
    } else if (values[i] === values[best] && random.integer(++ties) === 0) best = i;
  }
  return best;
}

/**
 * ε-greedy: a random arm with probability ε, else the best so far. With `initial` above all rewards, optimistic.
 *
 * @param arms - How many arms.
 * @param options.epsilon - Default 0.1.
 * @param options.initial - First value of every arm. Default 0; 5 with ε = 0 and α = 0.1 is the book's optimistic
 * greedy.
 * @param options.alpha - Constant step size, for arms that change. Default sample averages.
 * @example
 * import { epsilonGreedyBandit, Random } from '@gai/rl/tabular';
 * const agent = epsilonGreedyBandit(2, { epsilon: 0 });
 * agent.update(1, 5);
 * agent.select(new Random(0)); // => 1
 * @see Sutton & Barto 2018, sections 2.2 to 2.6
 * @category Bandits
 * @since 0.1.0
 */
export function epsilonGreedyBandit(
  arms: number,
  options: { readonly epsilon?: number; readonly initial?: number; readonly alpha?: number } = {},
): BanditAgent {
  checkOptionNames('epsilonGreedyBandit', options, ['epsilon', 'initial', 'alpha']);
  const { epsilon = 0.1, initial = 0, alpha } = options;
  checkNumber('epsilonGreedyBandit', 'epsilon', [epsilon, 0, 1]);
  const q = new ArmValues(arms, initial, alpha);
  return {
    select: (random) => (random.uniform() < epsilon ? random.integer(arms) : argmax(q.values, random)),
    update: (arm, reward) => q.learn(arm, reward),
  };
}

/**
 * Upper confidence bound: the arm of largest `Q(a) + c √(ln t / N(a))`; untried arms first.
 *
 * @param arms - How many arms.
 * @param options.c - Default 2.
 * @example
 * import { Random, ucbBandit } from '@gai/rl/tabular';
 * const agent = ucbBandit(3);
 * agent.update(0, 9);
 * agent.select(new Random(0)) > 0; // => true
 * @see Sutton & Barto 2018, section 2.7
 * @category Bandits
 * @since 0.1.0
 */
export function ucbBandit(arms: number, options: { readonly c?: number } = {}): BanditAgent {
  checkOptionNames('ucbBandit', options, ['c']);
  const { c = 2 } = options;
  checkNumber('ucbBandit', 'c', [c, 0, Infinity]);
  const q = new ArmValues(arms, 0);
  const bounds = new Float64Array(arms);
  let time = 0;
  return {
    select(random) {
      for (let a = 0; a < arms; a++) {
        const count = q.counts[a]!;
        bounds[a] = count === 0 ? Infinity : q.values[a]! + c * Math.sqrt(Math.log(time + 1) / count);
      }
      return argmax(bounds, random);
    },
    update(arm, reward) {
      time++;
      q.learn(arm, reward);
    },
  };
}

/**
 * Gradient bandit: preferences H with `π = softmax(H)`, `H(a) ← H(a) + α (R − R̄) (1[a taken] − π(a))`.
 *
 * @param arms - How many arms.
 * @param options.alpha - Default 0.1.
 * @param options.baseline - Subtract the mean reward R̄? Default true.
 * @example
 * import { gradientBandit, Random } from '@gai/rl/tabular';
 * const agent = gradientBandit(2, { baseline: false, alpha: 1 });
 * for (let i = 0; i < 50; i++) agent.update(1, 1);
 * agent.select(new Random(0)); // => 1
 * @see Sutton & Barto 2018, section 2.8
 * @category Bandits
 * @since 0.1.0
 */
export function gradientBandit(
  arms: number,
  options: { readonly alpha?: number; readonly baseline?: boolean } = {},
): BanditAgent {
  checkOptionNames('gradientBandit', options, ['alpha', 'baseline']);
  const { alpha = 0.1, baseline = true } = options;
  checkNumber('gradientBandit', 'alpha', [alpha, 0, Infinity]);
  const preferences = new Float64Array(arms);
  const pi = new Float64Array(arms).fill(1 / arms);
  let mean = 0;
  let time = 0;
  return {
    select: (random) => random.choice(pi),
    update(arm, reward) {
      time++;
      if (baseline) mean += (reward - mean) / time;
      const step = alpha * (reward - mean);
      for (let a = 0; a < arms; a++) preferences[a]! += step * ((a === arm ? 1 : 0) - pi[a]!);
      const top = Math.max(...preferences);
      let sum = 0;
      for (let a = 0; a < arms; a++) sum += pi[a] = Math.exp(preferences[a]! - top);
      for (let a = 0; a < arms; a++) pi[a]! /= sum;
    },
  };
}

/**
 * Thompson sampling: draws each arm's mean from its posterior and takes the best.
 *
 * `'bernoulli'` (rewards 0 or 1): Beta(1, 1) prior. `'gaussian'` (unit variance): N(0, 1) prior on the mean.
 *
 * @param arms - How many arms.
 * @param options.rewards - Default `'gaussian'`.
 * @example
 * import { Random, thompsonBandit } from '@gai/rl/tabular';
 * const agent = thompsonBandit(2, { rewards: 'bernoulli' });
 * for (let i = 0; i < 500; i++) agent.update(i % 2, i % 2);
 * agent.select(new Random(0)); // => 1
 * @see Thompson 1933; Russo et al. 2018, https://arxiv.org/abs/1707.02038
 * @category Bandits
 * @since 0.1.0
 */
export function thompsonBandit(
  arms: number,
  options: { readonly rewards?: 'gaussian' | 'bernoulli' } = {},
): BanditAgent {
  checkOptionNames('thompsonBandit', options, ['rewards']);
  const sums = new Float64Array(arms);
  const counts = new Float64Array(arms);
  const draws = new Float64Array(arms);
  const isBernoulli = options.rewards === 'bernoulli';
  return {
    select(random) {
      for (let a = 0; a < arms; a++) {
        const n = counts[a]!;
        draws[a] = isBernoulli
          ? random.beta(1 + sums[a]!, 1 + n - sums[a]!)
          : sums[a]! / (n + 1) + random.normal() / Math.sqrt(n + 1);
      }
      return argmax(draws, random);
    },
    update(arm, reward) {
      sums[arm]! += reward;
      counts[arm]!++;
    },
  };
}
