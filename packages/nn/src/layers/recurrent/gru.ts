import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { gruCell } from './equations.ts';
import { Recurrent } from './recurrent.ts';
import type { RecurrentInputs, RecurrentOptions } from './recurrent.ts';
import type { RecurrentOutput } from './rnn.ts';

/**
 * Gated recurrent unit: `r = σ(xᵣ + hᵣ)`, `z = σ(x_z + h_z)`, `n = tanh(xₙ + r hₙ)`, `h′ = (1 − z) n + z h`, with
 * `x = W_ih x + b_ih` and `h = W_hh h + b_hh`.
 *
 * State, for layer k and with `_reverse` for the other direction: `weight_ih_lk` `[3 hiddenSize, inputSize]`,
 * `weight_hh_lk` `[3 hiddenSize, hiddenSize]`, `bias_ih_lk`, `bias_hh_lk` `[3 hiddenSize]`, as in PyTorch; first values
 * uniform over ±1/√hiddenSize. Each layer and direction is one scan, whatever the number of steps, which may be symbolic.
 *
 * Randomness: in training, with `dropout`, one key per layer but the last.
 *
 * **Differs from the paper** as PyTorch does: the reset gate is applied after the product with the state.
 * @throws {@link ShapeError} if the last axis of the input is not `inputSize` long, or a state does not fit.
 * @example
 * const gru = new GRU({ inputSize: 3, hiddenSize: 5, numLayers: 2, batchFirst: true });
 * const { output, hidden } = gru.forward(tensor([[[1, 2, 3], [4, 5, 6]]]));
 * output.shape; // => [1, 2, 5]
 * hidden.shape; // => [2, 1, 5]
 * @see Cho et al. 2014, https://arxiv.org/abs/1406.1078
 * @category Layers
 */
export class GRU extends Recurrent {
  constructor(options: RecurrentOptions) {
    checkOptionNames('GRU', options, [
      'inputSize',
      'hiddenSize',
      'numLayers',
      'bias',
      'batchFirst',
      'dropout',
      'bidirectional',
    ]);
    super(options, gruCell());
  }

  /** `[time, batch, inputSize]` (`[batch, time, inputSize]` with `batchFirst`; `[time, inputSize]` for one sequence). */
  forward(x: Tensor, inputs: RecurrentInputs = {}): RecurrentOutput {
    checkOptionNames('GRU.forward', inputs, ['hidden', 'lengths', 'resets']);
    const { hidden, ...steps } = inputs;
    const { output, states } = this.run(x, { hidden }, steps);
    return { output, hidden: states[0]! };
  }
}
