import { reshape, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Linear, Module, Parameter, ReLU, Sequential, Tanh, init } from '@gai/nn';
import type { Distribution } from '../distributions/distribution.ts';
import { argumentError, show } from '../errors.ts';
import type { Space } from '../spaces/space.ts';
import { actionHead } from './action-head.ts';
import type { ActionHead } from './action-head.ts';
import { ObservationCodec } from './observation-codec.ts';

/** What a policy says of a batch of observations. */
export interface PolicyOutput {
  /** Over actions, one row per observation. */
  readonly distribution: Distribution;
  /** `[batch]`: the value of each observation. */
  readonly value: Tensor;
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
   */
  forward(observations: Tensor, mask?: Tensor): PolicyOutput;
}

/** Sizes of the hidden layers: alike for both networks, or each its own. */
export type NetArch = readonly number[] | { readonly pi: readonly number[]; readonly vf: readonly number[] };

/** Settings of {@link ActorCriticPolicy}, with Stable-Baselines3's names and defaults. */
export interface PolicyKwargs {
  /** Default `{ pi: [64, 64], vf: [64, 64] }`; the two networks share nothing. */
  readonly netArch?: NetArch | undefined;
  /** Default `'tanh'`. */
  readonly activationFn?: 'tanh' | 'relu' | undefined;
  /** Orthogonal first weights, biases 0: gain √2 in the hidden layers, 0.01 for actions, 1 for values. Default true. */
  readonly orthoInit?: boolean | undefined;
  /** Of the Gaussian of a `Box`. Default 0. */
  readonly logStdInit?: number | undefined;
}

/** The spaces that a policy is made for. */
export interface PolicySpaces {
  readonly observationSpace: Space;
  readonly actionSpace: Space;
}

/**
 * Stable-Baselines3's `MlpPolicy`: one network for the actions, another for the value, two hidden layers of 64 with tanh each.
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
  /** Hidden layers of the actions' network. */
  readonly policyNet: Sequential;
  /** Hidden layers of the value's network. */
  readonly valueNet: Sequential;
  readonly actionNet: Linear;
  readonly valueHead: Linear;
  /** `[actions]`, for a `Box`. */
  readonly logStd: Parameter | null;
  readonly #head: ActionHead;
  readonly #size: number;

  constructor(spaces: PolicySpaces, options: PolicyKwargs = {}) {
    checkOptionNames('ActorCriticPolicy', options, ['netArch', 'activationFn', 'orthoInit', 'logStdInit']);
    super();
    const { observationSpace, actionSpace } = spaces;
    const { netArch = [64, 64], activationFn = 'tanh', orthoInit = true, logStdInit = 0 } = options;
    const { pi, vf } = 'pi' in netArch ? netArch : { pi: netArch, vf: netArch };
    checkLayers('pi', pi);
    checkLayers('vf', vf);
    const head = actionHead('ActorCriticPolicy', actionSpace);
    this.#head = head;
    this.#size = new ObservationCodec(observationSpace).size;
    const build = { activationFn, orthoInit };
    this.policyNet = hidden([this.#size, ...pi], build);
    this.valueNet = hidden([this.#size, ...vf], build);
    this.actionNet = linear([pi.at(-1) ?? this.#size, head.outputs], orthoInit ? 0.01 : undefined);
    this.valueHead = linear([vf.at(-1) ?? this.#size, 1], orthoInit ? 1 : undefined);
    this.logStd = head.hasLogStd ? new Parameter(tensor(new Float32Array(head.outputs).fill(logStdInit))) : null;
  }

  /** `[batch, ...]` → a distribution of `batch` rows, and values `[batch]`. */
  forward(observations: Tensor, mask?: Tensor): PolicyOutput {
    const batch = observations.shape[0]!;
    const flat = reshape(observations, [batch, this.#size]);
    const outputs = this.actionNet.forward(this.policyNet.forward(flat) as Tensor);
    const value = reshape(this.valueHead.forward(this.valueNet.forward(flat) as Tensor), [batch]);
    const logStd = this.logStd ?? undefined;
    return { distribution: this.#head.distribution(outputs, { logStd, mask }), value };
  }
}

function hidden(
  sizes: readonly number[],
  { activationFn, orthoInit }: { readonly activationFn: 'tanh' | 'relu'; readonly orthoInit: boolean },
): Sequential {
  if (activationFn !== 'tanh' && activationFn !== 'relu') {
    throw argumentError(
      'ActorCriticPolicy',
      `unknown activation. Got ${show(activationFn)}; expected 'tanh' or 'relu'. Write a policy of your own for others.`,
    );
  }
  const layers = sizes.slice(1).flatMap((size, index) => {
    const layer = linear([sizes[index]!, size], orthoInit ? Math.SQRT2 : undefined);
    return [layer, activationFn === 'tanh' ? new Tanh() : new ReLU()];
  });
  return new Sequential(...layers);
}

/** Orthogonal of that gain with a bias of 0, or PyTorch's default without one. */
function linear([inFeatures, outFeatures]: readonly [number, number], gain: number | undefined): Linear {
  if (gain === undefined) return new Linear({ inFeatures, outFeatures });
  return new Linear({ inFeatures, outFeatures, weightInit: init.orthogonal({ gain }), biasInit: init.zeros() });
}

function checkLayers(name: string, sizes: readonly number[]): void {
  if (Array.isArray(sizes) && sizes.every((size) => Number.isSafeInteger(size) && size > 0)) return;
  throw argumentError(
    'ActorCriticPolicy',
    `netArch does not fit. Got ${name} ${show(sizes)}; expected positive whole numbers, such as [64, 64]. Pass the sizes of ` +
      'the hidden layers.',
  );
}
