import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { rnnCell } from './equations.ts';
import { Recurrent } from './recurrent.ts';
import type { RecurrentInputs, RecurrentOptions } from './recurrent.ts';

/** Options of {@link RNN}. */
export interface RNNOptions extends RecurrentOptions {
  /** What the sum goes through. Default `tanh`. */
  readonly nonlinearity?: 'tanh' | 'relu' | undefined;
}

/** What {@link RNN} and {@link GRU} give. */
export interface RecurrentOutput {
  /** The state after every step, `[time, batch, directions · hiddenSize]`. */
  readonly output: Tensor;
  /** The last states, `[numLayers · directions, batch, hiddenSize]`. */
  readonly hidden: Tensor;
}

/**
 * Elman's recurrent network: `h′ = tanh(W_ih x + b_ih + W_hh h + b_hh)`.
 *
 * For anything but a baseline use {@link LSTM} or {@link GRU}, which remember longer.
 *
 * State, for layer k and with `_reverse` for the other direction: `weight_ih_lk` `[hiddenSize, inputSize]`,
 * `weight_hh_lk` `[hiddenSize, hiddenSize]`, `bias_ih_lk`, `bias_hh_lk` `[hiddenSize]`, as in PyTorch; first values
 * uniform over ±1/√hiddenSize. Each layer and direction is one scan, whatever the number of steps, which may be symbolic.
 *
 * Randomness: in training, with `dropout`, one key per layer but the last.
 * @throws {@link ShapeError} if the last axis of the input is not `inputSize` long, or a state does not fit.
 * @example
 * const rnn = new RNN({ inputSize: 3, hiddenSize: 5 });
 * const { output, hidden } = rnn.forward(tensor([[1, 2, 3], [4, 5, 6]]));
 * output.shape; // => [2, 5]
 * hidden.shape; // => [1, 5]
 * @see Elman 1990, https://doi.org/10.1207/s15516709cog1402_1
 * @category Layers
 */
export class RNN extends Recurrent {
  readonly nonlinearity: 'tanh' | 'relu';

  constructor(options: RNNOptions) {
    checkOptionNames('RNN', options, [
      'nonlinearity',
      'inputSize',
      'hiddenSize',
      'numLayers',
      'bias',
      'batchFirst',
      'dropout',
      'bidirectional',
    ]);
    const { nonlinearity = 'tanh' } = options;
    super(options, rnnCell(nonlinearity));
    this.nonlinearity = nonlinearity;
  }

  /** `[time, batch, inputSize]` (`[batch, time, inputSize]` with `batchFirst`; `[time, inputSize]` for one sequence). */
  forward(x: Tensor, inputs: RecurrentInputs = {}): RecurrentOutput {
    checkOptionNames('RNN.forward', inputs, ['hidden', 'lengths', 'resets']);
    const { hidden, ...steps } = inputs;
    const { output, states } = this.run(x, { hidden }, steps);
    return { output, hidden: states[0]! };
  }
}
