import { argumentError, show } from '../errors.ts';
import { OFF_POLICY_OPTIONS } from './off-policy-agent.ts';
import type { OffPolicyOptions, OffPolicyRule } from './off-policy-agent.ts';
import type { QNetworkOptions } from './q-network.ts';
import type { AgentSchedule } from './schedule.ts';
import { count, flag, fraction, orNull, positive, schedule, settingsOf } from './settings.ts';
import type { SettingRule } from './settings.ts';

/** Options of `DQN`: Stable-Baselines3's, with its defaults; those of its extensions have the names of OpenAI's Baselines. */
export interface DQNOptions extends OffPolicyOptions {
  /** Default 1e-4. */
  readonly learningRate?: AgentSchedule | undefined;
  /** Rows of an update. Default 32. */
  readonly batchSize?: number | undefined;
  /** Default 4. */
  readonly trainFreq?: OffPolicyOptions['trainFreq'];
  /** How far the target network moves towards the other one each time. Default 1: it becomes a copy. */
  readonly tau?: number | undefined;
  /** Steps of all envs from one move of the target network to the next. Default 10,000. */
  readonly targetUpdateInterval?: number | undefined;
  /** Part of a run in which exploration falls. Default 0.1. */
  readonly explorationFraction?: number | undefined;
  /** Share of random actions at first. Default 1. */
  readonly explorationInitialEps?: number | undefined;
  /** Share of random actions in the end. Default 0.05. */
  readonly explorationFinalEps?: number | undefined;
  /** Largest norm of the gradient; null: any. Default 10. */
  readonly maxGradNorm?: number | null | undefined;
  /** Added to Adam's denominator. Default 1e-8. */
  readonly adamEps?: number | undefined;
  /** The network that learns chooses the next action, the target network values it. Default false. */
  readonly doubleQ?: boolean | undefined;
  /** `'MlpPolicy'` has value and advantages apart. Default false. */
  readonly dueling?: boolean | undefined;
  /** Rows whose error was large are drawn more often. Default false. */
  readonly prioritizedReplay?: boolean | undefined;
  /** How much priorities count, from 0 to 1. Default 0.6. */
  readonly prioritizedReplayAlpha?: number | undefined;
  /** How much the weights of rows make up for that at first; 1 in the end. Default 0.4. */
  readonly prioritizedReplayBeta0?: number | undefined;
  /** Added to the errors. Default 1e-6. */
  readonly prioritizedReplayEps?: number | undefined;
  /** Learn how returns are distributed: on fixed atoms (C51), or their quantiles (QR-DQN). Default null: their means. */
  readonly distributional?: 'c51' | 'qr' | null | undefined;
  /** Atoms of C51. Default 51. */
  readonly nAtoms?: number | undefined;
  /** Least and largest return of C51. Default −10 and 10. */
  readonly vMin?: number | undefined;
  readonly vMax?: number | undefined;
  /** Quantiles of QR-DQN. Default 200. */
  readonly nQuantiles?: number | undefined;
  /** Settings of `'MlpPolicy'`, `'CnnPolicy'` and `'MultiInputPolicy'`. */
  readonly policyKwargs?: QNetworkOptions | undefined;
}

const DEFAULTS = {
  learningRate: 1e-4,
  bufferSize: 1_000_000,
  learningStarts: 100,
  batchSize: 32,
  tau: 1,
  gamma: 0.99,
  trainFreq: 4,
  gradientSteps: 1,
  nSteps: 1,
  targetUpdateInterval: 10_000,
  explorationFraction: 0.1,
  explorationInitialEps: 1,
  explorationFinalEps: 0.05,
  maxGradNorm: 10,
  adamEps: 1e-8,
  doubleQ: false,
  dueling: false,
  prioritizedReplay: false,
  prioritizedReplayAlpha: 0.6,
  prioritizedReplayBeta0: 0.4,
  prioritizedReplayEps: 1e-6,
  distributional: null,
  nAtoms: 51,
  vMin: -10,
  vMax: 10,
  nQuantiles: 200,
} as const satisfies DQNOptions;

/** All settings but the network's. */
export type DQNSettings = {
  readonly [Name in keyof typeof DEFAULTS]: NonNullable<DQNOptions[Name]> | Extract<null, DQNOptions[Name]>;
};

/** What is checked where it is used: by the loop, its buffer, or the support of C51. */
const elsewhere: SettingRule = () => {};

const RULES: { readonly [Name in keyof DQNSettings]: SettingRule } = {
  bufferSize: elsewhere,
  learningStarts: elsewhere,
  batchSize: elsewhere,
  gamma: elsewhere,
  trainFreq: elsewhere,
  gradientSteps: elsewhere,
  nSteps: elsewhere,
  learningRate: schedule(),
  tau: fraction,
  targetUpdateInterval: count,
  explorationFraction: fraction,
  explorationInitialEps: fraction,
  explorationFinalEps: fraction,
  maxGradNorm: orNull(positive),
  adamEps: positive,
  doubleQ: flag,
  dueling: flag,
  prioritizedReplay: flag,
  prioritizedReplayAlpha: fraction,
  prioritizedReplayBeta0: fraction,
  prioritizedReplayEps: positive,
  distributional: (op, _, value: unknown) => {
    if (value === null || value === 'c51' || value === 'qr') return;
    throw argumentError(
      op,
      `unknown distribution. Got distributional ${show(value)}; expected 'c51', 'qr' or null. Pass one of them.`,
    );
  },
  nAtoms: elsewhere,
  vMin: elsewhere,
  vMax: elsewhere,
  nQuantiles: count,
};

/** What `DQN` is made from: its options, complete. */
export interface DQNRule extends OffPolicyRule, DQNSettings {
  readonly policyKwargs?: QNetworkOptions | undefined;
}

/**
 * The settings that a DQN runs with.
 *
 * @throws ArgumentError for an unknown option, or one out of range.
 */
export function dqnSettings(options: DQNOptions): DQNSettings {
  return settingsOf<DQNSettings>(options, {
    op: 'DQN',
    defaults: DEFAULTS,
    rules: RULES,
    others: [...OFF_POLICY_OPTIONS, 'policyKwargs'],
  });
}
