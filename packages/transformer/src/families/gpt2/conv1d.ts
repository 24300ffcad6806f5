import { add, matmul, reshape, transpose } from '@gai/core';
import type { Tensor } from '@gai/core';
import { Linear, Module, Parameter, init } from '@gai/nn';

/**
 * A linear map whose weight is stored the other way round: `x W + b`, W `[inFeatures, outFeatures]`. The name is that of GPT-2's code, in
 * which it stands for a convolution over one token.
 */
export class Conv1D extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;

  constructor(inFeatures: number, outFeatures: number, std: number) {
    super();
    this.weight = new Parameter(init.normal({ std })([inFeatures, outFeatures]));
    this.bias = new Parameter(init.zeros()([outFeatures]));
  }

  /** `[..., inFeatures]` → `[..., outFeatures]`. As matrices the product and the sum are one kernel. */
  forward(x: Tensor): Tensor {
    const [inFeatures, outFeatures] = this.weight.shape as [number, number];
    const rows = reshape(x, [-1, inFeatures]);
    return reshape(add(matmul(rows, this.weight), this.bias), [...x.shape.slice(0, -1), outFeatures]);
  }

  /** A layer of the usual kind that computes the same: what `quantize` rounds. */
  toLinear(): Linear {
    const [inFeatures, outFeatures] = this.weight.shape as [number, number];
    const layer = init.withoutInitialValues(() => new Linear({ inFeatures, outFeatures }));
    layer.weight.assign(transpose(this.weight.value));
    layer.bias!.assign(this.bias.value);
    layer.bias!.requiresGrad = this.bias.requiresGrad;
    return layer.train(this.training);
  }
}
