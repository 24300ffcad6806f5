import { ShapeError, formatShape, full, linear } from '@gai/core';
import type { Tensor } from '@gai/core';
import { shapesEqual } from '@gai/core/ops';
import { Module } from '../../module.ts';
import type { Parameter } from '../../parameter.ts';
import { checkInput, checkSizes } from '../check.ts';
import type { RecurrentKind } from './equations.ts';
import { cellParameters, weightsOf } from './recurrent.ts';

/** Options of {@link RNNCell}, {@link LSTMCell} and {@link GRUCell}. */
export interface RecurrentCellOptions {
  /** Size of the last axis of the input. */
  readonly inputSize: number;
  /** Size of the state. */
  readonly hiddenSize: number;
  /** Whether biases are added. Default true. */
  readonly bias?: boolean | undefined;
}

/** What {@link RNNCell}, {@link LSTMCell} and {@link GRUCell} share. */
export abstract class RecurrentCell extends Module {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly weight_ih: Parameter;
  readonly weight_hh: Parameter;
  readonly bias_ih: Parameter | null;
  readonly bias_hh: Parameter | null;
  readonly #cell: RecurrentKind;

  constructor({ inputSize, hiddenSize, bias = true }: RecurrentCellOptions, cell: RecurrentKind) {
    super();
    checkSizes(cell.name, { inputSize, hiddenSize });
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    const made = cellParameters(cell.gates * hiddenSize, [inputSize, hiddenSize], bias);
    this.weight_ih = made['weight_ih']!;
    this.weight_hh = made['weight_hh']!;
    this.bias_ih = made['bias_ih'] ?? null;
    this.bias_hh = made['bias_hh'] ?? null;
    this.#cell = cell;
  }

  /** One step from the named parts of the state; those left out are zeros. */
  protected step(x: Tensor, state: Readonly<Record<string, Tensor | undefined>>): readonly Tensor[] {
    const cell = this.#cell;
    const axis = { at: -1, size: this.inputSize, option: 'inputSize' };
    checkInput(cell.name, x, { layout: '[batch, inputSize]', ranks: [2], axis });
    const shape = [x.shape[0]!, this.hiddenSize];
    const before = Object.entries(state).map(([part, value]) => {
      if (value === undefined) return full(shape, 0, x.dtype);
      if (shapesEqual(value.shape, shape)) return value;
      throw new ShapeError(
        `${cell.name}: ${part} does not fit. Got ${formatShape(value.shape)}; expected ${formatShape(shape)}: ` +
          `[batch, hiddenSize].`,
        { op: cell.name, details: { shape: formatShape(value.shape) } },
      );
    });
    const weights = weightsOf((name) => this[name] ?? undefined, cell);
    return cell.step(linear(x, weights.input, weights.inputBias), before, weights);
  }
}
