import { linear } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { defaultBias, defaultWeight } from '../init/defaults.ts';
import type { Initializer } from '../init/initializer.ts';
import { Module } from '../module.ts';
import { KIND } from '../modules/brands.ts';
import { Parameter } from '../parameter.ts';
import { checkInput, checkSizes } from './check.ts';

/** Options of {@link Linear}. */
export interface LinearOptions {
  /** Size of the last axis of the input. */
  readonly inFeatures: number;
  /** Size of the last axis of the output. */
  readonly outFeatures: number;
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean | undefined;
  /** First value of the weight. Default: uniform over ±1/√inFeatures. */
  readonly weightInit?: Initializer | undefined;
  /** First value of the bias. Default: uniform over ±1/√inFeatures. */
  readonly biasInit?: Initializer | undefined;
}

/**
 * A linear map of the last axis: `y = x Wᵀ + b`.
 *
 * State: `weight` `[outFeatures, inFeatures]`, `bias` `[outFeatures]`.
 * @throws {@link ShapeError} if the last axis of the input is not `inFeatures` long.
 * @example
 * const layer = new Linear({ inFeatures: 3, outFeatures: 2 });
 * layer.forward(tensor([[1, 2, 3]])).shape; // => [1, 2]
 * @category Layers
 */
export class Linear extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | null;
  readonly inFeatures: number;
  readonly outFeatures: number;

  constructor(options: LinearOptions) {
    checkOptionNames('Linear', options, ['inFeatures', 'outFeatures', 'bias', 'weightInit', 'biasInit']);
    super();
    const { inFeatures, outFeatures, bias = true } = options;
    checkSizes('Linear', { inFeatures, outFeatures });
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.weight = new Parameter((options.weightInit ?? defaultWeight)([outFeatures, inFeatures]));
    this.bias = bias ? new Parameter((options.biasInit ?? defaultBias(inFeatures))([outFeatures])) : null;
  }

  /** @internal */
  get [KIND](): string {
    return 'Linear';
  }

  /** `[..., inFeatures]` → `[..., outFeatures]`. */
  forward(x: Tensor): Tensor {
    const axis = { at: -1, size: this.inFeatures, option: 'inFeatures' };
    checkInput('Linear', x, { layout: '[..., inFeatures]', axis });
    return linear(x, this.weight, this.bias ?? undefined);
  }
}
