import { ArgumentError, gelu, mish, mul, relu, relu6, sigmoid, silu, square, tanh } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { Rule } from '../config/rules.ts';

const geluTanh = (x: Tensor): Tensor => gelu(x, { approximate: 'tanh' });

/** Activations under the names of Hugging Face's configurations. */
const ACTIVATIONS = {
  gelu: (x: Tensor): Tensor => gelu(x),
  gelu_python: (x: Tensor): Tensor => gelu(x),
  gelu_new: geluTanh,
  gelu_fast: geluTanh,
  gelu_accurate: geluTanh,
  gelu_pytorch_tanh: geluTanh,
  gelu_python_tanh: geluTanh,
  quick_gelu: (x: Tensor): Tensor => mul(x, sigmoid(mul(x, 1.702))),
  relu: (x: Tensor): Tensor => relu(x),
  relu2: (x: Tensor): Tensor => square(relu(x)),
  relu6: (x: Tensor): Tensor => relu6(x),
  silu: (x: Tensor): Tensor => silu(x),
  swish: (x: Tensor): Tensor => silu(x),
  sigmoid: (x: Tensor): Tensor => sigmoid(x),
  tanh: (x: Tensor): Tensor => tanh(x),
  mish: (x: Tensor): Tensor => mish(x),
  linear: (x: Tensor): Tensor => x,
};

/** The name of an activation in a configuration, as Hugging Face writes it. */
export type ActivationName = keyof typeof ACTIVATIONS;

export const activationName: Rule<ActivationName> = {
  is: (value): value is ActivationName => typeof value === 'string' && Object.hasOwn(ACTIVATIONS, value),
  text: `one of ${Object.keys(ACTIVATIONS).join(', ')}`,
};

/**
 * The activation that goes by a name in Hugging Face's configurations. `gelu` is the exact one, with the error function; `gelu_new`
 * and its kin are the approximation with tanh.
 * @throws {@link ArgumentError} for another name.
 * @example
 * await toArray(activation('relu')(tensor([-1, 2]))); // => [0, 2]
 * @category Feed-forward
 */
export function activation(name: ActivationName): (x: Tensor) => Tensor {
  if (activationName.is(name)) return ACTIVATIONS[name];
  throw new ArgumentError(
    `activation: there is none of that name. Got ${String(name)}; expected ${activationName.text}. Correct the name.`,
    { op: 'activation' },
  );
}
