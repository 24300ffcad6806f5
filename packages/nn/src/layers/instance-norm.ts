import { instanceNorm } from '@gai/core';
import type { Tensor } from '@gai/core';
import { ones, zeros } from '../init/constant.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { checkInput, checkSizes } from './check.ts';

/** Options of {@link InstanceNorm1d} and {@link InstanceNorm2d}. */
export interface InstanceNormLayerOptions {
  /** Number of channels: the size of axis 1. */
  readonly numFeatures: number;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined;
  /** Whether there are weight and bias. Default false. */
  readonly affine?: boolean | undefined;
}

/** What a kind of instance norm is called and what its input looks like, for messages. */
export interface InstanceNormKind {
  readonly name: string;
  /** The input's axes in words. */
  readonly layout: string;
  /** The number of axes it has. */
  readonly rank: number;
}

/**
 * What {@link InstanceNorm1d} and {@link InstanceNorm2d} share: each channel of each example by its own statistics.
 * @category Layers
 */
export abstract class InstanceNorm extends Module {
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  readonly numFeatures: number;
  readonly eps: number;
  readonly #kind: InstanceNormKind;

  constructor(options: InstanceNormLayerOptions, kind: InstanceNormKind) {
    super();
    const { numFeatures, eps = 1e-5, affine = false } = options;
    checkSizes(kind.name, { numFeatures });
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.#kind = kind;
    this.weight = affine ? new Parameter(ones()([numFeatures])) : null;
    this.bias = affine ? new Parameter(zeros()([numFeatures])) : null;
  }

  /** `[batch, numFeatures, ...]` → the same shape. */
  forward(x: Tensor): Tensor {
    const { name, layout, rank } = this.#kind;
    checkInput(name, x, { layout, ranks: [rank], axis: { at: 1, size: this.numFeatures, option: 'numFeatures' } });
    return instanceNorm(x, { weight: this.weight ?? undefined, bias: this.bias ?? undefined, eps: this.eps });
  }
}
