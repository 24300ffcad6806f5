import { checkOptionNames } from '@gai/core/errors';
import type { Env, Info, RgbFrame } from './env.ts';
import { argumentError } from './errors.ts';
import { copyValue } from './tabular/copy-value.ts';
import { unwrap } from './wrappers/wrapper.ts';

/** One step of a rollout; all values are copies. */
export interface Transition<Observation, Action> {
  readonly action: Action;
  /** The env's full state after the step in float64 (`env.state`), where it shows one; else undefined. */
  readonly state: unknown;
  readonly observation: Observation;
  readonly reward: number;
  readonly terminated: boolean;
  readonly truncated: boolean;
  readonly info: Info;
}

/** Settings of {@link rollout}. */
export interface RolloutOptions<Observation, Action> {
  /** Actions in order, or a policy that chooses one for an observation. */
  actions: readonly Action[] | ((observation: Observation, step: number) => Action);
  /** Seed of the reset. */
  seed?: number | undefined;
  /** Where to start: passed as `options: { state }`. */
  state?: unknown;
  /** Most steps. Default: the list's length, or 1,000 for a policy. */
  maxSteps?: number | undefined;
  /** Called after the reset and after each step with a picture of the env. */
  onFrame?: ((frame: RgbFrame) => void) | undefined;
}

/** What {@link rollout} returns. */
export interface Rollout<Observation, Action> {
  /** The first observation. */
  readonly start: Observation;
  /** The env's state after the reset, where it shows one. */
  readonly startState: unknown;
  readonly info: Info;
  readonly steps: readonly Transition<Observation, Action>[];
  /** Sum of the rewards. */
  readonly totalReward: number;
}

/** The state of the innermost env, if it has a `state`. */
function stateOf(env: Env): unknown {
  return (unwrap(env) as { state?: unknown }).state;
}

function frameOf(env: Env): RgbFrame {
  const frame = env.render?.('rgb_array');
  if (typeof frame === 'object') return frame;
  throw argumentError(
    'rollout',
    'the env draws no frames. Got no RGB frame; expected render("rgb_array"). Leave out onFrame.',
  );
}

/**
 * Plays one episode and keeps a copy of everything: from a seed or a given state, by a list of actions or a policy, until
 * the env terminates or truncates, the list is used up or `maxSteps` are taken.
 *
 * @example
 * import { make, rollout } from '@gai/rl';
 * const { steps } = rollout(make('FrozenLake-v1'), { seed: 7, actions: [2, 2, 1, 1, 1, 1] });
 * steps.length; // => 6
 * @category Environments
 * @since 0.1.0
 */
export function rollout<Observation, Action>(
  env: Env<Observation, Action>,
  options: RolloutOptions<Observation, Action>,
): Rollout<Observation, Action> {
  checkOptionNames('rollout', options, ['actions', 'seed', 'state', 'maxSteps', 'onFrame']);
  const { actions, seed, state, maxSteps, onFrame } = options;
  const limit = maxSteps ?? (typeof actions === 'function' ? 1000 : actions.length);
  const first = env.reset({ seed, options: state === undefined ? undefined : { state } });
  const start = copyValue(first.observation);
  const info = copyValue(first.info);
  const startState = stateOf(env);
  const steps: Transition<Observation, Action>[] = [];
  let observation = start;
  let totalReward = 0;
  onFrame?.(frameOf(env));
  while (steps.length < limit && (typeof actions === 'function' || steps.length < actions.length)) {
    const action = typeof actions === 'function' ? actions(observation, steps.length) : actions[steps.length]!;
    const transition = copyValue({ action, ...env.step(action), state: stateOf(env) });
    steps.push(transition);
    totalReward += transition.reward;
    observation = transition.observation;
    onFrame?.(frameOf(env));
    if (transition.terminated || transition.truncated) break;
  }
  return { start, startState, info, steps, totalReward };
}
