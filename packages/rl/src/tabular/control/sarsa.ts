import { checkOptionNames } from '@gai/core/errors';
import { CONTROL_OPTIONS, ControlRun } from '../learning/control.ts';
import type { ControlOptions, ControlResult } from '../learning/control.ts';
import type { TabularEnv } from '../tabular-env.ts';

/**
 * SARSA, on-policy TD control: `Q(s,a) ← Q(s,a) + α [r + γ Q(s',a') − Q(s,a)]`, a' being the action taken next.
 *
 * Learns the values of the ε-greedy policy it follows; on the cliff it walks the safe way.
 *
 * @param env - Discrete observations and actions. Reseeded from `seed` at the first reset.
 * @param options - As for {@link qLearning}.
 * @example
 * import { mdpEnv, sarsa, windyGridWorld } from '@gai/rl/tabular';
 * const { lengths } = sarsa(mdpEnv(windyGridWorld()), { episodes: 500, alpha: 0.5, gamma: 1, seed: 0 });
 * lengths[499]! < 60; // => true
 * @see Sutton & Barto 2018, section 6.4
 * @category Control
 * @since 0.1.0
 */
export function sarsa(env: TabularEnv, options: ControlOptions): ControlResult {
  checkOptionNames('sarsa', options, CONTROL_OPTIONS);
  const run = new ControlRun('sarsa', env, options);
  const { q, gamma } = run;
  const { numActions } = run.actions;
  while (run.next()) {
    let state = run.reset();
    let action = run.act(state);
    let sum = 0;
    let length = 0;
    for (let isOver = false; !isOver;) {
      const { observation, reward, terminated, truncated } = run.step(action);
      const i = state * numActions + action;
      let target = reward;
      if (!terminated) {
        action = run.act(observation);
        target += gamma * q[observation * numActions + action]!;
      }
      q[i]! += run.alpha * (target - q[i]!);
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
 * Expected SARSA: `Q(s,a) ← Q(s,a) + α [r + γ Σ π(a'|s') Q(s',a') − Q(s,a)]` with π ε-greedy.
 *
 * As {@link sarsa} without the randomness of the next action, so it stands larger step sizes (α = 1 on the cliff).
 *
 * @param env - Discrete observations and actions. Reseeded from `seed` at the first reset.
 * @param options - As for {@link qLearning}.
 * @example
 * import { cliffWalking, expectedSarsa, mdpEnv } from '@gai/rl/tabular';
 * const { returns } = expectedSarsa(mdpEnv(cliffWalking()), { episodes: 300, alpha: 1, gamma: 1, seed: 0 });
 * returns.slice(200).reduce((a, b) => a + b, 0) / 100 > -40; // => true
 * @see Sutton & Barto 2018, section 6.6
 * @category Control
 * @since 0.1.0
 */
export function expectedSarsa(env: TabularEnv, options: ControlOptions): ControlResult {
  checkOptionNames('expectedSarsa', options, CONTROL_OPTIONS);
  const run = new ControlRun('expectedSarsa', env, options);
  const { q, gamma, actions } = run;
  while (run.next()) {
    let state = run.reset();
    let sum = 0;
    let length = 0;
    for (let isOver = false; !isOver;) {
      const action = run.act(state);
      const { observation, reward, terminated, truncated } = run.step(action);
      const target = terminated ? reward : reward + gamma * actions.expected(q, observation, run.epsilon);
      const i = state * actions.numActions + action;
      q[i]! += run.alpha * (target - q[i]!);
      state = observation;
      sum += reward;
      length++;
      isOver = terminated || truncated;
    }
    run.end(sum, length);
  }
  return run.result();
}
