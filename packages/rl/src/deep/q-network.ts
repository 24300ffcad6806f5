import { add, mean, reshape, sub } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Linear, Module, ReLU, Sequential, Tanh } from '@gai/nn';
import { argumentError, show } from '../errors.ts';
import type { Space } from '../spaces/space.ts';
import { Discrete } from '../spaces/discrete.ts';
import { FEATURES_KWARGS, featuresExtractor } from './features-extractor.ts';
import type { FeaturesKwargs } from './features-extractor.ts';
import type { FeaturesExtractor } from './features.ts';

/**
 * Any module that values actions: the network of {@link DQN}. Extend `Module` and write `forward`.
 *
 * @category Deep agents
 * @since 0.1.0
 */
export interface QFunction extends Module {
  /**
   * @param observations - `[batch, ...shape]` floats: boxes in their shape, choices one-hot, records as one vector.
   * @returns `[batch, actions]`: values; of a distributional agent `[batch, actions, atoms]`: logits (C51) or quantiles.
   */
  forward(observations: Tensor): Tensor;
}

/** Settings of {@link QNetwork}, with Stable-Baselines3's names and defaults. */
export interface QNetworkOptions extends FeaturesKwargs {
  /** Sizes of the hidden layers. Default `[64, 64]`. */
  readonly netArch?: readonly number[] | undefined;
  /** Default `'relu'`. */
  readonly activationFn?: 'tanh' | 'relu' | undefined;
}

/** What a {@link QNetwork} gives per observation, besides its settings. */
export interface QNetworkShape extends QNetworkOptions {
  /** Value and advantages apart: `Q = V + A − mean(A)`. Default false. */
  readonly dueling?: boolean | undefined;
  /** Numbers per action; 0 for one without an axis. Default 0. */
  readonly atoms?: number | undefined;
}

/**
 * Stable-Baselines3's `MlpPolicy` of DQN: two hidden layers of 64 with ReLU, a value per action; with a `featuresExtractorClass` they look
 * at its features instead of the observations.
 *
 * @param spaces - Of the env it acts in; actions are `Discrete`.
 * @param options - Default {@link QNetworkShape}' own.
 * @throws ArgumentError for an unknown option, or actions that are no choices.
 * @example
 * import { Box, Discrete } from '@gai/rl';
 * import { QNetwork } from '@gai/rl/deep';
 * const observationSpace = new Box({ low: -1, high: 1, shape: [4] });
 * const network = new QNetwork({ observationSpace, actionSpace: new Discrete(2) }, { netArch: [32], dueling: true });
 * network.forward(tensor([[0, 0, 0, 0]])).shape; // => [1, 2]
 * @see Wang et al. 2016, Dueling network architectures, https://arxiv.org/abs/1511.06581
 * @category Deep agents
 * @since 0.1.0
 */
export class QNetwork extends Module implements QFunction {
  readonly featuresExtractor: FeaturesExtractor;
  /** Hidden layers, and without dueling the last one as well. */
  readonly qNet: Sequential;
  /** Of a dueling network. */
  readonly valueHead: Linear | null;
  readonly advantageHead: Linear | null;
  readonly #outputs: readonly number[];

  constructor(spaces: { readonly observationSpace: Space; readonly actionSpace: Space }, options: QNetworkShape = {}) {
    checkOptionNames('QNetwork', options, ['netArch', 'activationFn', ...FEATURES_KWARGS, 'dueling', 'atoms']);
    super();
    const { observationSpace, actionSpace } = spaces;
    const { netArch = [64, 64], activationFn = 'relu', dueling = false, atoms = 0 } = options;
    checkSettings(netArch, activationFn);
    if (!(actionSpace instanceof Discrete)) throw noChoices(actionSpace);
    const { featuresExtractorClass, featuresDim } = options;
    this.featuresExtractor = featuresExtractor('QNetwork', observationSpace, { featuresExtractorClass, featuresDim });
    const inputs = this.featuresExtractor.featuresDim;
    this.#outputs = atoms === 0 ? [actionSpace.n] : [actionSpace.n, atoms];
    const width = netArch.at(-1) ?? inputs;
    const each = Math.max(atoms, 1);
    const layers = netArch.flatMap((outFeatures, index) => [
      new Linear({ inFeatures: index === 0 ? inputs : netArch[index - 1]!, outFeatures }),
      activationFn === 'relu' ? new ReLU() : new Tanh(),
    ]);
    const head = (outFeatures: number): Linear => new Linear({ inFeatures: width, outFeatures });
    this.qNet = new Sequential(...layers, ...(dueling ? [] : [head(actionSpace.n * each)]));
    this.valueHead = dueling ? head(each) : null;
    this.advantageHead = dueling ? head(actionSpace.n * each) : null;
  }

  /** `[batch, ...]` → `[batch, actions]`, or `[batch, actions, atoms]`. */
  forward(observations: Tensor): Tensor {
    const batch = observations.shape[0]!;
    const hidden = this.qNet.forward(this.featuresExtractor.forward(observations)) as Tensor;
    const shape = [batch, ...this.#outputs];
    if (this.valueHead === null) return reshape(hidden, shape);
    const advantage = reshape(this.advantageHead!.forward(hidden), shape);
    const value = reshape(this.valueHead.forward(hidden), [batch, 1, ...this.#outputs.slice(1)]);
    return add(value, sub(advantage, mean(advantage, { axis: 1, keepDims: true })));
  }
}

function checkSettings(netArch: readonly number[], activationFn: string): void {
  if (!Array.isArray(netArch) || !netArch.every((size) => Number.isSafeInteger(size) && size > 0)) {
    throw argumentError(
      'QNetwork',
      `netArch does not fit. Got ${show(netArch)}; expected positive whole numbers, such as [64, 64]. Pass the sizes of the ` +
        'hidden layers.',
    );
  }
  if (activationFn === 'relu' || activationFn === 'tanh') return;
  throw argumentError(
    'QNetwork',
    `unknown activation. Got ${show(activationFn)}; expected 'relu' or 'tanh'. Write a network of your own for others.`,
  );
}

const noChoices = (space: Space): Error =>
  argumentError('QNetwork', `actions are no choices. Got ${space.toString()}; expected a Discrete. Take SAC or PPO.`);
