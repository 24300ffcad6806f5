import type { EnvState, Info } from '../env.ts';
import { argumentError, show } from '../errors.ts';
import type { Space } from '../spaces/space.ts';
import type { VectorEnv, VectorResetOptions, VectorResetResult, VectorStepResult } from '../vector/vector-env.ts';
import { RunningMoments } from '../wrappers/running-moments.ts';
import type { MomentsState } from '../wrappers/running-moments.ts';
import { isImage } from './observation-codec.ts';
import { sameStep } from './same-step.ts';
import type { AgentEnv } from './same-step.ts';
import { flag, fraction, positive, settingsOf } from './settings.ts';

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

type Settings = Required<{ readonly [Name in keyof VecNormalizeOptions]: NonNullable<VecNormalizeOptions[Name]> }>;

const DEFAULTS: Settings = {
  training: true,
  normObs: true,
  normReward: true,
  clipObs: 10,
  clipReward: 10,
  gamma: 0.99,
  epsilon: 1e-8,
};

const RULES = {
  training: flag,
  normObs: flag,
  normReward: flag,
  clipObs: positive,
  clipReward: positive,
  gamma: fraction,
  epsilon: positive,
};

/**
 * Normalises what several envs give with statistics over all of them: observations to mean 0 and variance 1, rewards by the
 * deviation of their discounted return.
 *
 * An agent that learns in it saves the statistics with itself and normalises what it predicts for, so that `predict` and
 * `evaluatePolicy` take envs and observations as they are. One that learns off-policy keeps in its replay buffer what the envs gave, and
 * normalises rows when it draws them: by the statistics of that time.
 *
 * @param env - Several envs, one, or an id; for `normObs` observations must be a `Box`, and no images of
 *   bytes: agents divide those by 255 as it is.
 * @throws ArgumentError for an unknown option, or one out of range.
 * @example
 * import { makeVec } from '@gai/rl';
 * import { VecNormalize } from '@gai/rl/deep';
 * const envs = new VecNormalize(makeVec('Pendulum-v1', { numEnvs: 4 }), { gamma: 0.9 });
 * const { observations } = await envs.reset({ seed: 0 });
 * (observations as Float32Array).length; // => 12
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
  /** What was seen last as the envs gave it. */
  rawObservations: unknown;
  /** The infos of the last step as the envs gave them: with final observations as they are. */
  rawInfos: readonly Info[] = [];
  /** Goes on from what `getState` gave; only where the envs themselves can. */
  readonly setState?: (state: EnvState) => void;
  readonly #settings: Settings;
  readonly #returns: Float64Array;

  constructor(env: AgentEnv, options: VecNormalizeOptions = {}) {
    this.#settings = settingsOf<Settings>(options, { op: 'VecNormalize', defaults: DEFAULTS, rules: RULES });
    const { training, normObs } = this.#settings;
    this.env = sameStep('VecNormalize', env);
    this.numEnvs = this.env.numEnvs;
    this.singleObservationSpace = this.env.singleObservationSpace;
    this.singleActionSpace = this.env.singleActionSpace;
    if (normObs && this.singleObservationSpace.kind !== 'Box') throw notNumbers(this.singleObservationSpace);
    if (normObs && isImage(this.singleObservationSpace)) throw isPicture(this.singleObservationSpace);
    if (this.env.setState !== undefined) this.setState = (state) => this.env.setState?.(state);
    this.training = training;
    this.observationMoments = new RunningMoments(normObs ? this.singleObservationSpace.flatSize : 0);
    this.rawRewards = new Float64Array(this.numEnvs);
    this.#returns = new Float64Array(this.numEnvs);
  }

  async reset(options?: VectorResetOptions): Promise<VectorResetResult<unknown>> {
    const { observations, infos } = await this.env.reset(options);
    this.#returns.fill(0);
    this.rawObservations = observations;
    this.rawInfos = infos;
    return { observations: this.#look(observations), infos };
  }

  async step(actions: ArrayLike<unknown>): Promise<VectorStepResult<unknown>> {
    const result = await this.env.step(actions);
    const { terminations, truncations } = result;
    this.rawRewards = result.rewards;
    this.rawObservations = result.observations;
    this.rawInfos = result.infos;
    const observations = this.#look(result.observations);
    const rewards = this.#normalizeRewards(result.rewards);
    for (let index = 0; index < this.numEnvs; index++) {
      if (terminations[index] !== 0 || truncations[index] !== 0) this.#returns[index] = 0;
    }
    return { observations, rewards, terminations, truncations, infos: result.infos.map((info) => this.#final(info)) };
  }

  /** Observations of any number of envs, normalised by the statistics so far. */
  normalize(observations: ArrayLike<number>): Float32Array {
    const { mean, variance } = this.observationMoments;
    const { clipObs, epsilon, normObs } = this.#settings;
    if (!normObs) return Float32Array.from(observations);
    const normalized = new Float32Array(observations.length);
    for (let at = 0; at < normalized.length; at++) {
      const index = at % mean.length;
      const scaled = (observations[at]! - mean[index]!) / Math.sqrt(variance[index]! + epsilon);
      normalized[at] = clipped(scaled, clipObs);
    }
    return normalized;
  }

  /** A reward, normalised by the statistics so far. */
  normalizeReward(reward: number): number {
    const { normReward, clipReward, epsilon } = this.#settings;
    if (!normReward) return reward;
    return clipped(reward / Math.sqrt(this.returnMoments.variance[0]! + epsilon), clipReward);
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
      settings: kept(this.#settings),
    };
  }

  /**
   * Takes over what {@link statistics} gave.
   *
   * @throws ArgumentError for statistics of other settings, or of observations of another size; nothing is changed.
   */
  loadStatistics(state: NormalizerState): void {
    this.checkStatistics(state);
    const { observations, returns, discounted } = state;
    this.observationMoments.load(observations);
    this.returnMoments.load(returns);
    this.#returns.set(discounted.length === this.numEnvs ? discounted : new Array<number>(this.numEnvs).fill(0));
  }

  /** Throws unless the statistics are of something like this. @internal */
  checkStatistics({ observations, returns, settings }: NormalizerState): void {
    const own = kept(this.#settings);
    for (const name of Object.keys(own) as (keyof NormalizerSettings)[]) {
      if (settings[name] !== own[name]) throw different(name, own[name], settings[name]);
    }
    for (const [name, { mean, variance }, size] of [
      ['observations', observations, this.observationMoments.mean.length],
      ['returns', returns, 1],
    ] as const) {
      const found = mean.length === size ? variance.length : mean.length;
      if (found !== size) throw different(`size of ${name}`, size, found);
    }
  }

  getState(): EnvState | undefined {
    return this.env.getState?.();
  }

  #look(observations: object): object {
    if (!this.#settings.normObs) return observations;
    if (this.training) this.observationMoments.updateBatch(observations as ArrayLike<number>, this.numEnvs);
    return this.normalize(observations as ArrayLike<number>);
  }

  #normalizeRewards(rewards: Float64Array): Float64Array {
    const { gamma, normReward } = this.#settings;
    if (this.training) {
      for (let index = 0; index < this.numEnvs; index++) {
        this.#returns[index] = this.#returns[index]! * gamma + rewards[index]!;
      }
      this.returnMoments.updateBatch(this.#returns, this.numEnvs);
    }
    return normReward ? rewards.map((reward) => this.normalizeReward(reward)) : rewards;
  }

  #final(info: Info): Info {
    const final = info['finalObservation'];
    if (final === undefined || !this.#settings.normObs) return info;
    return { ...info, finalObservation: this.normalize(final as ArrayLike<number>) };
  }
}

const clipped = (value: number, most: number): number => Math.min(Math.max(value, -most), most);

/** What {@link VecNormalize.statistics} gives. */
export type NormalizerState = {
  readonly observations: MomentsState;
  readonly returns: MomentsState;
  readonly discounted: readonly number[];
  readonly settings: NormalizerSettings;
};

/** Settings that statistics depend on, or what comes of them. */
export type NormalizerSettings = Omit<Settings, 'training'>;

const kept = ({ normObs, normReward, clipObs, clipReward, gamma, epsilon }: Settings): NormalizerSettings => ({
  normObs,
  normReward,
  clipObs,
  clipReward,
  gamma,
  epsilon,
});

const different = (name: string, own: unknown, theirs: unknown): Error =>
  argumentError(
    'VecNormalize',
    `the statistics are of another normalisation. Got ${name} ${show(theirs)}; expected ${show(own)}. Make it with the ` +
      'settings that the statistics were saved with.',
  );

const isPicture = (space: Space): Error =>
  argumentError(
    'VecNormalize',
    `images of bytes are divided by 255 already. Got ${space.toString()}; expected other observations. Pass normObs: false ` +
      'to normalise rewards only.',
  );

const notNumbers = (space: Space): Error =>
  argumentError(
    'VecNormalize',
    `observations are not numbers. Got ${space.toString()}; expected a Box. Pass normObs: false to normalise rewards only.`,
  );
