import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { RecurrentCell } from './recurrent-cell.ts';
import type { RecurrentCellOptions } from './recurrent-cell.ts';
import { gruCell } from './equations.ts';

/**
 * One step of {@link GRU}, which has the equations.
 *
 * For loops of your own ({@link scan}, a decoder); over a whole sequence GRU is faster.
 *
 * State: `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`, as in PyTorch.
 * @throws {@link ShapeError} if the input or the state does not fit.
 * @example
 * const cell = new GRUCell({ inputSize: 3, hiddenSize: 5 });
 * const hidden = cell.forward(tensor([[1, 2, 3]]));
 * cell.forward(tensor([[4, 5, 6]]), hidden).shape; // => [1, 5]
 * @category Layers
 */
export class GRUCell extends RecurrentCell {
  constructor(options: RecurrentCellOptions) {
    checkOptionNames('GRUCell', options, ['inputSize', 'hiddenSize', 'bias']);
    super(options, gruCell('GRUCell'));
  }

  /** Input `[batch, inputSize]` and state `[batch, hiddenSize]` (default zeros) → the next state. */
  forward(x: Tensor, hidden?: Tensor): Tensor {
    return this.step(x, { hidden })[0]!;
  }
}
