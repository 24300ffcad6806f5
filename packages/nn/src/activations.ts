import { elu, gelu, leakyRelu, logSoftmax, relu, sigmoid, silu, softmax, softplus, tanh } from '@gai/core';
import type { GeluOptions, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Module } from './module.ts';

/**
 * Rectified linear unit as a layer: `max(x, 0)`.
 * @example
 * await toArray(new ReLU().forward(tensor([-1, 2]))); // => [0, 2]
 * @category Activations
 */
export class ReLU extends Module {
  /** `[...]` → the same shape. */
  forward(x: Tensor): Tensor {
    return relu(x);
  }
}

/**
 * Rectifier with a slope below 0 as a layer: `x` if positive, else `negativeSlope · x`.
 * @example
 * await toArray(new LeakyReLU({ negativeSlope: 0.5 }).forward(tensor([-1, 2]))); // => [-0.5, 2]
 * @category Activations
 */
export class LeakyReLU extends Module {
  readonly negativeSlope: number;

  /** @param options.negativeSlope - Default 0.01. */
  constructor(options: { readonly negativeSlope?: number | undefined } = {}) {
    checkOptionNames('LeakyReLU', options, ['negativeSlope']);
    super();
    this.negativeSlope = options.negativeSlope ?? 0.01;
  }

  /** `[...]` → the same shape. */
  forward(x: Tensor): Tensor {
    return leakyRelu(x, this.negativeSlope);
  }
}

/**
 * Exponential linear unit as a layer: `x` if positive, else `alpha · (eˣ − 1)`.
 * @example
 * await toArray(new ELU().forward(tensor([-Infinity, 2]))); // => [-1, 2]
 * @category Activations
 */
export class ELU extends Module {
  readonly alpha: number;

  /** @param options.alpha - Minus the limit at −∞. Default 1. */
  constructor(options: { readonly alpha?: number | undefined } = {}) {
    checkOptionNames('ELU', options, ['alpha']);
    super();
    this.alpha = options.alpha ?? 1;
  }

  /** `[...]` → the same shape. */
  forward(x: Tensor): Tensor {
    return elu(x, this.alpha);
  }
}

/**
 * Gaussian error linear unit as a layer: `x · Φ(x)`.
 * @example
 * await toArray(new GELU().forward(tensor([0, 100]))); // => [0, 100]
 * @see Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415
 * @category Activations
 */
export class GELU extends Module {
  readonly approximate: 'none' | 'tanh';

  /** @param options.approximate - `none`: exact; `tanh`: GPT-2's approximation. Default `none`. */
  constructor(options: GeluOptions = {}) {
    checkOptionNames('GELU', options, ['approximate']);
    super();
    this.approximate = options.approximate ?? 'none';
  }

  /** `[...]` → the same shape. */
  forward(x: Tensor): Tensor {
    return gelu(x, { approximate: this.approximate });
  }
}

/**
 * Hyperbolic tangent as a layer.
 * @example
 * await toArray(new Tanh().forward(tensor([0, 100]))); // => [0, 1]
 * @category Activations
 */
export class Tanh extends Module {
  /** `[...]` → the same shape. */
  forward(x: Tensor): Tensor {
    return tanh(x);
  }
}

/**
 * Logistic function as a layer: `1 / (1 + e⁻ˣ)`.
 * @example
 * await toArray(new Sigmoid().forward(tensor([0, 1000]))); // => [0.5, 1]
 * @category Activations
 */
export class Sigmoid extends Module {
  /** `[...]` → the same shape. */
  forward(x: Tensor): Tensor {
    return sigmoid(x);
  }
}

/**
 * Sigmoid linear unit (swish) as a layer: `x / (1 + e⁻ˣ)`.
 * @example
 * await toArray(new SiLU().forward(tensor([0]))); // => [0]
 * @category Activations
 */
export class SiLU extends Module {
  /** `[...]` → the same shape. */
  forward(x: Tensor): Tensor {
    return silu(x);
  }
}

/**
 * Smooth rectifier as a layer: `ln(1 + eˣ)`.
 * @example
 * await toArray(new Softplus().forward(tensor([1000]))); // => [1000]
 * @category Activations
 */
export class Softplus extends Module {
  /** `[...]` → the same shape. */
  forward(x: Tensor): Tensor {
    return softplus(x);
  }
}

/**
 * Softmax along an axis as a layer: `eˣ / Σ eˣ`.
 *
 * Not before {@link crossEntropy}, which takes logits.
 * @example
 * await toArray(new Softmax().forward(tensor([[0, 0]]))); // => [[0.5, 0.5]]
 * @category Activations
 */
export class Softmax extends Module {
  readonly axis: number;

  /** @param options.axis - Default -1. */
  constructor(options: { readonly axis?: number | undefined } = {}) {
    checkOptionNames('Softmax', options, ['axis']);
    super();
    this.axis = options.axis ?? -1;
  }

  /** `[...]` → the same shape. */
  forward(x: Tensor): Tensor {
    return softmax(x, { axis: this.axis });
  }
}

/**
 * Logarithm of softmax along an axis as a layer: `x − ln Σ eˣ`, in nats.
 * @example
 * new LogSoftmax().forward(tensor([[0, 0]])).shape; // => [1, 2]
 * @category Activations
 */
export class LogSoftmax extends Module {
  readonly axis: number;

  /** @param options.axis - Default -1. */
  constructor(options: { readonly axis?: number | undefined } = {}) {
    checkOptionNames('LogSoftmax', options, ['axis']);
    super();
    this.axis = options.axis ?? -1;
  }

  /** `[...]` → the same shape. */
  forward(x: Tensor): Tensor {
    return logSoftmax(x, { axis: this.axis });
  }
}
