import { add, matmul } from '@gai/core';
import type { Tensor } from '@gai/core';
import { Module, Parameter, init } from '@gai/nn';

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

  /** `[..., inFeatures]` → `[..., outFeatures]`. */
  forward(x: Tensor): Tensor {
    return add(matmul(x, this.weight), this.bias);
  }
}
