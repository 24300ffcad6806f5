import { checkOptionNames } from '@gai/core/errors';
import type { GaiError } from '@gai/core/errors';
import { refusal } from '../errors.ts';
import { CONTROL_OPTIONS, ControlRun } from '../learning/control.ts';
import type { ControlOptions, ControlResult } from '../learning/control.ts';
import { ReturnMeans } from '../learning/return-means.ts';
import { truncationRule } from '../learning/truncation.ts';
import type { TruncationRule } from '../learning/truncation.ts';
import type { TabularEnv } from '../tabular-env.ts';

/**
 * Options of the Monte Carlo control methods: without `alpha` they average returns.
 *
 * @category Control
 * @since 0.1.0
 */
export interface MonteCarloControlOptions extends ControlOptions {
  /** Count only the first visit of a pair in an episode (default), or every one. */
  readonly visit?: 'first' | 'every' | undefined;
  /** What is made of truncated episodes. Default `'bootstrap'`: from the value of the ε-greedy policy. */
  readonly truncation?: TruncationRule | undefined;
}

/** The steps of one episode. */
class Episode {
  readonly pairs: number[] = [];
  readonly rewards: number[] = [];
  sum = 0;
  /** The state where the episode was truncated; null where it ended. */
  cutAt: number | null = null;

  clear(): void {
    this.pairs.length = 0;
    this.rewards.length = 0;
    this.sum = 0;
    this.cutAt = null;
  }

  add(pair: number, reward: number): void {
    this.pairs.push(pair);
    this.rewards.push(reward);
    this.sum += reward;
  }
}

/** Moves averages towards the returns of an episode, backwards. */
class ReturnAverages {
  readonly #run: ControlRun;
  readonly #means: ReturnMeans | null;
  readonly #lastSeen: Int32Array;
  readonly #isFirstVisit: boolean;
  readonly #rule: TruncationRule;

  constructor(op: string, run: ControlRun, options: MonteCarloControlOptions) {
    this.#run = run;
    this.#means = options.alpha === undefined ? new ReturnMeans(run.q, (state) => this.#valueOf(state)) : null;
    this.#lastSeen = new Int32Array(run.q.length);
    this.#isFirstVisit = options.visit !== 'every';
    this.#rule = truncationRule(op, options.truncation);
  }

  /** What the policy that acts is worth in a state. */
  #valueOf(state: number): number {
    const { actions, q, epsilon } = this.#run;
    return actions.expected(q, state, epsilon);
  }

  learn({ pairs, rewards, cutAt }: Episode): void {
    if (cutAt !== null && this.#rule === 'discard') return;
    const { q, gamma, alpha } = this.#run;
    if (this.#isFirstVisit) for (let t = pairs.length - 1; t >= 0; t--) this.#lastSeen[pairs[t]!] = t;
    let g = cutAt === null || this.#means !== null ? 0 : this.#valueOf(cutAt);
    let discount = 1;
    for (let t = pairs.length - 1; t >= 0; t--) {
      const i = pairs[t]!;
      g = rewards[t]! + gamma * g;
      discount *= gamma;
      if (this.#isFirstVisit && this.#lastSeen[i] !== t) continue;
      if (this.#means !== null) this.#means.add(i, [g, 1], cutAt === null ? null : { state: cutAt, discount });
      else q[i]! += alpha * (g - q[i]!);
    }
  }
}

/** Plays on from `state` with ε-greedy actions, the first one given. */
function play(run: ControlRun, episode: Episode, [start, first]: readonly [number, number]): void {
  let state = start;
  let action = first;
  for (let isOver = false; !isOver;) {
    const pair = state * run.actions.numActions + action;
    const { observation, reward, terminated, truncated } = run.step(action);
    episode.add(pair, reward);
    state = observation;
    isOver = terminated || truncated;
    if (!isOver) action = run.act(state);
    else if (!terminated) episode.cutAt = state;
  }
}

/**
 * On-policy Monte Carlo control for ε-greedy policies: Q is the mean return after each pair, the policy ε-greedy in Q.
 *
 * Episodes must end: with γ = 1 and a policy that runs in circles give the env a step limit. An episode it cuts off goes
 * on with the value of the ε-greedy policy where it was cut, or is left out (`truncation`).
 *
 * @param env - Discrete observations and actions. Reseeded from `seed` at the first reset.
 * @param options.visit - `'first'` (default) or `'every'`.
 * @param options.alpha - A constant step size or schedule instead of averaging. Default averaging.
 * @example
 * import { blackjack, blackjackState, mcControl, mdpEnv } from '@gai/rl/tabular';
 * const { policy } = mcControl(mdpEnv(blackjack()), { episodes: 50_000, gamma: 1, seed: 0 });
 * policy[blackjackState({ playerSum: 20, dealerCard: 10, usableAce: false })]; // => 0
 * @see Sutton & Barto 2018, section 5.4
 * @category Control
 * @since 0.1.0
 */
export function mcControl(env: TabularEnv, options: MonteCarloControlOptions): ControlResult {
  checkOptionNames('mcControl', options, ['visit', 'truncation', ...CONTROL_OPTIONS]);
  const run = new ControlRun('mcControl', env, options);
  const averages = new ReturnAverages('mcControl', run, options);
  const episode = new Episode();
  while (run.next()) {
    episode.clear();
    const state = run.reset();
    play(run, episode, [state, run.act(state)]);
    averages.learn(episode);
    run.end(episode.sum, episode.pairs.length);
  }
  return run.result();
}

/**
 * Monte Carlo with exploring starts (Monte Carlo ES): every episode begins with a random state and action, then is
 * greedy.
 *
 * The env must honour `reset({ options: { state } })`, as every env of this package does. Greedy behaviour may run in
 * circles: give the env a step limit where it can; what it cuts off is treated as in {@link mcControl}.
 *
 * @param env - Discrete observations and actions. Reseeded from `seed` at the first reset.
 * @param options - As for {@link mcControl}; `epsilon` is ignored.
 * @throws ArgumentError if a reset does not start where it was told.
 * @example
 * import { blackjack, blackjackState, mcExploringStarts, mdpEnv } from '@gai/rl/tabular';
 * const { policy } = mcExploringStarts(mdpEnv(blackjack()), { episodes: 100_000, gamma: 1, seed: 0 });
 * policy[blackjackState({ playerSum: 20, dealerCard: 7, usableAce: false })]; // => 0
 * @see Sutton & Barto 2018, section 5.3
 * @category Control
 * @since 0.1.0
 */
export function mcExploringStarts(env: TabularEnv, options: MonteCarloControlOptions): ControlResult {
  checkOptionNames('mcExploringStarts', options, ['visit', 'truncation', ...CONTROL_OPTIONS]);
  const run = new ControlRun('mcExploringStarts', env, { ...options, epsilon: 0 });
  const averages = new ReturnAverages('mcExploringStarts', run, options);
  const episode = new Episode();
  const starts = Array.from({ length: run.actions.numStates }, (_, s) => s).filter((s) => run.actions.count(s) > 0);
  while (run.next()) {
    episode.clear();
    run.reset();
    const state = starts[run.random.integer(starts.length)]!;
    const { observation } = env.reset({ options: { state } });
    if (observation !== state) throw wrongStart(state, observation);
    play(run, episode, [state, run.actions.any(state, run.random)]);
    averages.learn(episode);
    run.end(episode.sum, episode.pairs.length);
  }
  return run.result();
}

function wrongStart(state: number, observation: number): GaiError {
  return refusal('ARGUMENT', {
    op: 'mcExploringStarts',
    problem: 'the env does not start where it is told',
    got: `observation ${observation} after reset({ options: { state: ${state} } })`,
    expected: `observation ${state}`,
    fix: 'Use an env that honours options.state, or mcControl.',
  });
}

/**
 * Off-policy Monte Carlo control: learns the greedy policy from ε-greedy episodes by weighted importance sampling.
 *
 * Each episode teaches from its end back to the last action that is not greedy: little where exploration is frequent. An
 * episode that was truncated has no end and teaches nothing. Greedy means the best of the actions *tried* so far: an
 * untried one keeps its initial value, which is no estimate, and where rewards are negative it would win for ever.
 *
 * @param env - Discrete observations and actions. Reseeded from `seed` at the first reset.
 * @param options - As for {@link qLearning}; `alpha` is ignored, weights take its place.
 * @returns `policy` and `values` are those of tried actions; where none was, the first action and its initial value.
 * @example
 * import { gridWorld4x4, mdpEnv, offPolicyMCControl } from '@gai/rl/tabular';
 * const { values } = offPolicyMCControl(mdpEnv(gridWorld4x4()), { episodes: 2000, gamma: 1, epsilon: 0.3, seed: 0 });
 * values[1]; // => -1
 * @see Sutton & Barto 2018, section 5.7
 * @category Control
 * @since 0.1.0
 */
export function offPolicyMCControl(env: TabularEnv, options: ControlOptions): ControlResult {
  checkOptionNames('offPolicyMCControl', options, CONTROL_OPTIONS);
  const run = new ControlRun('offPolicyMCControl', env, options);
  const { q, gamma, actions, random } = run;
  const { numActions } = actions;
  const weights = new Float64Array(q.length);
  const target = Int32Array.from({ length: actions.numStates }, (_, s) =>
    actions.count(s) > 0 ? actions.list[actions.offsets[s]!]! : -1,
  );
  const episode = new Episode();
  while (run.next()) {
    episode.clear();
    let state = run.reset();
    for (let isOver = false; !isOver;) {
      const action = random.uniform() < run.epsilon ? actions.any(state, random) : target[state]!;
      const { observation, reward, terminated, truncated } = run.step(action);
      episode.add(state * numActions + action, reward);
      state = observation;
      isOver = terminated || truncated;
      if (isOver && !terminated) episode.cutAt = state;
    }
    if (episode.cutAt === null) learnBackwards(episode);
    run.end(episode.sum, episode.pairs.length);
  }
  const values = Float64Array.from(target, (action, s) => (action < 0 ? 0 : q[s * numActions + action]!));
  return { ...run.result(), policy: target, values };

  /** Learns from the tail of greedy actions; the first action that is not greedy ends it. */
  function learnBackwards({ pairs, rewards }: Episode): void {
    const played = Int32Array.from(target);
    let g = 0;
    let w = 1;
    for (let t = pairs.length - 1; t >= 0; t--) {
      const i = pairs[t]!;
      const s = Math.floor(i / numActions);
      const action = i % numActions;
      g = rewards[t]! + gamma * g;
      weights[i]! += w;
      q[i]! += (w / weights[i]!) * (g - q[i]!);
      target[s] = bestTried(s);
      if (action !== target[s]) return;
      w /= run.epsilon / actions.count(s) + (action === played[s] ? 1 - run.epsilon : 0);
    }
  }

  /** The best of the actions that have a weight, the lowest among ties. */
  function bestTried(s: number): number {
    let best = -Infinity;
    let action = target[s]!;
    for (let i = actions.offsets[s]!; i < actions.offsets[s + 1]!; i++) {
      const pair = s * numActions + actions.list[i]!;
      if (weights[pair] === 0 || q[pair]! <= best) continue;
      best = q[pair]!;
      action = actions.list[i]!;
    }
    return action;
  }
}
