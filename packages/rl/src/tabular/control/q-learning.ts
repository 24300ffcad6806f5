import { checkOptionNames } from '@gai/core/errors';
import { CONTROL_OPTIONS, ControlRun } from '../learning/control.ts';
import type { ControlOptions, ControlResult } from '../learning/control.ts';
import type { TabularEnv } from '../tabular-env.ts';

/**
 * Q-learning (Watkins 1989), off-policy TD control: `Q(s,a) ← Q(s,a) + α [r + γ max_a' Q(s',a') − Q(s,a)]`.
 *
 * Learns the values of the greedy policy while behaving ε-greedily; on the cliff it finds the shortest path and falls
 * while exploring. A truncated step still bootstraps from the next state, a terminated one does not.
 *
 * @param env - Discrete observations and actions. Reseeded from `seed` at the first reset.
 * @param options.episodes - How many episodes.
 * @param options.alpha - Step size, number or schedule. Default 0.1.
 * @param options.epsilon - Exploration, number or schedule. Default 0.1.
 * @throws ArgumentError for spaces that are not discrete or an option out of range.
 * @example
 * import { cliffWalking, evaluateHorizon, mdpEnv, qLearning } from '@gai/rl/tabular';
 * const { policy } = qLearning(mdpEnv(cliffWalking()), { episodes: 500, alpha: 0.5, gamma: 1, seed: 1 });
 * evaluateHorizon(cliffWalking(), { policy, horizon: 100 })[36]; // => -13
 * @see Sutton & Barto 2018, section 6.5
 * @category Control
 * @since 0.1.0
 */
export function qLearning(env: TabularEnv, options: ControlOptions): ControlResult {
  checkOptionNames('qLearning', options, CONTROL_OPTIONS);
  const run = new ControlRun('qLearning', env, options);
  const { q, actions, gamma } = run;
  const { numActions } = actions;
  while (run.next()) {
    const { alpha } = run;
    let state = run.reset();
    let sum = 0;
    let length = 0;
    for (let isOver = false; !isOver;) {
      const action = run.act(state);
      const { observation, reward, terminated, truncated } = run.step(action);
      const target = terminated ? reward : reward + gamma * actions.max(q, observation);
      const i = state * numActions + action;
      q[i]! += alpha * (target - q[i]!);
      state = observation;
      sum += reward;
      length++;
      isOver = terminated || truncated;
    }
    run.end(sum, length);
  }
  return run.result();
}

/**
 * What {@link doubleQLearning} returns: `q` is the mean of its two tables.
 *
 * @category Control
 * @since 0.1.0
 */
export interface DoubleQResult extends ControlResult {
  /** `[numStates · numActions]` */
  readonly q1: Float64Array;
  /** `[numStates · numActions]` */
  readonly q2: Float64Array;
}

/**
 * Double Q-learning (van Hasselt 2010): one table chooses the best next action, the other one values it.
 *
 * Removes the maximisation bias of {@link qLearning} where rewards are noisy. Behaves ε-greedily in `Q₁ + Q₂`.
 *
 * @param env - Discrete observations and actions. Reseeded from `seed` at the first reset.
 * @param options - As for {@link qLearning}.
 * @example
 * import { doubleQLearning, maximizationBias, maximizationBiasNoise, mdpEnv } from '@gai/rl/tabular';
 * const env = mdpEnv(maximizationBias(), { rewardNoise: maximizationBiasNoise });
 * doubleQLearning(env, { episodes: 5000, gamma: 1, seed: 0 }).policy[0]; // => 1
 * @see Sutton & Barto 2018, section 6.7
 * @category Control
 * @since 0.1.0
 */
export function doubleQLearning(env: TabularEnv, options: ControlOptions): DoubleQResult {
  checkOptionNames('doubleQLearning', options, CONTROL_OPTIONS);
  const run = new ControlRun('doubleQLearning', env, options);
  const { q: total, actions, gamma, random } = run;
  const q1 = Float64Array.from(total);
  const q2 = Float64Array.from(total);
  for (let i = 0; i < total.length; i++) total[i]! *= 2;
  while (run.next()) {
    let state = run.reset();
    let sum = 0;
    let length = 0;
    for (let isOver = false; !isOver;) {
      const action = run.act(state);
      const { observation, reward, terminated, truncated } = run.step(action);
      const [chooser, valuer] = random.uniform() < 0.5 ? [q1, q2] : [q2, q1];
      const i = state * actions.numActions + action;
      let target = reward;
      if (!terminated && actions.count(observation) > 0) {
        target += gamma * valuer[observation * actions.numActions + actions.greedy(chooser, observation, random)]!;
      }
      chooser[i]! += run.alpha * (target - chooser[i]!);
      total[i] = q1[i]! + q2[i]!;
      state = observation;
      sum += reward;
      length++;
      isOver = terminated || truncated;
    }
    run.end(sum, length);
  }
  return { ...run.result(total.map((x) => x / 2)), q1, q2 };
}
