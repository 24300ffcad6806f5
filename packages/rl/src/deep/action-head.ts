import type { Tensor, TypedArray } from '@gai/core';
import { argumentError } from '../errors.ts';
import { Bernoulli } from '../distributions/bernoulli.ts';
import { Categorical } from '../distributions/categorical.ts';
import { DiagonalGaussian } from '../distributions/diagonal-gaussian.ts';
import type { Distribution } from '../distributions/distribution.ts';
import { MultiCategorical } from '../distributions/multi-categorical.ts';
import { StateDependentGaussian } from '../distributions/state-dependent-gaussian.ts';
import { Box } from '../spaces/box.ts';
import { Discrete } from '../spaces/discrete.ts';
import { MultiBinary } from '../spaces/multi-binary.ts';
import { MultiDiscrete } from '../spaces/multi-discrete.ts';
import type { Space } from '../spaces/space.ts';

/** What a distribution is made of besides a network's outputs. */
export interface HeadInputs {
  /** `[actions]`, of a `Box`. */
  readonly logStd?: Tensor | undefined;
  /** `[batch, maskSize]`: 1 for the actions that are allowed. Default all. */
  readonly mask?: Tensor | undefined;
  /** `[batch, features]`, of a `Box` that is explored by them (gSDE); `logStd` is `[features, actions]` then. */
  readonly features?: Tensor | undefined;
  readonly useExpln?: boolean | undefined;
}

/** Actions as networks and buffers have them, and as envs take them. */
export interface ActionCodec {
  /** Sizes of one action. */
  readonly shape: readonly number[];
  readonly dtype: 'int32' | 'float32';
  /** Samples, one action after another, as a vector env takes them. */
  toEnv(samples: TypedArray): Int32Array | Float32Array;
  /** The samples of one action as an element of the space. */
  toAction(samples: TypedArray): unknown;
}

/** What an action space asks of a policy, and what becomes of its samples. */
export interface ActionHead extends ActionCodec {
  /** Numbers a network gives per row. */
  readonly outputs: number;
  /** Whether the distribution has a deviation of its own. */
  readonly hasLogStd: boolean;
  /** Entries of an action mask; 0 where actions cannot be forbidden. */
  readonly maskSize: number;
  /** From outputs `[batch, outputs]`. */
  distribution(outputs: Tensor, inputs: HeadInputs): Distribution;
}

/**
 * Chooses the distribution of a policy by the action space: categorical for `Discrete`, several for `MultiDiscrete`, bits for
 * `MultiBinary`, a diagonal Gaussian for `Box`, as Stable-Baselines3 does.
 *
 * @throws ArgumentError for another space.
 */
export function actionHead(op: string, space: Space): ActionHead {
  if (space instanceof Discrete) return discreteHead(space);
  if (space instanceof MultiDiscrete) return multiDiscreteHead(space);
  if (space instanceof MultiBinary) return multiBinaryHead(space);
  if (space instanceof Box) return boxHead(space);
  throw argumentError(
    op,
    `the action space has no policy. Got ${space.toString()}; expected Discrete, MultiDiscrete, MultiBinary or Box. Wrap the ` +
      'env so that its actions are one of them.',
  );
}

function discreteHead({ n, start }: Discrete): ActionHead {
  return {
    outputs: n,
    shape: [],
    dtype: 'int32',
    hasLogStd: false,
    maskSize: n,
    distribution: (logits, { mask }) => new Categorical(logits, { mask }),
    toEnv: (samples) => (start === 0 ? (samples as Int32Array) : (samples as Int32Array).map((index) => index + start)),
    toAction: (samples) => Number(samples[0]) + start,
  };
}

function multiDiscreteHead({ nvec, flatSize }: MultiDiscrete): ActionHead {
  return {
    outputs: flatSize,
    shape: [nvec.length],
    dtype: 'int32',
    hasLogStd: false,
    maskSize: flatSize,
    distribution: (logits, { mask }) => new MultiCategorical(logits, nvec, { mask }),
    toEnv: (samples) => samples as Int32Array,
    toAction: (samples) => Int32Array.from(samples as Int32Array),
  };
}

function multiBinaryHead({ flatSize }: MultiBinary): ActionHead {
  return {
    outputs: flatSize,
    shape: [flatSize],
    dtype: 'int32',
    hasLogStd: false,
    maskSize: 0,
    distribution: (logits) => new Bernoulli(logits),
    toEnv: (samples) => samples as Int32Array,
    toAction: (samples) => Int8Array.from(samples as Int32Array),
  };
}

/** What leaves the box is clipped for the env only: the update sees what was drawn, as in Stable-Baselines3. */
function boxHead({ flatSize, low, high }: Box): ActionHead {
  const clip = (samples: TypedArray): Float32Array =>
    (samples as Float32Array).map((value, index) => {
      const at = index % flatSize;
      return Math.min(Math.max(value, Number(low[at])), Number(high[at]));
    });
  return {
    outputs: flatSize,
    shape: [flatSize],
    dtype: 'float32',
    hasLogStd: true,
    maskSize: 0,
    distribution: (mean, { logStd, features, useExpln }) =>
      features === undefined
        ? new DiagonalGaussian(mean, logStd!)
        : new StateDependentGaussian(mean, logStd!, features, { useExpln }),
    toEnv: clip,
    toAction: clip,
  };
}
