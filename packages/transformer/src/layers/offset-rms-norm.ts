import { add, rmsNorm } from '@gai/core';
import type { Tensor } from '@gai/core';
import { Module, Parameter, init } from '@gai/nn';

/** `x / √(mean(x²) + eps) · (1 + weight)`, as Gemma has it: weights begin at 0. */
export class OffsetRMSNorm extends Module {
  readonly weight: Parameter;
  readonly #eps: number;

  constructor({ normalizedShape, eps }: { readonly normalizedShape: number; readonly eps: number }) {
    super();
    this.weight = new Parameter(init.zeros()([normalizedShape]));
    this.#eps = eps;
  }

  /** `[…, normalizedShape]` → the same shape. */
  forward(x: Tensor): Tensor {
    return rmsNorm(x, { axis: -1, weight: add(this.weight, 1), eps: this.#eps });
  }
}
