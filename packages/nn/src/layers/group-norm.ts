import { ArgumentError, groupNorm } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { ones, zeros } from '../init/constant.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { checkInput, checkSizes } from './check.ts';

/** Options of {@link GroupNorm}. */
export interface GroupNormLayerOptions {
  /** How many groups the channels are divided into. */
  readonly numGroups: number;
  /** Size of axis 1; a multiple of `numGroups`. */
  readonly numChannels: number;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined;
  /** Whether there are weight and bias. Default true. */
  readonly affine?: boolean | undefined;
}

/**
 * Normalises groups of neighbouring channels of each example: `(x − mean) / √(variance + eps) · weight + bias`, variance
 * over n. The same in training and evaluation.
 *
 * State: `weight` and `bias`, both `[numChannels]`.
 * @throws {@link ArgumentError} if `numGroups` does not divide `numChannels`.
 * @throws {@link ShapeError} if the input does not have `numChannels` channels.
 * @example
 * const layer = new GroupNorm({ numGroups: 2, numChannels: 4 });
 * layer.forward(tensor(new Float32Array(16), { shape: [1, 4, 2, 2] })).shape; // => [1, 4, 2, 2]
 * @see Wu and He 2018, https://arxiv.org/abs/1803.08494
 * @category Layers
 */
export class GroupNorm extends Module {
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  readonly numGroups: number;
  readonly numChannels: number;
  readonly eps: number;

  constructor(options: GroupNormLayerOptions) {
    checkOptionNames('GroupNorm', options, ['numGroups', 'numChannels', 'eps', 'affine']);
    super();
    const { numGroups, numChannels, eps = 1e-5, affine = true } = options;
    checkSizes('GroupNorm', { numGroups, numChannels });
    if (numChannels % numGroups !== 0) {
      throw new ArgumentError(
        `GroupNorm: the channels cannot be divided. Got numChannels ${numChannels} and numGroups ${numGroups}; expected ` +
          `a multiple of numGroups. Choose another numGroups.`,
        { op: 'GroupNorm', details: { numChannels, numGroups } },
      );
    }
    this.numGroups = numGroups;
    this.numChannels = numChannels;
    this.eps = eps;
    this.weight = affine ? new Parameter(ones()([numChannels])) : null;
    this.bias = affine ? new Parameter(zeros()([numChannels])) : null;
  }

  /** `[batch, numChannels, ...]` → the same shape. */
  forward(x: Tensor): Tensor {
    const axis = { at: 1, size: this.numChannels, option: 'numChannels' };
    checkInput('GroupNorm', x, { layout: '[batch, channels, ...]', axis });
    const { numGroups, eps } = this;
    return groupNorm(x, { numGroups, eps, weight: this.weight ?? undefined, bias: this.bias ?? undefined });
  }
}
