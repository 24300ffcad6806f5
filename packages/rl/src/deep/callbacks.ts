import { checkOptionNames } from '@gai/core/ops';
import type { Storage } from '@gai/core/backend';
import { ProgressLine } from '@gai/nn/train';
import type { ProgressStream } from '@gai/nn/train';
import { checkInteger } from '../tabular/errors.ts';
import type { AgentCallback, AgentContext } from './agent-callback.ts';
import { meanOf } from './episode-monitor.ts';
import { evaluatePolicy } from './evaluate-policy.ts';
import type { PolicyEvaluation } from './evaluate-policy.ts';
import type { Agent } from './agent.ts';
import type { AgentEnv } from './same-step.ts';

/** True once whenever another multiple of `every` has been passed. */
function everySo(every: number): (steps: number) => boolean {
  let next: number | undefined;
  return (steps) => {
    next ??= (Math.floor((steps - 1) / every) + 1) * every;
    if (steps < next) return false;
    next = (Math.floor(steps / every) + 1) * every;
    return true;
  };
}

/** Settings of {@link evalCallback}. */
export interface EvalCallbackOptions {
  /** Steps of all envs between evaluations. Default 10,000. */
  readonly evalFreq?: number | undefined;
  /** Default 5. */
  readonly nEvalEpisodes?: number | undefined;
  /** Default true. */
  readonly deterministic?: boolean | undefined;
  /** Every evaluation plays the episodes of this seed. Default: the envs go on with their own generators. */
  readonly seed?: number | undefined;
  /** Saves the best agent so far as `<folder>/best.safetensors`. Default: nowhere. */
  readonly bestModelSavePath?: string | undefined;
  /** Called after an evaluation that is better than all before. */
  readonly callbackOnNewBest?: ((evaluation: PolicyEvaluation, context: AgentContext) => void) | undefined;
  /** Default: the default backend's. */
  readonly storage?: Storage | undefined;
}

const EVAL_OPTIONS = [
  'evalFreq',
  'nEvalEpisodes',
  'deterministic',
  'seed',
  'bestModelSavePath',
  'callbackOnNewBest',
  'storage',
];

/**
 * Evaluates an agent while it learns and logs `eval/mean_reward` and `eval/mean_ep_length`; keeps the best one.
 *
 * @param env - Envs of their own, that the agent does not learn in.
 * @param options - Default {@link EvalCallbackOptions}' own; `evalFreq` counts the steps of all envs.
 * @example
 * import { make } from '@gai/rl';
 * import { evalCallback, stopTrainingOnRewardThreshold } from '@gai/rl/deep';
 * evalCallback(make('CartPole-v1'), { callbackOnNewBest: stopTrainingOnRewardThreshold(475) }).name; // => 'eval'
 * @category Deep agents
 * @since 0.1.0
 */
export function evalCallback(env: AgentEnv, options: EvalCallbackOptions = {}): AgentCallback {
  checkOptionNames('evalCallback', options, EVAL_OPTIONS);
  const { evalFreq = 10_000, nEvalEpisodes = 5, deterministic = true, seed, bestModelSavePath, storage } = options;
  checkInteger('evalCallback', 'evalFreq', [evalFreq, 1, Number.MAX_SAFE_INTEGER]);
  if (seed !== undefined) checkInteger('evalCallback', 'seed', [seed, 0, Number.MAX_SAFE_INTEGER]);
  let isDue = everySo(evalFreq);
  let best = -Infinity;
  let judged: Agent | undefined;
  return {
    name: 'eval',
    onTrainingStart: ({ agent, numTimesteps }) => {
      isDue = everySo(evalFreq);
      // A run that goes on must still beat what it has reached before.
      if (agent !== judged || numTimesteps === 0) best = -Infinity;
      judged = agent;
    },
    onStep: async (context) => {
      if (!isDue(context.numTimesteps)) return;
      const evaluation = await evaluatePolicy(context.agent, env, { episodes: nEvalEpisodes, deterministic, seed });
      context.record({ 'eval/mean_reward': evaluation.mean, 'eval/mean_ep_length': meanOf(evaluation.lengths) });
      if (evaluation.mean <= best) return;
      best = evaluation.mean;
      if (bestModelSavePath !== undefined) await context.agent.save(`${bestModelSavePath}/best.safetensors`, storage);
      options.callbackOnNewBest?.(evaluation, context);
    },
  };
}

/**
 * Ends a run once an evaluation reaches a reward: for `callbackOnNewBest` of {@link evalCallback}.
 *
 * @category Deep agents
 * @since 0.1.0
 */
export function stopTrainingOnRewardThreshold(
  rewardThreshold: number,
): (evaluation: PolicyEvaluation, context: AgentContext) => void {
  return ({ mean }, { stop }) => {
    if (mean >= rewardThreshold) stop(`the mean reward ${mean} has reached ${rewardThreshold}`);
  };
}

/** Settings of {@link checkpointCallback}. */
export interface CheckpointCallbackOptions {
  /** Steps of all envs between files. */
  readonly saveFreq: number;
  /** The folder. */
  readonly savePath: string;
  /** Default `'rl_model'`: files are `rl_model_10000_steps.safetensors`. */
  readonly namePrefix?: string | undefined;
  /** Default: the default backend's. */
  readonly storage?: Storage | undefined;
}

/**
 * Saves an agent every so many steps; what goes on from a file is bitwise what would have come.
 *
 * @example
 * import { checkpointCallback } from '@gai/rl/deep';
 * checkpointCallback({ saveFreq: 10_000, savePath: 'runs/cartpole' }).name; // => 'checkpoint'
 * @category Deep agents
 * @since 0.1.0
 */
export function checkpointCallback(options: CheckpointCallbackOptions): AgentCallback {
  checkOptionNames('checkpointCallback', options, ['saveFreq', 'savePath', 'namePrefix', 'storage']);
  const { saveFreq, savePath, namePrefix = 'rl_model', storage } = options;
  checkInteger('checkpointCallback', 'saveFreq', [saveFreq, 1, Number.MAX_SAFE_INTEGER]);
  let isDue = everySo(saveFreq);
  return {
    name: 'checkpoint',
    onTrainingStart: () => {
      isDue = everySo(saveFreq);
    },
    onStep: async ({ agent, numTimesteps }) => {
      if (isDue(numTimesteps)) await agent.save(`${savePath}/${namePrefix}_${numTimesteps}_steps.safetensors`, storage);
    },
  };
}

/** Settings of {@link progressBar}. */
export interface AgentProgressBarOptions {
  /** Where it is drawn. Default: standard error. */
  readonly stream?: ProgressStream | undefined;
}

/**
 * Shows how far a run is, the mean return of the latest episodes and the steps per second, on a
 * terminal; with `TERM=dumb`, or without one, nothing.
 *
 * @example
 * import { progressBar } from '@gai/rl/deep';
 * progressBar({ stream: { write: () => true } }).name; // => 'progressBar'
 * @category Deep agents
 * @since 0.1.0
 */
export function progressBar(options: AgentProgressBarOptions = {}): AgentCallback {
  checkOptionNames('progressBar', options, ['stream']);
  const bar = new ProgressLine(options.stream);
  let drawn = 0;
  return {
    name: 'progressBar',
    onUpdateEnd: ({ numTimesteps, totalTimesteps }, scalars) => {
      const now = performance.now();
      if (!bar.isLive || (now - drawn < 80 && numTimesteps < totalTimesteps)) return;
      drawn = now;
      const mean = scalars['rollout/ep_rew_mean'];
      const reward = mean === undefined ? '' : `  return ${mean.toFixed(1)}`;
      const part = ProgressLine.bar(numTimesteps / totalTimesteps);
      bar.draw(`${part} ${numTimesteps}/${totalTimesteps}${reward}  ${scalars['time/fps']} steps/s`);
    },
    onTrainingEnd: () => {
      if (bar.isLive) bar.stream?.write('\n');
    },
  };
}
