import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { RecurrentCell } from './recurrent-cell.ts';
import type { RecurrentCellOptions } from './recurrent-cell.ts';
import { rnnCell } from './equations.ts';

/** Options of {@link RNNCell}. */
export interface RNNCellOptions extends RecurrentCellOptions {
  /** What the sum goes through. Default `tanh`. */
  readonly nonlinearity?: 'tanh' | 'relu' | undefined;
}

/**
 * One step of {@link RNN}: `h′ = tanh(W_ih x + b_ih + W_hh h + b_hh)`.
 *
 * For loops of your own ({@link scan}, a decoder); over a whole sequence RNN is faster.
 *
 * State: `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`, as in PyTorch.
 * @throws {@link ShapeError} if the input or the state does not fit.
 * @example
 * const cell = new RNNCell({ inputSize: 3, hiddenSize: 5 });
 * cell.forward(tensor([[1, 2, 3]])).shape; // => [1, 5]
 * @category Layers
 */
export class RNNCell extends RecurrentCell {
  readonly nonlinearity: 'tanh' | 'relu';

  constructor(options: RNNCellOptions) {
    checkOptionNames('RNNCell', options, ['nonlinearity', 'inputSize', 'hiddenSize', 'bias']);
    const { nonlinearity = 'tanh' } = options;
    super(options, rnnCell(nonlinearity, 'RNNCell'));
    this.nonlinearity = nonlinearity;
  }

  /** Input `[batch, inputSize]` and state `[batch, hiddenSize]` (default zeros) → the next state. */
  forward(x: Tensor, hidden?: Tensor): Tensor {
    return this.step(x, { hidden })[0]!;
  }
}
