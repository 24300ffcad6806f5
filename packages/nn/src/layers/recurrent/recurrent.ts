import {
  ArgumentError,
  ShapeError,
  concat,
  div,
  formatShape,
  full,
  iota,
  less,
  linear,
  mul,
  scan,
  slice,
  squeeze,
  stack,
  sub,
  swapAxes,
  unsqueeze,
  where,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { shapesEqual } from '@gai/core/ops';
import { bernoulli } from '@gai/core/random';
import { uniform } from '../../init/distributions.ts';
import { Module } from '../../module.ts';
import { Parameter } from '../../parameter.ts';
import { drawKey } from '../../random-scope.ts';
import { checkIndices, checkInput, checkSizes } from '../check.ts';
import type { RecurrentKind, RecurrentWeights } from './equations.ts';

/** Options of {@link RNN}, {@link LSTM} and {@link GRU}. */
export interface RecurrentOptions {
  /** Size of the last axis of the input. */
  readonly inputSize: number;
  /** Size of the state. */
  readonly hiddenSize: number;
  /** Layers on top of each other. Default 1. */
  readonly numLayers?: number | undefined;
  /** Whether biases are added. Default true. */
  readonly bias?: boolean | undefined;
  /** Input and output are `[batch, time, ...]` instead of `[time, batch, ...]`. Default false. */
  readonly batchFirst?: boolean | undefined;
  /** In training, probability of an element between two layers to be dropped. Default 0. */
  readonly dropout?: number | undefined;
  /** Read the sequence from both ends; outputs are joined along the last axis. Default false. */
  readonly bidirectional?: boolean | undefined;
}

/** What a recurrent layer may be given besides its input. */
export interface RecurrentInputs {
  /** First state of each layer and direction, `[numLayers · directions, batch, hiddenSize]`. Default zeros. */
  readonly hidden?: Tensor | undefined;
  /**
   * Number of steps of each sequence, integers `[batch]`; the rest is padding: the output is 0 there, and the last
   * state is that of the last step. Default: all steps.
   */
  readonly lengths?: Tensor | undefined;
  /**
   * Where the state begins anew, floats laid out as the input without its last axis: 1 forgets what came before that step, 0 goes
   * on. For sequences that lie one behind the other, in one direction. Default: it only goes on.
   */
  readonly resets?: Tensor | undefined;
}

/** What a stack of recurrent layers gives. */
export interface RecurrentRun {
  readonly output: Tensor;
  /** The last value of each part of the state (hidden; cell). */
  readonly states: readonly Tensor[];
}

/** One layer in one direction. */
interface Direction {
  readonly suffix: string;
  readonly reverse: boolean;
  readonly states: readonly Tensor[];
  /** `[time, batch, 1]`: which steps there are. */
  readonly mask: Tensor | undefined;
  /** `[time, batch, 1]`: what is left of the state before a step, 1 or 0. */
  readonly kept: Tensor | undefined;
}

/** What one step of a scan is given. */
type StepInputs = { gates: Tensor; present: Tensor | null; left: Tensor | null };

/** What {@link RNN}, {@link LSTM} and {@link GRU} share: names of the parameters, layers, directions, padding. */
export abstract class Recurrent extends Module {
  readonly [name: `${'weight' | 'bias'}_${string}`]: Parameter;
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bias: boolean;
  readonly batchFirst: boolean;
  readonly dropout: number;
  readonly bidirectional: boolean;
  readonly #cell: RecurrentKind;

  constructor(options: RecurrentOptions, cell: RecurrentKind) {
    super();
    const { inputSize, hiddenSize, numLayers = 1, dropout = 0 } = options;
    checkSizes(cell.name, { inputSize, hiddenSize, numLayers });
    if (!(dropout >= 0 && dropout <= 1)) {
      throw new ArgumentError(
        `${cell.name}: dropout is not a probability. Got ${dropout}; expected a number from 0 to 1.`,
        { op: cell.name, details: { dropout } },
      );
    }
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.numLayers = numLayers;
    this.bias = options.bias ?? true;
    this.batchFirst = options.batchFirst ?? false;
    this.dropout = dropout;
    this.bidirectional = options.bidirectional ?? false;
    this.#cell = cell;
    for (let layer = 0; layer < numLayers; layer++) {
      const size = layer === 0 ? inputSize : hiddenSize * this.#suffixes.length;
      for (const suffix of this.#suffixes) this.#addParameters(`_l${layer}${suffix}`, size);
    }
  }

  get #suffixes(): readonly string[] {
    return this.bidirectional ? ['', '_reverse'] : [''];
  }

  #addParameters(suffix: string, size: number): void {
    const rows = this.#cell.gates * this.hiddenSize;
    for (const [name, parameter] of Object.entries(cellParameters(rows, [size, this.hiddenSize], this.bias))) {
      (this as unknown as Record<string, Parameter | null>)[`${name}${suffix}`] = parameter;
    }
  }

  /** Runs all layers; `initial` are the first values of the parts of the state, by name. */
  protected run(
    x: Tensor,
    initial: Readonly<Record<string, Tensor | undefined>>,
    { lengths, resets }: Pick<RecurrentInputs, 'lengths' | 'resets'>,
  ): RecurrentRun {
    const { name } = this.#cell;
    const layout = this.batchFirst ? '[batch, time, inputSize]' : '[time, batch, inputSize]';
    const axis = { at: -1, size: this.inputSize, option: 'inputSize' };
    checkInput(name, x, { layout: `${layout} or [time, inputSize]`, ranks: [2, 3], axis });
    const isSingle = x.shape.length === 2;
    const batched = isSingle ? unsqueeze(x, 1) : this.batchFirst ? swapAxes(x, 0, 1) : x;
    const given = Object.entries(initial).map(([part, value]) => this.#initial(part, value, batched, isSingle));
    const mask = lengths === undefined ? undefined : this.#mask(lengths, batched);
    const kept = resets === undefined ? undefined : this.#kept(resets, x, isSingle);
    const { output, states } = this.#layers(batched, given, { mask, kept });
    if (isSingle) return { output: squeeze(output, 1), states: states.map((state) => squeeze(state, 1)) };
    return { output: this.batchFirst ? swapAxes(output, 0, 1) : output, states };
  }

  #layers(x: Tensor, given: readonly Tensor[], steps: Pick<Direction, 'mask' | 'kept'>): RecurrentRun {
    const suffixes = this.#suffixes;
    const last: Tensor[][] = given.map(() => []);
    let output = x;
    for (let layer = 0; layer < this.numLayers; layer++) {
      if (layer > 0) output = this.#drop(output);
      const outputs = suffixes.map((suffix, direction) => {
        const at = layer * suffixes.length + direction;
        const states = given.map((state) => squeeze(slice(state, [[at, at + 1]]), 0));
        const ran = this.#direction(output, {
          suffix: `_l${layer}${suffix}`,
          reverse: direction === 1,
          states,
          ...steps,
        });
        ran.states.forEach((state, part) => last[part]!.push(state));
        return ran.output;
      });
      output = outputs.length === 1 ? outputs[0]! : concat(outputs, { axis: -1 });
    }
    return { output, states: last.map((states) => stack(states)) };
  }

  /** One layer in one direction: one product for the inputs of all steps, then a scan. */
  #direction(x: Tensor, { suffix, reverse, states, mask, kept }: Direction): RecurrentRun {
    const cell = this.#cell;
    const weights = weightsOf((name) => this[`${name}${suffix}`], cell);
    const projected = linear(x, weights.input, weights.inputBias);
    const [last, output] = scan(
      function step(carried: readonly Tensor[], { gates, present, left }: StepInputs) {
        const before = left === null ? carried : carried.map((state) => mul(state, left));
        const after = cell.step(gates, before, weights);
        if (present === null) return [after, after[0]!];
        const kept = after.map((state, part) => where(present, state, before[part]!));
        return [kept, where(present, after[0]!, 0)];
      },
      states,
      { gates: projected, present: mask ?? null, left: kept ?? null },
      { reverse },
    );
    return { output, states: last };
  }

  #drop(x: Tensor): Tensor {
    if (!this.training || this.dropout === 0) return x;
    const kept = bernoulli(drawKey(this.#cell.name), 1 - this.dropout, x.shape);
    return where(kept, this.dropout === 1 ? 0 : div(x, 1 - this.dropout), 0);
  }

  #initial(part: string, value: Tensor | undefined, x: Tensor, isSingle: boolean): Tensor {
    const shape = [this.numLayers * this.#suffixes.length, x.shape[1]!, this.hiddenSize];
    if (value === undefined) return full(shape, 0, x.dtype);
    const given = isSingle && value.shape.length === 2 ? unsqueeze(value, 1) : value;
    if (shapesEqual(given.shape, shape)) return given;
    throw new ShapeError(
      `${this.#cell.name}: ${part} does not fit. Got ${formatShape(value.shape)}; expected ${formatShape(shape)}: ` +
        `[numLayers · directions, batch, hiddenSize].`,
      { op: this.#cell.name, details: { shape: formatShape(value.shape) } },
    );
  }

  /** What is left of the state before each step, `[time, batch, 1]`. */
  #kept(resets: Tensor, x: Tensor, isSingle: boolean): Tensor {
    const { name } = this.#cell;
    if (this.bidirectional) {
      throw new ArgumentError(
        `${name}: resets begin a sequence, and the other direction would forget at its end. Got resets of a bidirectional layer; ` +
          'expected one direction. Pass the sequences side by side, with lengths.',
        { op: name },
      );
    }
    const shape = x.shape.slice(0, -1);
    if (!shapesEqual(resets.shape, shape)) {
      throw new ShapeError(
        `${name}: resets do not fit. Got ${formatShape(resets.shape)}; expected ${formatShape(shape)}, one for each step.`,
        { op: name },
      );
    }
    const steps = isSingle ? unsqueeze(resets, 1) : this.batchFirst ? swapAxes(resets, 0, 1) : resets;
    return unsqueeze(sub(1, steps), 2);
  }

  #mask(lengths: Tensor, x: Tensor): Tensor {
    checkIndices(this.#cell.name, 'lengths', lengths);
    if (!shapesEqual(lengths.shape, [x.shape[1]!])) {
      throw new ShapeError(
        `${this.#cell.name}: lengths do not fit. Got ${formatShape(lengths.shape)}; expected ` +
          `${formatShape([x.shape[1]!])}, one for each sequence.`,
        { op: this.#cell.name },
      );
    }
    return less(unsqueeze(iota(x.shape[0]!), [1, 2]), unsqueeze(lengths, [0, 2]));
  }
}

/** PyTorch's parameters of a recurrent cell, uniform over ±1/√hiddenSize. */
export function cellParameters(
  rows: number,
  [inputSize, hiddenSize]: readonly [number, number],
  bias: boolean,
): Record<string, Parameter> {
  const bound = 1 / Math.sqrt(hiddenSize);
  const make = (shape: readonly number[]): Parameter => new Parameter(uniform({ low: -bound, high: bound })(shape));
  const weights = { weight_ih: make([rows, inputSize]), weight_hh: make([rows, hiddenSize]) };
  return bias ? { ...weights, bias_ih: make([rows]), bias_hh: make([rows]) } : weights;
}

/** A cell's weights; where the two biases are only ever added, they are added once, outside the steps. */
export function weightsOf(
  parameter: (name: 'weight_ih' | 'weight_hh' | 'bias_ih' | 'bias_hh') => Parameter | undefined,
  cell: RecurrentKind,
): RecurrentWeights {
  const [inputBias, hiddenBias] = [parameter('bias_ih'), parameter('bias_hh')];
  const weights = { input: parameter('weight_ih')!, hidden: parameter('weight_hh')! };
  return { ...weights, ...cell.biases(inputBias, hiddenBias) };
}
