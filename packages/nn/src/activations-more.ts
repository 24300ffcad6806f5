import {
  celu,
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  logSigmoid,
  mish,
  prelu,
  relu6,
  selu,
  softshrink,
  softsign,
  tanhshrink,
} from '@gai/core';
import type { HardtanhOptions, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { constant } from './init/constant.ts';
import { checkSizes } from './layers/check.ts';
import { Module } from './module.ts';
import { Parameter } from './parameter.ts';

/**
 * Self-normalising exponential linear unit as a layer: `1.0507 · elu(x, 1.6733)`.
 * @example
 * await toArray(new SELU().forward(tensor([0]))); // => [0]
 * @see Klambauer et al. 2017, https://arxiv.org/abs/1706.02515
 * @category Activations
 */
export class SELU extends Module {
  /** `[...]` → the same shape. */
  forward(x: Tensor): Tensor {
    return selu(x);
  }
}

/**
 * Continuously differentiable ELU as a layer: `x` if positive, else `alpha · (e^(x/alpha) − 1)`.
 * @example
 * await toArray(new CELU({ alpha: 0.5 }).forward(tensor([-Infinity, 2]))); // => [-0.5, 2]
 * @see Barron 2017, https://arxiv.org/abs/1704.07483
 * @category Activations
 */
export class CELU extends Module {
  readonly alpha: number;

  /** @param options.alpha - Minus the limit at −∞; positive. Default 1. */
  constructor(options: { readonly alpha?: number | undefined } = {}) {
    checkOptionNames('CELU', options, ['alpha']);
    super();
    this.alpha = options.alpha ?? 1;
  }

  /** `[...]` → the same shape. */
  forward(x: Tensor): Tensor {
    return celu(x, this.alpha);
  }
}

/**
 * Logarithm of the logistic function as a layer: `−ln(1 + e⁻ˣ)`.
 * @example
 * await toArray(new LogSigmoid().forward(tensor([-1000, 1000]))); // => [-1000, 0]
 * @category Activations
 */
export class LogSigmoid extends Module {
  /** `[...]` → the same shape. */
  forward(x: Tensor): Tensor {
    return logSigmoid(x);
  }
}

/**
 * Smooth, not monotonic rectifier as a layer: `x · tanh(ln(1 + eˣ))`.
 * @example
 * await toArray(new Mish().forward(tensor([0, 100]))); // => [0, 100]
 * @see Misra 2019, https://arxiv.org/abs/1908.08681
 * @category Activations
 */
export class Mish extends Module {
  /** `[...]` → the same shape. */
  forward(x: Tensor): Tensor {
    return mish(x);
  }
}

/**
 * Squashes to (−1, 1) with long tails, as a layer: `x / (1 + |x|)`.
 * @example
 * await toArray(new Softsign().forward(tensor([1, -3]))); // => [0.5, -0.75]
 * @category Activations
 */
export class Softsign extends Module {
  /** `[...]` → the same shape. */
  forward(x: Tensor): Tensor {
    return softsign(x);
  }
}

/**
 * Straight line between two bounds as a layer: `min(max(x, min), max)`.
 * @example
 * await toArray(new Hardtanh().forward(tensor([-3, 0.5, 3]))); // => [-1, 0.5, 1]
 * @category Activations
 */
export class Hardtanh extends Module {
  readonly min: number;
  readonly max: number;

  /**
   * @param options.min - Lower bound. Default -1.
   * @param options.max - Upper bound. Default 1.
   */
  constructor(options: HardtanhOptions = {}) {
    checkOptionNames('Hardtanh', options, ['min', 'max']);
    super();
    this.min = options.min ?? -1;
    this.max = options.max ?? 1;
  }

  /** `[...]` → the same shape. */
  forward(x: Tensor): Tensor {
    return hardtanh(x, { min: this.min, max: this.max });
  }
}

/**
 * Rectifier with a ceiling as a layer: `min(max(x, 0), 6)`.
 * @example
 * await toArray(new ReLU6().forward(tensor([-1, 2, 9]))); // => [0, 2, 6]
 * @category Activations
 */
export class ReLU6 extends Module {
  /** `[...]` → the same shape. */
  forward(x: Tensor): Tensor {
    return relu6(x);
  }
}

/**
 * Piecewise linear logistic function as a layer: `relu6(x + 3) / 6`.
 * @example
 * await toArray(new Hardsigmoid().forward(tensor([-4, 0, 4]))); // => [0, 0.5, 1]
 * @category Activations
 */
export class Hardsigmoid extends Module {
  /** `[...]` → the same shape. */
  forward(x: Tensor): Tensor {
    return hardsigmoid(x);
  }
}

/**
 * Piecewise SiLU as a layer: `x · relu6(x + 3) / 6`.
 * @example
 * await toArray(new Hardswish().forward(tensor([-4, 0, 4]))); // => [0, 0, 4]
 * @see Howard et al. 2019, https://arxiv.org/abs/1905.02244
 * @category Activations
 */
export class Hardswish extends Module {
  /** `[...]` → the same shape. */
  forward(x: Tensor): Tensor {
    return hardswish(x);
  }
}

/**
 * What tanh takes away, as a layer: `x − tanh x`.
 * @example
 * await toArray(new Tanhshrink().forward(tensor([0, 100]))); // => [0, 99]
 * @category Activations
 */
export class Tanhshrink extends Module {
  /** `[...]` → the same shape. */
  forward(x: Tensor): Tensor {
    return tanhshrink(x);
  }
}

/**
 * Moves numbers toward 0 and stops there, as a layer: `sign(x) · max(|x| − lambda, 0)`.
 * @example
 * await toArray(new Softshrink().forward(tensor([-2, 0.3, 2]))); // => [-1.5, 0, 1.5]
 * @category Activations
 */
export class Softshrink extends Module {
  readonly lambda: number;

  /** @param options.lambda - How far; 0 or more. Default 0.5. */
  constructor(options: { readonly lambda?: number | undefined } = {}) {
    checkOptionNames('Softshrink', options, ['lambda']);
    super();
    this.lambda = options.lambda ?? 0.5;
  }

  /** `[...]` → the same shape. */
  forward(x: Tensor): Tensor {
    return softshrink(x, this.lambda);
  }
}

/**
 * Replaces small numbers by 0, as a layer: `x` where `|x| > lambda`, else 0.
 * @example
 * await toArray(new Hardshrink().forward(tensor([-2, 0.3, 2]))); // => [-2, 0, 2]
 * @category Activations
 */
export class Hardshrink extends Module {
  readonly lambda: number;

  /** @param options.lambda - Largest size that becomes 0. Default 0.5. */
  constructor(options: { readonly lambda?: number | undefined } = {}) {
    checkOptionNames('Hardshrink', options, ['lambda']);
    super();
    this.lambda = options.lambda ?? 0.5;
  }

  /** `[...]` → the same shape. */
  forward(x: Tensor): Tensor {
    return hardshrink(x, this.lambda);
  }
}

/**
 * Rectifier with a learned slope below 0, as a layer: `x` if positive, else `weight · x`.
 *
 * State: `weight` `[numParameters]`.
 * @throws {@link ShapeError} if there are several slopes and the input has another number of channels.
 * @example
 * await toArray(new PReLU().forward(tensor([-1, 2]))); // => [-0.25, 2]
 * @see He et al. 2015, https://arxiv.org/abs/1502.01852
 * @category Activations
 */
export class PReLU extends Module {
  readonly weight: Parameter;
  readonly numParameters: number;

  /**
   * @param options.numParameters - 1 for one slope, or the number of channels (axis 1). Default 1.
   * @param options.init - First value of the slopes. Default 0.25.
   */
  constructor(options: { readonly numParameters?: number | undefined; readonly init?: number | undefined } = {}) {
    checkOptionNames('PReLU', options, ['numParameters', 'init']);
    super();
    this.numParameters = options.numParameters ?? 1;
    checkSizes('PReLU', { numParameters: this.numParameters });
    this.weight = new Parameter(constant(options.init ?? 0.25)([this.numParameters]));
  }

  /** `[...]`, with several slopes `[batch, numParameters, ...]` → the same shape. */
  forward(x: Tensor): Tensor {
    return prelu(x, this.weight);
  }
}
