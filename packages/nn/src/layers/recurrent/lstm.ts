import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { lstmCell } from './equations.ts';
import { Recurrent } from './recurrent.ts';
import type { RecurrentInputs, RecurrentOptions } from './recurrent.ts';

/** What {@link LSTM} may be given besides its input. */
export interface LSTMInputs extends RecurrentInputs {
  /** First cell state of each layer and direction, `[numLayers · directions, batch, hiddenSize]`. Default zeros. */
  readonly cell?: Tensor | undefined;
}

/** What {@link LSTM} gives. */
export interface LSTMOutput {
  /** The hidden state after every step, `[time, batch, directions · hiddenSize]`. */
  readonly output: Tensor;
  /** The last hidden states, `[numLayers · directions, batch, hiddenSize]`. */
  readonly hidden: Tensor;
  /** The last cell states, `[numLayers · directions, batch, hiddenSize]`. */
  readonly cell: Tensor;
}

/**
 * Long short-term memory: with `[i, f, g, o] = W_ih x + b_ih + W_hh h + b_hh`,
 * `c′ = σ(f) c + σ(i) tanh(g)` and `h′ = σ(o) tanh(c′)`.
 *
 * State, for layer k and with `_reverse` for the other direction: `weight_ih_lk` `[4 hiddenSize, inputSize]`,
 * `weight_hh_lk` `[4 hiddenSize, hiddenSize]`, `bias_ih_lk`, `bias_hh_lk` `[4 hiddenSize]`, as in PyTorch; first values
 * uniform over ±1/√hiddenSize. Each layer and direction is one scan, whatever the number of steps, which may be symbolic.
 *
 * Randomness: in training, with `dropout`, one key per layer but the last.
 * @throws {@link ShapeError} if the last axis of the input is not `inputSize` long, or a state does not fit.
 * @example
 * const lstm = new LSTM({ inputSize: 3, hiddenSize: 5, bidirectional: true });
 * const { output, hidden, cell } = lstm.forward(tensor([[[1, 2, 3]], [[4, 5, 6]]]));
 * output.shape; // => [2, 1, 10]
 * hidden.shape; // => [2, 1, 5]
 * cell.shape; // => [2, 1, 5]
 * @see Hochreiter and Schmidhuber 1997, https://doi.org/10.1162/neco.1997.9.8.1735
 * @category Layers
 */
export class LSTM extends Recurrent {
  constructor(options: RecurrentOptions) {
    checkOptionNames('LSTM', options, [
      'inputSize',
      'hiddenSize',
      'numLayers',
      'bias',
      'batchFirst',
      'dropout',
      'bidirectional',
    ]);
    super(options, lstmCell());
  }

  /** `[time, batch, inputSize]` (`[batch, time, inputSize]` with `batchFirst`; `[time, inputSize]` for one sequence). */
  forward(x: Tensor, inputs: LSTMInputs = {}): LSTMOutput {
    const { output, states } = this.run(x, { hidden: inputs.hidden, cell: inputs.cell }, inputs);
    return { output, hidden: states[0]!, cell: states[1]! };
  }
}
