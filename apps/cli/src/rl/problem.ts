import type { MDP, MDPEnvOptions, Schedule } from '@gai/rl/tabular';
import type { ProblemName } from './names.ts';

/** Settings of problems, as the command line gives them. */
export interface ProblemSettings {
  readonly slippery?: boolean;
  readonly successRate?: number;
  readonly rainy?: boolean;
  readonly heads?: number;
  readonly goal?: number;
  readonly moves?: 4 | 8 | 9;
  readonly stochastic?: boolean;
  readonly states?: number;
  readonly modified?: boolean;
  readonly natural?: boolean;
  readonly slip?: number;
}

/** The flag of every setting. */
export const SETTING_FLAGS: Readonly<Record<keyof ProblemSettings, string>> = {
  slippery: '--slippery',
  successRate: '--success-rate',
  rainy: '--rainy',
  heads: '--heads',
  goal: '--goal',
  moves: '--moves',
  stochastic: '--stochastic',
  states: '--states',
  modified: '--modified',
  natural: '--natural',
  slip: '--slip',
};

/** How a problem is learned when nothing else is asked for. */
export interface LearningDefaults {
  readonly episodes: number;
  /** Steps after which an episode is cut off. */
  readonly maxSteps: number;
  readonly alpha: number | Schedule;
  readonly epsilon: number | Schedule;
}

/** A problem `gai rl` knows by name. */
export interface Problem {
  readonly name: ProblemName;
  readonly about: string;
  /** Other names it answers to. */
  readonly aliases?: readonly string[];
  readonly settings: readonly (keyof ProblemSettings)[];
  readonly build: (settings: ProblemSettings) => MDP;
  readonly learning: LearningDefaults;
  readonly rewardNoise?: MDPEnvOptions['rewardNoise'];
}
