import { clip, concat, full, reshape } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Linear, Module, ModuleList, Parameter, ReLU, Sequential, Tanh } from '@gai/nn';
import { SquashedGaussian } from '../distributions/squashed-gaussian.ts';
import { SquashedStateDependentGaussian } from '../distributions/squashed-state-dependent-gaussian.ts';
import type { Space } from '../spaces/space.ts';
import { checkInteger, checkNumber } from '../tabular/errors.ts';
import { flag } from './settings.ts';
import { argumentError, show } from '../errors.ts';
import { FEATURES_KWARGS, featuresExtractor } from './features-extractor.ts';
import type { FeaturesKwargs } from './features-extractor.ts';
import type { FeaturesExtractor } from './features.ts';

/** Where SAC's log-deviations are cut off, as Haarnoja's code does it. */
const LOG_STD = { least: -20, most: 2 } as const;

/** What is observed, and what is done. */
export interface ContinuousSizes {
  /** The space of observations, or how many numbers they are. */
  readonly observation: Space | number;
  /** Numbers of an action. */
  readonly action: number;
}

/** A distribution over actions in (−1, 1), as SAC draws from it. */
export interface SquashedActions {
  /** Actions that standard normal numbers, drawn elsewhere, stand for, and their log-densities. */
  fromNoise(noise: Tensor): [action: Tensor, logProb: Tensor];
  /** What is played where nothing is left to chance. */
  mode(): Tensor;
}

/** Any module that draws actions: from observations `[batch, ...shape]` to a distribution over actions in (−1, 1). */
export interface StochasticActor extends Module {
  forward(observations: Tensor): SquashedActions;
}

/** Any module that acts: from observations `[batch, ...shape]` to actions `[batch, actions]` in [−1, 1]. */
export interface PlainActor extends Module {
  forward(observations: Tensor): Tensor;
}

/** Any module that judges actions: from observations and actions to values `[batch]`, one tensor per critic. */
export interface Critic extends Module {
  forward(observations: Tensor, actions: Tensor): Tensor[];
}

/** Sizes of the hidden layers: alike for actor and critics, or each its own. */
export type ContinuousNetArch = readonly number[] | { readonly pi: readonly number[]; readonly qf: readonly number[] };

/** Settings of the networks of {@link SAC} and {@link TD3}, with Stable-Baselines3's names. */
export interface ContinuousPolicyKwargs extends FeaturesKwargs {
  /** Default `[256, 256]` for SAC, `[400, 300]` for TD3, for each network. */
  readonly netArch?: ContinuousNetArch | undefined;
  /** Default `'relu'`. */
  readonly activationFn?: 'tanh' | 'relu' | undefined;
  /** Critics, of which the lowest counts. Default 2. */
  readonly nCritics?: number | undefined;
}

/** Settings of a {@link GaussianActor}: besides those of all, Stable-Baselines3's of gSDE. */
export interface GaussianActorOptions extends ContinuousPolicyKwargs {
  /** Explore by a matrix on the last hidden layer (gSDE): the agent's `useSde` sets it. Default false. */
  readonly useSde?: boolean | undefined;
  /** With gSDE, the logarithm of the first deviations. Default −3. */
  readonly logStdInit?: number | undefined;
  /** With gSDE, deviations that do not run away: see `StateDependentGaussian`. Default false. */
  readonly useExpln?: boolean | undefined;
  /** With gSDE, the largest mean before squashing; 0: any. Default 2. */
  readonly clipMean?: number | undefined;
}

/** Names of gSDE's settings besides `useSde`. */
export const SDE_KWARGS = ['logStdInit', 'useExpln', 'clipMean'] as const;

/** {@link ContinuousPolicyKwargs} with nothing left out. */
interface ContinuousLayers {
  readonly features: FeaturesKwargs;
  readonly pi: readonly number[];
  readonly qf: readonly number[];
  readonly activationFn: 'tanh' | 'relu';
  readonly nCritics: number;
}

/** The settings with defaults; refuses what no network can be made of. */
function continuousLayers(
  op: string,
  options: ContinuousPolicyKwargs,
  { fallback, others = [] }: { readonly fallback: readonly number[]; readonly others?: readonly string[] },
): ContinuousLayers {
  checkOptionNames(op, options, ['netArch', 'activationFn', 'nCritics', ...FEATURES_KWARGS, ...others]);
  const { netArch = fallback, activationFn = 'relu', nCritics = 2, featuresExtractorClass, featuresDim } = options;
  const { pi, qf } = 'pi' in netArch ? netArch : { pi: netArch, qf: netArch };
  for (const [name, sizes] of Object.entries({ pi, qf })) {
    if (Array.isArray(sizes) && sizes.every((size) => Number.isSafeInteger(size) && size > 0)) continue;
    throw argumentError(
      op,
      `netArch does not fit. Got ${name} ${show(sizes)}; expected positive whole numbers, such as [256, 256]. Pass the sizes ` +
        'of the hidden layers.',
    );
  }
  if (activationFn !== 'tanh' && activationFn !== 'relu') {
    throw argumentError(
      op,
      `unknown activation. Got ${show(activationFn)}; expected 'tanh' or 'relu'. Pass one of them.`,
    );
  }
  checkInteger(op, 'nCritics', [nCritics, 1, 100]);
  return { features: { featuresExtractorClass, featuresDim }, pi, qf, activationFn, nCritics };
}

/** Refuses settings of gSDE that cannot be, or that nobody would look at. */
function checkSde(options: GaussianActorOptions): void {
  const op = 'GaussianActor';
  const { useSde = false, logStdInit = 0, useExpln = false, clipMean = 0 } = options;
  flag(op, 'useSde', useSde as never);
  flag(op, 'useExpln', useExpln as never);
  checkNumber(op, 'logStdInit', [logStdInit, -Number.MAX_VALUE, Number.MAX_VALUE]);
  checkNumber(op, 'clipMean', [clipMean, 0, Number.MAX_VALUE]);
  const lost = SDE_KWARGS.find((name) => options[name] !== undefined);
  if (useSde || lost === undefined) return;
  throw argumentError(
    op,
    `only gSDE has a ${lost}. Got ${show(options[lost])} without useSde; expected both, or neither. Pass useSde: true.`,
  );
}

/** Layers of PyTorch's default weights, each but the last with an activation behind it. */
function hidden(sizes: readonly number[], activationFn: 'tanh' | 'relu'): (Linear | Tanh | ReLU)[] {
  return sizes.slice(1).flatMap((outFeatures, index) => {
    const activation = activationFn === 'tanh' ? new Tanh() : new ReLU();
    return [new Linear({ inFeatures: sizes[index]!, outFeatures }), activation];
  });
}

/**
 * SAC's actor: from observations to a squashed Gaussian over actions in (−1, 1).
 *
 * @param sizes - What is observed (a space, or so many numbers), and numbers of an action.
 * @param options - Default {@link GaussianActorOptions}' own, with layers of `[256, 256]`.
 * @throws ArgumentError for an unknown option, layers that are none, or settings of gSDE without it.
 * @example
 * import { GaussianActor } from '@gai/rl/deep';
 * const actor = new GaussianActor({ observation: 3, action: 1 }, { netArch: [16] });
 * actor.forward(tensor([[1, 0, 0.5]])).mode().shape; // => [1, 1]
 * @category Deep agents
 * @since 0.1.0
 */
export class GaussianActor extends Module implements StochasticActor {
  readonly featuresExtractor: FeaturesExtractor;
  readonly latentPi: Sequential;
  readonly mu: Linear;
  /** Of the observation; with gSDE `[features, actions]`, of the matrix. */
  readonly logStd: Linear | Parameter;
  /** Numbers of the last hidden layer. */
  readonly latentSize: number;
  readonly #sde: Required<{ readonly [Name in 'useExpln' | 'clipMean']: NonNullable<GaussianActorOptions[Name]> }>;

  constructor(sizes: ContinuousSizes, options: GaussianActorOptions = {}) {
    const others = ['useSde', ...SDE_KWARGS];
    const { features, pi, activationFn } = continuousLayers('GaussianActor', options, { fallback: [256, 256], others });
    const { useSde = false, logStdInit = -3, useExpln = false, clipMean = 2 } = options;
    checkSde(options);
    super();
    this.#sde = { useExpln, clipMean };
    this.featuresExtractor = featuresExtractor('GaussianActor', sizes.observation, features);
    const { featuresDim } = this.featuresExtractor;
    this.latentPi = new Sequential(...hidden([featuresDim, ...pi], activationFn));
    this.latentSize = pi.at(-1) ?? featuresDim;
    const head = { inFeatures: this.latentSize, outFeatures: sizes.action };
    this.mu = new Linear(head);
    this.logStd = useSde ? new Parameter(full([this.latentSize, sizes.action], logStdInit)) : new Linear(head);
  }

  /** `[batch, ...shape]` → a distribution of `batch` rows; without gSDE, log-deviations are cut off at −20 and 2. */
  forward(observations: Tensor): SquashedGaussian | SquashedStateDependentGaussian {
    const latent = this.latentPi.forward(this.featuresExtractor.forward(observations)) as Tensor;
    const mean = this.mu.forward(latent);
    if (this.logStd instanceof Linear) {
      return new SquashedGaussian(mean, clip(this.logStd.forward(latent), LOG_STD.least, LOG_STD.most));
    }
    const { useExpln, clipMean } = this.#sde;
    const bounded = clipMean > 0 ? clip(mean, -clipMean, clipMean) : mean;
    return new SquashedStateDependentGaussian(bounded, this.logStd, latent, { useExpln });
  }
}

/**
 * TD3's actor: from observations to one action each, in (−1, 1).
 *
 * @param sizes - What is observed (a space, or so many numbers), and numbers of an action.
 * @param options - Default {@link ContinuousPolicyKwargs}' own, with layers of `[400, 300]`.
 * @throws ArgumentError for an unknown option, or layers that are none.
 * @example
 * import { DeterministicActor } from '@gai/rl/deep';
 * new DeterministicActor({ observation: 3, action: 1 }, { netArch: [16] }).forward(tensor([[1, 0, 0.5]])).shape; // => [1, 1]
 * @category Deep agents
 * @since 0.1.0
 */
export class DeterministicActor extends Module implements PlainActor {
  readonly featuresExtractor: FeaturesExtractor;
  readonly mu: Sequential;

  constructor(sizes: ContinuousSizes, options: ContinuousPolicyKwargs = {}) {
    const { features, pi, activationFn } = continuousLayers('DeterministicActor', options, { fallback: [400, 300] });
    super();
    this.featuresExtractor = featuresExtractor('DeterministicActor', sizes.observation, features);
    const { featuresDim } = this.featuresExtractor;
    const last = new Linear({ inFeatures: pi.at(-1) ?? featuresDim, outFeatures: sizes.action });
    this.mu = new Sequential(...hidden([featuresDim, ...pi], activationFn), last, new Tanh());
  }

  /** `[batch, ...shape]` → `[batch, actions]`. */
  forward(observations: Tensor): Tensor {
    return this.mu.forward(this.featuresExtractor.forward(observations)) as Tensor;
  }
}

/**
 * Several critics of an observation together with an action: Q values, one per critic.
 *
 * @param inputs - What is observed (a space, or so many numbers), and numbers of an action.
 * @param options - Default {@link ContinuousPolicyKwargs}' own, with layers of `[256, 256]`.
 * @throws ArgumentError for an unknown option, or layers that are none.
 * @example
 * import { ContinuousCritic } from '@gai/rl/deep';
 * const critic = new ContinuousCritic({ observation: 3, action: 1 }, { netArch: [16] });
 * critic.forward(tensor([[1, 0, 0.5]]), tensor([[0.2]])).length; // => 2
 * @category Deep agents
 * @since 0.1.0
 */
export class ContinuousCritic extends Module implements Critic {
  /** One for all critics. */
  readonly featuresExtractor: FeaturesExtractor;
  readonly qf: ModuleList<Sequential>;
  readonly #actions: number;

  constructor(inputs: ContinuousSizes, options: ContinuousPolicyKwargs = {}) {
    const { features, qf, activationFn, nCritics } = continuousLayers('ContinuousCritic', options, {
      fallback: [256, 256],
    });
    super();
    this.#actions = inputs.action;
    this.featuresExtractor = featuresExtractor('ContinuousCritic', inputs.observation, features);
    const sizes = [this.featuresExtractor.featuresDim + inputs.action, ...qf];
    const one = (): Sequential =>
      new Sequential(...hidden(sizes, activationFn), new Linear({ inFeatures: sizes.at(-1)!, outFeatures: 1 }));
    this.qf = new ModuleList(Array.from({ length: nCritics }, one));
  }

  /** `[batch, ...shape]` and `[batch, actions]` in (−1, 1) → `[batch]` for each critic. */
  forward(observations: Tensor, actions: Tensor): Tensor[] {
    const batch = observations.shape[0]!;
    const seen = this.featuresExtractor.forward(observations);
    const both = concat([seen, reshape(actions, [batch, this.#actions])], { axis: 1 });
    return [...this.qf].map((net) => reshape(net.forward(both) as Tensor, [batch]));
  }
}
