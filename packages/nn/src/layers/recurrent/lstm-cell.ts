import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { RecurrentCell } from './recurrent-cell.ts';
import type { RecurrentCellOptions } from './recurrent-cell.ts';
import { lstmCell } from './equations.ts';

/** The state of an {@link LSTMCell}, each part `[batch, hiddenSize]`. */
export interface LSTMState {
  readonly hidden: Tensor;
  readonly cell: Tensor;
}

/**
 * One step of {@link LSTM}, which has the equations.
 *
 * For loops of your own ({@link scan}, a decoder); over a whole sequence LSTM is faster.
 *
 * State: `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`, as in PyTorch.
 * @throws {@link ShapeError} if the input or the state does not fit.
 * @example
 * const cell = new LSTMCell({ inputSize: 3, hiddenSize: 5 });
 * const state = cell.forward(tensor([[1, 2, 3]]));
 * cell.forward(tensor([[4, 5, 6]]), state).hidden.shape; // => [1, 5]
 * @category Layers
 */
export class LSTMCell extends RecurrentCell {
  constructor(options: RecurrentCellOptions) {
    checkOptionNames('LSTMCell', options, ['inputSize', 'hiddenSize', 'bias']);
    super(options, lstmCell('LSTMCell'));
  }

  /** Input `[batch, inputSize]` and state (what is left out is zeros) → the next state. */
  forward(x: Tensor, state: Partial<LSTMState> = {}): LSTMState {
    const [hidden, cell] = this.step(x, { hidden: state.hidden, cell: state.cell });
    return { hidden: hidden!, cell: cell! };
  }
}
