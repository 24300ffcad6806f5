import { add, linear, matmul, mul, relu, sigmoid, split, sub, tanh } from '@gai/core';
import type { Tensor } from '@gai/core';

/** The weights of one step, PyTorch's, rows by gate. */
export interface RecurrentWeights {
  readonly input: Tensor;
  readonly hidden: Tensor;
  /** Added to the projected input. */
  readonly inputBias?: Tensor | undefined;
  /** Added to the projected state. */
  readonly hiddenBias?: Tensor | undefined;
}

/** The equations of a recurrent layer. */
export interface RecurrentKind {
  /** For messages. */
  readonly name: string;
  /** Blocks of rows in the weights. */
  readonly gates: number;
  /** Where the two biases are added. */
  biases(input?: Tensor, hidden?: Tensor): Pick<RecurrentWeights, 'inputBias' | 'hiddenBias'>;
  /** The next state from the projected input `[batch, gates · hiddenSize]` and the state; its first part is the output. */
  step(projected: Tensor, state: readonly Tensor[], weights: RecurrentWeights): readonly Tensor[];
}

const bothAtOnce: RecurrentKind['biases'] = (input, hidden) => ({
  inputBias: input === undefined || hidden === undefined ? undefined : add(input, hidden),
});

/** `h′ = tanh(W_ih x + b_ih + W_hh h + b_hh)`, or with relu. */
export const rnnCell = (nonlinearity: 'tanh' | 'relu', name = 'RNN'): RecurrentKind => ({
  name,
  gates: 1,
  biases: bothAtOnce,
  step: (projected, [h], { hidden }) => {
    const sum = add(projected, matmul(h!, hidden, { transposeB: true }));
    return [nonlinearity === 'tanh' ? tanh(sum) : relu(sum)];
  },
});

/** Gates in the order i, f, g, o: `c′ = σ(f) c + σ(i) tanh(g)`, `h′ = σ(o) tanh(c′)`. */
export const lstmCell = (name = 'LSTM'): RecurrentKind => ({
  name,
  gates: 4,
  biases: bothAtOnce,
  step: (projected, [h, c], { hidden }) => {
    const sum = add(projected, matmul(h!, hidden, { transposeB: true }));
    const [i, f, g, o] = split(sum, 4, { axis: -1 });
    const cell = add(mul(sigmoid(f!), c!), mul(sigmoid(i!), tanh(g!)));
    return [mul(sigmoid(o!), tanh(cell)), cell];
  },
});

/** Gates in the order r, z, n: `n = tanh(xₙ + σ(r) (W_hn h + b_hn))`, `h′ = (1 − σ(z)) n + σ(z) h`. */
export const gruCell = (name = 'GRU'): RecurrentKind => ({
  name,
  gates: 3,
  // The bias of the new gate is inside the product with the reset gate.
  biases: (inputBias, hiddenBias) => ({ inputBias, hiddenBias }),
  step: (projected, [h], { hidden, hiddenBias }) => {
    const [xr, xz, xn] = split(projected, 3, { axis: -1 });
    const [hr, hz, hn] = split(linear(h!, hidden, hiddenBias), 3, { axis: -1 });
    const update = sigmoid(add(xz!, hz!));
    const next = tanh(add(xn!, mul(sigmoid(add(xr!, hr!)), hn!)));
    return [add(next, mul(update, sub(h!, next)))];
  },
});
