import { checkOptionNames } from '@gai/core/errors';
import { checkInteger, checkNumber } from '../errors.ts';
import { CONTROL_OPTIONS, ControlRun } from '../learning/control.ts';
import type { ControlOptions, ControlResult } from '../learning/control.ts';
import type { TabularEnv } from '../tabular-env.ts';

/**
 * Options of {@link nStepSarsa}.
 *
 * @category Control
 * @since 0.1.0
 */
export interface NStepControlOptions extends ControlOptions {
  /** Rewards before bootstrapping, n ≥ 1. Default 4. */
  readonly n?: number | undefined;
}

/**
 * Options of {@link treeBackup} and {@link qSigma}.
 *
 * @category Control
 * @since 0.1.0
 */
export interface QSigmaOptions extends NStepControlOptions {
  /** 1 samples the next action, 0 takes the expectation over it; between them a mixture. Default 0.5. */
  readonly sigma?: number | undefined;
  /** ε of the target policy. Default 0: the greedy policy, learned off-policy. */
  readonly targetEpsilon?: number | undefined;
}

/** The last steps of an episode: `states[k]`, `actions[k]`, then `rewards[k]` on leaving them. */
interface Trace {
  readonly states: number[];
  readonly actions: number[];
  readonly rewards: number[];
}

/** Plays one episode; calls `update(τ, h, isTerminal)` when the n-step return of step τ up to step h is known. */
function playNStep(
  run: ControlRun,
  n: number,
  update: (trace: Trace, tau: number, horizon: readonly [end: number, isTerminal: boolean]) => void,
): void {
  const trace: Trace = { states: [run.reset()], actions: [], rewards: [] };
  trace.actions.push(run.act(trace.states[0]!));
  let sum = 0;
  let isOver = false;
  let isTerminal = false;
  for (let t = 0, tau = 0; !isOver || tau < trace.rewards.length; t++) {
    if (!isOver) {
      const { observation, reward, terminated, truncated } = run.step(trace.actions[t]!);
      trace.rewards.push(reward);
      trace.states.push(observation);
      if (!terminated) trace.actions.push(run.act(observation));
      sum += reward;
      isOver = terminated || truncated;
      isTerminal = terminated;
    }
    if (t - n + 1 < 0) continue;
    tau = t - n + 1;
    const end = Math.min(tau + n, trace.rewards.length);
    if (tau < trace.rewards.length) update(trace, tau, [end, isTerminal && end === trace.rewards.length]);
    if (isOver) tau++;
  }
  run.end(sum, trace.rewards.length);
}

/**
 * n-step SARSA: `Q(s_τ,a_τ) ← Q + α [Σ_{k<n} γ^k r_{τ+k+1} + γ^n Q(s_{τ+n}, a_{τ+n}) − Q]`.
 *
 * n = 1 is {@link sarsa}, large n approaches Monte Carlo; in between credit travels n steps per episode.
 *
 * @param env - Discrete observations and actions. Reseeded from `seed` at the first reset.
 * @param options.n - Default 4.
 * @example
 * import { dynaMaze, mdpEnv, nStepSarsa } from '@gai/rl/tabular';
 * nStepSarsa(mdpEnv(dynaMaze()), { episodes: 50, n: 4, gamma: 0.95, seed: 0 }).lengths[49]! < 200; // => true
 * @see Sutton & Barto 2018, section 7.2
 * @category Control
 * @since 0.1.0
 */
export function nStepSarsa(env: TabularEnv, options: NStepControlOptions): ControlResult {
  checkOptionNames('nStepSarsa', options, ['n', ...CONTROL_OPTIONS]);
  const run = new ControlRun('nStepSarsa', env, options);
  const n = options.n ?? 4;
  checkInteger('nStepSarsa', 'n', [n, 1, 1e9]);
  const { q, gamma, actions } = run;
  while (run.next()) {
    playNStep(run, n, ({ states, actions: taken, rewards }, tau, [end, isTerminal]) => {
      let g = isTerminal ? 0 : q[states[end]! * actions.numActions + taken[end]!]!;
      for (let k = end - 1; k >= tau; k--) g = rewards[k]! + gamma * g;
      const i = states[tau]! * actions.numActions + taken[tau]!;
      q[i]! += run.alpha * (g - q[i]!);
    });
  }
  return run.result();
}

/**
 * n-step Q(σ): at every step σ mixes sampling the next action with taking the expectation over it,
 * `G_k = r + γ (σρ + (1−σ) π(a'|s')) (G_{k+1} − Q(s',a')) + γ Σ π(a|s') Q(s',a)`.
 *
 * σ = 0 is {@link treeBackup}; σ = 1 is SARSA with importance ratios ρ = π/b and the expectation as control variate.
 * The target policy is ε-greedy with `targetEpsilon` (default 0), the behaviour ε-greedy with `epsilon`.
 *
 * @param env - Discrete observations and actions. Reseeded from `seed` at the first reset.
 * @param options.sigma - From 0 to 1. Default 0.5.
 * @param options.n - Default 4.
 * @example
 * import { mdpEnv, qSigma, skiResort } from '@gai/rl/tabular';
 * const env = mdpEnv(skiResort(), { maxEpisodeSteps: 200 });
 * Array.from(qSigma(env, { episodes: 300, gamma: 0.9, epsilon: 0.3, seed: 0 }).policy.slice(3)); // => [1, 1]
 * @see Sutton & Barto 2018, section 7.6
 * @category Control
 * @since 0.1.0
 */
export function qSigma(env: TabularEnv, options: QSigmaOptions): ControlResult {
  checkOptionNames('qSigma', options, ['sigma', 'targetEpsilon', 'n', ...CONTROL_OPTIONS]);
  return learnQSigma('qSigma', env, options);
}

function learnQSigma(op: string, env: TabularEnv, options: QSigmaOptions): ControlResult {
  const run = new ControlRun(op, env, options);
  const { n = 4, sigma = 0.5, targetEpsilon = 0 } = options;
  checkInteger(op, 'n', [n, 1, 1e9]);
  checkNumber(op, 'sigma', [sigma, 0, 1]);
  checkNumber(op, 'targetEpsilon', [targetEpsilon, 0, 1]);
  const { q, gamma, actions } = run;
  while (run.next()) {
    playNStep(run, n, ({ states, actions: taken, rewards }, tau, [end, isTerminal]) => {
      const last = end - 1;
      let g = rewards[last]! + (isTerminal ? 0 : gamma * actions.expected(q, states[end]!, targetEpsilon));
      for (let k = last - 1; k >= tau; k--) {
        const s = states[k + 1]!;
        const a = taken[k + 1]!;
        const pi = actions.probability([q, s], a, targetEpsilon);
        const rho = sigma === 0 ? 0 : pi / actions.probability([q, s], a, run.epsilon);
        const correction = (sigma * rho + (1 - sigma) * pi) * (g - q[s * actions.numActions + a]!);
        g = rewards[k]! + gamma * (correction + actions.expected(q, s, targetEpsilon));
      }
      const i = states[tau]! * actions.numActions + taken[tau]!;
      q[i]! += run.alpha * (g - q[i]!);
    });
  }
  return run.result();
}

/**
 * n-step tree backup (Precup, Sutton & Singh 2000): off-policy over n steps without importance sampling.
 *
 * Every action not taken enters with its value, the one taken with the return that followed it. n = 1 with
 * `targetEpsilon` = ε is Expected SARSA, with 0 Q-learning.
 *
 * @param env - Discrete observations and actions. Reseeded from `seed` at the first reset.
 * @param options.n - Default 4.
 * @param options.targetEpsilon - ε of the target policy. Default 0.
 * @example
 * import { cliffWalking, mdpEnv, treeBackup } from '@gai/rl/tabular';
 * const options = { episodes: 400, alpha: 0.5, gamma: 1, seed: 0 };
 * treeBackup(mdpEnv(cliffWalking()), options).values[36]!.toFixed(0); // => '-13'
 * @see Sutton & Barto 2018, section 7.5
 * @category Control
 * @since 0.1.0
 */
export function treeBackup(env: TabularEnv, options: Omit<QSigmaOptions, 'sigma'>): ControlResult {
  checkOptionNames('treeBackup', options, ['targetEpsilon', 'n', ...CONTROL_OPTIONS]);
  return learnQSigma('treeBackup', env, { ...options, sigma: 0 });
}
