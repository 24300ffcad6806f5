import { full, squeeze } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Module, Parameter } from '@gai/nn';
import type { Linear, Sequential } from '@gai/nn';
import type { Distribution } from '../distributions/distribution.ts';
import { argumentError } from '../errors.ts';
import type { Space } from '../spaces/space.ts';
import { actionHead } from './action-head.ts';
import type { ActionHead } from './action-head.ts';
import { FEATURES_KWARGS, featuresExtractor } from './features-extractor.ts';
import type { FeaturesKwargs } from './features-extractor.ts';
import type { FeaturesExtractor } from './features.ts';
import { denseLayer, hiddenLayers, layerSizes } from './layers.ts';
import type { NetArch } from './layers.ts';

/** What a policy says of a batch of observations. */
export interface PolicyOutput {
  /** Over actions, one row per observation. */
  readonly distribution: Distribution;
  /** `[batch]`: the value of each observation. */
  readonly value: Tensor;
  /** `[batch, stateSize]`, of a policy that remembers: what it knows after the last observation. */
  readonly state?: Tensor | undefined;
}

/** What a policy that remembers is given besides observations. */
export interface PolicyMemory {
  /** `[batch, stateSize]`: what it knew before the first observation. */
  readonly state: Tensor;
  /** `[time, batch]`: 1 where an episode begins, and what came before is forgotten. */
  readonly starts: Tensor;
  /** `[rows]` int32, `time · batch + place`: the observations that it is asked about. Default all, in that order. */
  readonly rows?: Tensor | undefined;
}

/**
 * Any module that acts and judges: the policy of {@link PPO} and its like. Extend `Module` and write `forward`; the
 * distributions are those of `@gai/rl/distributions`.
 *
 * @category Deep agents
 * @since 0.1.0
 */
export interface ActorCritic extends Module {
  /**
   * @param observations - `[batch, ...shape]` floats: boxes in their shape, choices one-hot, records as one vector.
   * @param mask - `[batch, entries]`, 1 for what is allowed; only with the option `actionMasks`.
   * @param memory - For a policy with a `stateSize`, which then takes observations `[time, batch, ...shape]`.
   */
  forward(observations: Tensor, mask?: Tensor, memory?: PolicyMemory): PolicyOutput;
  /** Numbers that it remembers of an episode, for {@link RecurrentPPO}. Default: none. */
  readonly stateSize?: number | undefined;
}

/** Settings of {@link ActorCriticPolicy}, with Stable-Baselines3's names and defaults. */
export interface PolicyKwargs extends FeaturesKwargs {
  /** Default `{ pi: [64, 64], vf: [64, 64] }`; the two networks share nothing. */
  readonly netArch?: NetArch | undefined;
  /** Default `'tanh'`. */
  readonly activationFn?: 'tanh' | 'relu' | undefined;
  /**
   * Orthogonal first weights, biases 0: gain √2 in features and hidden layers, 0.01 for actions, 1 for values. Default true.
   */
  readonly orthoInit?: boolean | undefined;
  /** One for both networks, or one each. Default true. */
  readonly shareFeaturesExtractor?: boolean | undefined;
  /** Of the Gaussian of a `Box`. Default 0. */
  readonly logStdInit?: number | undefined;
  /** Explore a `Box` by a matrix on the last hidden layer (gSDE): the agent's `useSde` sets it. Default false. */
  readonly useSde?: boolean | undefined;
  /** With gSDE, a deviation for each feature and action, not for each feature alone. Default true. */
  readonly fullStd?: boolean | undefined;
  /** With gSDE, deviations that do not run away: see `StateDependentGaussian`. Default false. */
  readonly useExpln?: boolean | undefined;
}

/** Names of {@link PolicyKwargs}. */
export const POLICY_KWARGS = [
  'netArch',
  'activationFn',
  'orthoInit',
  'logStdInit',
  'useSde',
  'fullStd',
  'useExpln',
  ...FEATURES_KWARGS,
  'shareFeaturesExtractor',
];

/** What `'CnnPolicy'` is, besides what it is told: Stable-Baselines3's. */
export const CNN_KWARGS = { featuresExtractorClass: 'NatureCNN', netArch: [] } as const satisfies PolicyKwargs;

/** What `'MultiInputPolicy'` is. */
export const MULTI_INPUT_KWARGS = { featuresExtractorClass: 'Combined' } as const satisfies PolicyKwargs;

/** The spaces that a policy is made for. */
export interface PolicySpaces {
  readonly observationSpace: Space;
  readonly actionSpace: Space;
}

/**
 * Stable-Baselines3's `MlpPolicy`: one network for the actions, another for the value, two hidden layers of 64 with tanh each; with
 * a `featuresExtractorClass` they look at its features instead of the observations.
 *
 * The distribution follows the action space: see `@gai/rl/distributions`. First weights come from `manualSeed`.
 *
 * @param spaces - Of the env it acts in.
 * @param options - Default {@link PolicyKwargs}' own.
 * @throws ArgumentError for a space without a policy, or an unknown option.
 * @example
 * import { Box, Discrete } from '@gai/rl';
 * import { ActorCriticPolicy } from '@gai/rl/deep';
 * const observationSpace = new Box({ low: -1, high: 1, shape: [4] });
 * const policy = new ActorCriticPolicy({ observationSpace, actionSpace: new Discrete(2) }, { netArch: [32] });
 * policy.forward(tensor([[0, 0, 0, 0]])).value.shape; // => [1]
 * @category Deep agents
 * @since 0.1.0
 */
export class ActorCriticPolicy extends Module implements ActorCritic {
  readonly featuresExtractor: FeaturesExtractor;
  /** The value's own, where they are not shared. */
  readonly vfFeaturesExtractor: FeaturesExtractor | null;
  /** Hidden layers of the actions' network. */
  readonly policyNet: Sequential;
  /** Hidden layers of the value's network. */
  readonly valueNet: Sequential;
  readonly actionNet: Linear;
  readonly valueHead: Linear;
  /** `[actions]`, for a `Box`; `[features, actions]` with gSDE. */
  readonly logStd: Parameter | null;
  /** Whether it explores by its last hidden layer. */
  readonly useSde: boolean;
  readonly #head: ActionHead;
  readonly #useExpln: boolean;

  constructor(spaces: PolicySpaces, options: PolicyKwargs = {}) {
    const op = 'ActorCriticPolicy';
    checkOptionNames(op, options, POLICY_KWARGS);
    super();
    const { observationSpace, actionSpace } = spaces;
    const { activationFn = 'tanh', orthoInit = true, logStdInit = 0 } = options;
    const { useSde = false, fullStd = true, useExpln = false } = options;
    const { pi, vf } = layerSizes(op, options.netArch ?? [64, 64]);
    const head = actionHead(op, actionSpace);
    this.#head = head;
    [this.featuresExtractor, this.vfFeaturesExtractor] = extractors(op, observationSpace, options);
    const inputs = this.featuresExtractor.featuresDim;
    const style = { op, activationFn, orthoInit };
    this.policyNet = hiddenLayers([inputs, ...pi], style);
    this.valueNet = hiddenLayers([inputs, ...vf], style);
    this.actionNet = denseLayer([pi.at(-1) ?? inputs, head.outputs], orthoInit ? 0.01 : undefined);
    this.valueHead = denseLayer([vf.at(-1) ?? inputs, 1], orthoInit ? 1 : undefined);
    this.useSde = useSde;
    this.#useExpln = useExpln;
    if (useSde && !head.hasLogStd) throw noBox(op, actionSpace);
    const shape = useSde ? [pi.at(-1) ?? inputs, fullStd ? head.outputs : 1] : [head.outputs];
    this.logStd = head.hasLogStd ? new Parameter(full(shape, logStdInit)) : null;
  }

  /** `[batch, ...]` → a distribution of `batch` rows, and values `[batch]`. */
  forward(observations: Tensor, mask?: Tensor): PolicyOutput {
    const features = this.featuresExtractor.forward(observations);
    const judged = this.vfFeaturesExtractor?.forward(observations) ?? features;
    const latent = this.policyNet.forward(features) as Tensor;
    const outputs = this.actionNet.forward(latent);
    const value = squeeze(this.valueHead.forward(this.valueNet.forward(judged) as Tensor), 1);
    const explored = this.useSde ? { features: latent, useExpln: this.#useExpln } : {};
    const logStd = this.logStd ?? undefined;
    return { distribution: this.#head.distribution(outputs, { logStd, mask, ...explored }), value };
  }
}

/** What looks at observations for the actions, and for the value if that is another. */
export function extractors(
  op: string,
  space: Space,
  options: PolicyKwargs,
): [pi: FeaturesExtractor, vf: FeaturesExtractor | null] {
  const { featuresExtractorClass, featuresDim, orthoInit = true, shareFeaturesExtractor = true } = options;
  const make = (): FeaturesExtractor =>
    featuresExtractor(op, space, { featuresExtractorClass, featuresDim, orthoInit });
  return [make(), shareFeaturesExtractor ? null : make()];
}

const noBox = (op: string, space: Space): Error =>
  argumentError(
    op,
    `only numbers are explored by features. Got useSde for ${space.toString()}; expected a Box. Leave useSde out.`,
  );
