import { quantizeWeight, quantizedLinear, tensor } from '@gai/core';
import type { QuantizeOptions, QuantizedWeight, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Parameter } from '../../parameter.ts';
import { checkInput } from '../check.ts';
import type { Linear } from '../linear.ts';
import { QuantizedMatrix, emptyWeight } from './quantized-matrix.ts';
import type { QuantizedFormat } from './quantized-matrix.ts';

/** Options of {@link QuantizedLinear}. */
export interface QuantizedLinearOptions extends QuantizedFormat {
  /** Size of the last axis of the input. */
  readonly inFeatures: number;
  /** Size of the last axis of the output. */
  readonly outFeatures: number;
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean | undefined;
}

/**
 * A linear map of the last axis with a weight of 4 or 8 bits: `y = x Wᵀ + b`. The weight is fixed; gradients go through it
 * to what stands before, and to the bias.
 *
 * Made from a trained layer by {@link QuantizedLinear.from}, or empty, to be filled from a state dict.
 *
 * State: `packed` `[outFeatures, ⌈inFeatures / block⌉, block · bits / 8]` uint8, `scales`, where there are any `zeroPoints`
 * or `offsets` (see `QuantizedWeight`), `bias` `[outFeatures]`.
 * @throws {@link ShapeError} if the last axis of the input is not `inFeatures` long.
 * @example
 * const layer = await QuantizedLinear.from(new Linear({ inFeatures: 64, outFeatures: 2 }), { bits: 8 });
 * layer.forward(tensor(new Float32Array(64), { shape: [1, 64] })).shape; // => [1, 2]
 * @category Layers
 */
export class QuantizedLinear extends QuantizedMatrix {
  readonly bias: Parameter | null;
  readonly inFeatures: number;
  readonly outFeatures: number;

  constructor(options: QuantizedLinearOptions, weight?: QuantizedWeight) {
    checkOptionNames('QuantizedLinear', options, ['inFeatures', 'outFeatures', 'bias', 'bits', 'block', 'extra']);
    const { inFeatures, outFeatures, bias = true } = options;
    const sizes = { rows: outFeatures, columns: inFeatures };
    super('QuantizedLinear', weight ?? emptyWeight('QuantizedLinear', sizes, options), sizes);
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.bias = bias ? new Parameter(tensor(new Float32Array(outFeatures))) : null;
  }

  /** Rounds the weight of a layer; its bias is copied, and as trainable as it was. */
  static async from(layer: Linear, options: QuantizeOptions = {}): Promise<QuantizedLinear> {
    checkOptionNames('QuantizedLinear.from', options, ['bits', 'block', 'symmetric']);
    const { inFeatures, outFeatures, bias } = layer;
    const weight = await quantizeWeight(layer.weight.value, options);
    const made = new QuantizedLinear({ inFeatures, outFeatures, bias: bias !== null }, weight);
    if (bias !== null) {
      made.bias!.assign(bias.value);
      made.bias!.requiresGrad = bias.requiresGrad;
    }
    return made.train(layer.training);
  }

  /** `[..., inFeatures]` → `[..., outFeatures]`. */
  forward(x: Tensor): Tensor {
    const axis = { at: -1, size: this.inFeatures, option: 'inFeatures' };
    checkInput('QuantizedLinear', x, { layout: '[..., inFeatures]', axis });
    return quantizedLinear(x, this.weight, this.bias ?? undefined);
  }
}
