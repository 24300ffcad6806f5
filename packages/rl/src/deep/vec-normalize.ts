import { checkOptionNames } from '@gai/core/ops';
import type { EnvState, Info } from '../env.ts';
import { argumentError } from '../errors.ts';
import type { Space } from '../spaces/space.ts';
import { checkNumber } from '../tabular/errors.ts';
import type { VectorEnv, VectorResetOptions, VectorResetResult, VectorStepResult } from '../vector/vector-env.ts';
import { RunningMoments } from '../wrappers/running-moments.ts';
import type { MomentsState } from '../wrappers/running-moments.ts';
import { sameStep } from './same-step.ts';
import type { AgentEnv } from './same-step.ts';

/** Settings of {@link VecNormalize}: Stable-Baselines3's, with its defaults. */
export interface VecNormalizeOptions {
  /** Take what is seen into the statistics. Default true. */
  readonly training?: boolean | undefined;
  /** Observations to mean 0 and variance 1. Default true. */
  readonly normObs?: boolean | undefined;
  /** Rewards divided by the deviation of the discounted return. Default true. */
  readonly normReward?: boolean | undefined;
  /** Largest normalised observation. Default 10. */
  readonly clipObs?: number | undefined;
  /** Largest normalised reward. Default 10. */
  readonly clipReward?: number | undefined;
  /** Discount of the return. Default 0.99. */
  readonly gamma?: number | undefined;
  /** Added to variances. Default 1e-8. */
  readonly epsilon?: number | undefined;
}

/**
 * Normalises what several envs give with statistics over all of them: observations to mean 0 and variance 1, rewards by the
 * deviation of their discounted return.
 *
 * An agent that learns in it saves the statistics with itself and normalises what it predicts for, so that `predict` and
 * `evaluatePolicy` take envs and observations as they are.
 *
 * @param env - Several envs, one, or an id; observations must be a `Box` for `normObs`.
 * @throws ArgumentError for an unknown option, or one out of range.
 * @example
 * import { makeVec } from '@gai/rl';
 * import { VecNormalize } from '@gai/rl/deep';
 * const envs = new VecNormalize(makeVec('Pendulum-v1', { numEnvs: 4 }), { gamma: 0.9 });
 * (await envs.reset({ seed: 0 })).observations.length; // => 12
 * @category Deep agents
 * @since 0.1.0
 */
export class VecNormalize implements VectorEnv {
  readonly autoresetMode = 'same-step';
  /** The envs themselves. */
  readonly env: VectorEnv;
  readonly numEnvs: number;
  readonly singleObservationSpace: Space;
  readonly singleActionSpace: Space;
  /** Take what is seen into the statistics? */
  training: boolean;
  /** Of observations. */
  readonly observationMoments: RunningMoments;
  /** Of discounted returns. */
  readonly returnMoments = new RunningMoments(1);
  /** The rewards of the last step as the envs gave them. */
  rawRewards: Float64Array;
  readonly #settings: Required<{
    readonly [Name in keyof VecNormalizeOptions]: NonNullable<VecNormalizeOptions[Name]>;
  }>;
  readonly #returns: Float64Array;

  constructor(env: AgentEnv, options: VecNormalizeOptions = {}) {
    const defaults = {
      training: true,
      normObs: true,
      normReward: true,
      clipObs: 10,
      clipReward: 10,
      gamma: 0.99,
      epsilon: 1e-8,
    };
    checkOptionNames('VecNormalize', options, Object.keys(defaults));
    const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    this.#settings = { ...defaults, ...given };
    const { clipObs, clipReward, gamma, epsilon, training, normObs } = this.#settings;
    checkNumber('VecNormalize', 'gamma', [gamma, 0, 1]);
    for (const [name, value] of Object.entries({ clipObs, clipReward, epsilon })) {
      checkNumber('VecNormalize', name, [value, Number.MIN_VALUE, Infinity]);
    }
    this.env = sameStep('VecNormalize', env);
    this.numEnvs = this.env.numEnvs;
    this.singleObservationSpace = this.env.singleObservationSpace;
    this.singleActionSpace = this.env.singleActionSpace;
    if (normObs && this.singleObservationSpace.kind !== 'Box') throw notNumbers(this.singleObservationSpace);
    this.training = training;
    this.observationMoments = new RunningMoments(normObs ? this.singleObservationSpace.flatSize : 0);
    this.rawRewards = new Float64Array(this.numEnvs);
    this.#returns = new Float64Array(this.numEnvs);
  }

  async reset(options?: VectorResetOptions): Promise<VectorResetResult<unknown>> {
    const { observations, infos } = await this.env.reset(options);
    this.#returns.fill(0);
    return { observations: this.#look(observations), infos };
  }

  async step(actions: ArrayLike<unknown>): Promise<VectorStepResult<unknown>> {
    const result = await this.env.step(actions);
    const { terminations, truncations } = result;
    this.rawRewards = result.rewards;
    const observations = this.#look(result.observations);
    const rewards = this.#normalizeRewards(result.rewards);
    for (let index = 0; index < this.numEnvs; index++) {
      if (terminations[index] !== 0 || truncations[index] !== 0) this.#returns[index] = 0;
    }
    return { observations, rewards, terminations, truncations, infos: result.infos.map((info) => this.#final(info)) };
  }

  /** Observations of any number of envs, normalised by the statistics so far. */
  normalize(observations: ArrayLike<number>): Float32Array {
    const normalized = Float32Array.from(observations);
    const { mean, variance } = this.observationMoments;
    const { clipObs, epsilon, normObs } = this.#settings;
    if (!normObs) return normalized;
    for (let at = 0; at < normalized.length; at++) {
      const index = at % mean.length;
      const scaled = (observations[at]! - mean[index]!) / Math.sqrt(variance[index]! + epsilon);
      normalized[at] = Math.min(Math.max(scaled, -clipObs), clipObs);
    }
    return normalized;
  }

  close(): void | Promise<void> {
    return this.env.close();
  }

  /** The statistics, as JSON. */
  statistics(): NormalizerState {
    return {
      observations: this.observationMoments.state(),
      returns: this.returnMoments.state(),
      discounted: [...this.#returns],
    };
  }

  /** Takes over what {@link statistics} gave. */
  loadStatistics({ observations, returns, discounted }: NormalizerState): void {
    this.observationMoments.load(observations);
    this.returnMoments.load(returns);
    this.#returns.set(discounted.length === this.numEnvs ? discounted : new Array<number>(this.numEnvs).fill(0));
  }

  getState(): EnvState | undefined {
    return this.env.getState?.();
  }

  setState(state: EnvState): void {
    this.env.setState?.(state);
  }

  #look(observations: object): object {
    if (!this.#settings.normObs) return observations;
    if (this.training) this.observationMoments.updateBatch(observations as ArrayLike<number>, this.numEnvs);
    return this.normalize(observations as ArrayLike<number>);
  }

  #normalizeRewards(rewards: Float64Array): Float64Array {
    const { gamma, normReward, clipReward, epsilon } = this.#settings;
    if (this.training) {
      for (let index = 0; index < this.numEnvs; index++) {
        this.#returns[index] = this.#returns[index]! * gamma + rewards[index]!;
      }
      this.returnMoments.updateBatch(this.#returns, this.numEnvs);
    }
    if (!normReward) return rewards;
    const deviation = Math.sqrt(this.returnMoments.variance[0]! + epsilon);
    return rewards.map((reward) => Math.min(Math.max(reward / deviation, -clipReward), clipReward));
  }

  #final(info: Info): Info {
    const final = info['finalObservation'];
    if (final === undefined || !this.#settings.normObs) return info;
    return { ...info, finalObservation: this.normalize(final as ArrayLike<number>) };
  }
}

/** What {@link VecNormalize.statistics} gives. */
export type NormalizerState = {
  readonly observations: MomentsState;
  readonly returns: MomentsState;
  readonly discounted: readonly number[];
};

const notNumbers = (space: Space): Error =>
  argumentError(
    'VecNormalize',
    `observations are not numbers. Got ${space.toString()}; expected a Box. Pass normObs: false to normalise rewards only.`,
  );
