import { ProgressReader } from '@gai/nn/train';
import type { Checkpoint } from '@gai/nn/train';
import { argumentError, show } from '../errors.ts';
import type { EnvState } from '../env.ts';
import type { MomentsState } from '../wrappers/running-moments.ts';
import type { MonitorState } from './episode-monitor.ts';
import type { NormalizerSettings, NormalizerState } from './vec-normalize.ts';

/** What an agent's checkpoint keeps besides tensors and options. */
export interface AgentProgress {
  readonly numTimesteps: number;
  readonly updates: number;
  readonly drawn: { readonly steps: number; readonly predictions: number };
  readonly episodes: MonitorState;
  readonly env: EnvState | null;
  readonly normalizer: NormalizerState | null;
}

/** Reads what an agent's checkpoint says of its run, or says that the file does not. */
export function progressReader(op: string): ProgressReader {
  return new ProgressReader((name, got, expected) =>
    argumentError(
      `${op}.load`,
      `the file does not say where the agent stood. Got ${name} ${show(got)}; expected ${expected}, as save writes it. Nothing ` +
        'was changed. Use another file.',
      { name },
    ),
  );
}

/** Where the agent of a checkpoint stood; refuses one that another program wrote, or that was changed. */
export function agentProgress(op: string, progress: Checkpoint['progress']): AgentProgress {
  const read = progressReader(op);
  const drawn = read.record(progress['drawn'], 'drawn');
  const { env, normalizer } = progress;
  const episodes = monitorState(read, progress['episodes']);
  return {
    numTimesteps: read.count(progress['numTimesteps'], 'numTimesteps'),
    updates: read.count(progress['updates'], 'updates'),
    drawn: {
      steps: read.count(drawn['steps'], 'drawn.steps'),
      predictions: read.count(drawn['predictions'], 'drawn.predictions'),
    },
    episodes,
    env: env === null ? null : read.record(env, 'env'),
    normalizer: normalizer === null ? null : normalizerState(read, normalizer, episodes.totals.length),
  };
}

/** Steps of the rollout that an on-policy agent was in. */
export const positionOf = (op: string, progress: Checkpoint['progress']): number =>
  progressReader(op).count(progress['position'], 'position');

function monitorState(read: ProgressReader, value: unknown): MonitorState {
  const { returns, lengths, episodes, totals, steps } = read.record(value, 'episodes');
  const rewards = read.numbers(returns, 'episodes.returns');
  const sums = read.numbers(totals, 'episodes.totals');
  return {
    returns: rewards,
    lengths: read.numbers(lengths, 'episodes.lengths', rewards.length),
    episodes: read.count(episodes, 'episodes.episodes'),
    totals: sums,
    steps: read.numbers(steps, 'episodes.steps', sums.length),
  };
}

function normalizerState(read: ProgressReader, value: unknown, numEnvs: number): NormalizerState {
  const { observations, returns, discounted, settings } = read.record(value, 'normalizer');
  const given = read.record(settings, 'normalizer.settings');
  const number = (name: string): number => read.number(given[name], `normalizer.settings.${name}`);
  const own: NormalizerSettings = {
    normObs: read.flag(given['normObs'], 'normalizer.settings.normObs'),
    normReward: read.flag(given['normReward'], 'normalizer.settings.normReward'),
    clipObs: number('clipObs'),
    clipReward: number('clipReward'),
    gamma: number('gamma'),
    epsilon: number('epsilon'),
  };
  return {
    observations: momentsState(read, observations, 'normalizer.observations'),
    returns: momentsState(read, returns, 'normalizer.returns'),
    discounted: read.numbers(discounted, 'normalizer.discounted', numEnvs),
    settings: own,
  };
}

function momentsState(read: ProgressReader, value: unknown, name: string): MomentsState {
  const { mean, variance, count } = read.record(value, name);
  const means = read.numbers(mean, `${name}.mean`);
  return {
    mean: means,
    variance: read.numbers(variance, `${name}.variance`, means.length),
    count: read.number(count, `${name}.count`),
  };
}
