import type { Tensor } from '../ir/tensor.ts';
import { softmax, cumsum, argmax } from '../ops/along-axis.ts';
import { where, greater } from '../ops/compare.ts';
import { conv1d } from '../ops/conv.ts';
import { cummax, cumprod, diff } from '../ops/cumulative.ts';
import { add, mul, sub } from '../ops/elementwise.ts';
import { sort, topK, unfold } from '../ops/indexing.ts';
import { iota } from '../ops/iota.ts';
import { matmul } from '../ops/linalg.ts';
import { concat, flip, pad, slice, split, stack, swapAxes, unsqueeze } from '../ops/movement.ts';
import type { PadMode, SliceRange } from '../ops/movement.ts';
import { quantile } from '../ops/order.ts';
import { maxPool1d } from '../ops/pool.ts';
import { avgPool1d } from '../ops/pool-average.ts';
import { repeat, roll, tile } from '../ops/rearrange.ts';
import { logSumExp, max, mean, variance } from '../ops/reduce.ts';
import { cast, expand, reshape, sum, transpose } from '../ops/structural.ts';
import { tril } from '../ops/triangular.ts';
import { tanh } from '../ops/activation.ts';
import { grad } from '../transforms/grad.ts';
import { hashUnit } from './plain.ts';

/** A function of tensors whose axes are letters, made at random. */
export interface SizeProgram {
  readonly shapes: readonly (readonly string[])[];
  readonly run: (...inputs: Tensor[]) => Tensor;
  readonly text: string;
  readonly isGradient: boolean;
}

/** Draws numbers; the same ones in the same order for a seed. */
class Draw {
  readonly #seed: number;
  #count = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  below(limit: number): number {
    return Math.floor(hashUnit(this.#count++, this.#seed) * limit);
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

interface Step {
  readonly text: string;
  readonly run: (x: Tensor, inputs: readonly Tensor[]) => Tensor;
}

/** An axis of whatever rank the tensor has. */
const axisOf = (x: Tensor, at: number): number => at % Math.max(1, x.shape.length);

const onAxis = (name: string, at: number, run: (x: Tensor, axis: number) => Tensor): Step => ({
  text: `${name} on ${at}`,
  run: (x) => (x.shape.length === 0 ? x : run(x, axisOf(x, at))),
});

const END = [null, null, 0, 1, 2, 3, 5, -1, -2, -3, -4];

function slicing(draw: Draw): Step {
  const range: SliceRange = [draw.of(END), draw.of(END), draw.of([1, 1, 1, 2, 3, -1, -1, -2])];
  return onAxis(`slice ${range.join(':')}`, draw.below(3), (x, axis) => slice(x, [range], { axes: [axis] }));
}

function padding(draw: Draw): Step {
  const mode = draw.of<PadMode>(['constant', 'reflect', 'edge', 'circular']);
  const side = [draw.below(4), draw.below(3)] as const;
  return onAxis(`pad ${side} ${mode}`, draw.below(3), (x, axis) =>
    pad(
      x,
      x.shape.map((_, at) => (at === axis ? side : 0)),
      { mode },
    ),
  );
}

function windows(draw: Draw): Step {
  const kernelSize = 1 + draw.below(3);
  const stride = 1 + draw.below(2);
  const kind = draw.below(4);
  const rows = (x: Tensor): Tensor => reshape(x, [1, 1, -1]);
  const weight = (x: Tensor): Tensor => expand(cast(unsqueeze(iota(kernelSize), [0, 1]), x.dtype), [1, 1, kernelSize]);
  const text = `${['maxPool', 'avgPool', 'conv', 'unfold'][kind]} ${kernelSize}/${stride}`;
  if (kind === 3) {
    return onAxis(text, draw.below(3), (x, axis) => unfold(x, kernelSize, { axis, step: stride }));
  }
  const run = [
    (x: Tensor) => maxPool1d(x, { kernelSize, stride }),
    (x: Tensor) => avgPool1d(x, { kernelSize, stride }),
    (x: Tensor) => conv1d(x, weight(x), { stride }),
  ][kind]!;
  return { text, run: (x) => run(rows(x)) };
}

const REDUCTIONS = { sum, mean, max, variance, logSumExp } as const;

function reducing(draw: Draw): Step {
  const name = draw.of(Object.keys(REDUCTIONS) as (keyof typeof REDUCTIONS)[]);
  const keepDims = draw.below(2) === 0;
  return onAxis(name, draw.below(3), (x, axis) => REDUCTIONS[name](x, { axis, keepDims }));
}

function ordering(draw: Draw): Step {
  const k = draw.below(4);
  const name = draw.of([
    'topK',
    'sort',
    'quantile',
    'argmax',
    'cummax',
    'cumsum',
    'cumprod',
    'softmax',
    'diff',
  ] as const);
  return onAxis(`${name} ${k}`, draw.below(3), (x, axis) => {
    const options = { axis };
    if (name === 'topK') return topK(x, k, options).values;
    if (name === 'sort') return sort(x, options).values;
    if (name === 'quantile') return quantile(x, k / 3, options);
    if (name === 'argmax') return cast(argmax(x, options), 'float32');
    return { cummax, cumsum, cumprod, softmax, diff }[name](x, options);
  });
}

function moving(draw: Draw): Step {
  const by = draw.below(9) - 4;
  const count = draw.below(3);
  const kind = draw.of(['roll', 'flip', 'tile', 'repeat', 'halves', 'transpose', 'flat', 'stack', 'twice'] as const);
  return onAxis(`${kind} ${by} ${count}`, draw.below(3), (x, axis) => {
    if (kind === 'roll') return roll(x, by, { axis });
    if (kind === 'flip') return flip(x, { axis });
    if (kind === 'tile') return tile(x, [count]);
    if (kind === 'repeat') return repeat(x, count, { axis });
    if (kind === 'halves') return split(concat([x, x], { axis }), 2, { axis })[1]!;
    if (kind === 'transpose') return transpose(x);
    if (kind === 'flat') return reshape(x, [-1]);
    return kind === 'stack' ? stack([x, x], { axis }) : concat([x, x], { axis });
  });
}

function mixing(draw: Draw): Step {
  const kind = draw.of(['tanh', 'gram', 'tril', 'where', 'grow', 'other'] as const);
  const at = draw.below(2);
  return {
    text: kind,
    run: (x, inputs) => {
      if (kind === 'tanh' || x.shape.length === 0) return tanh(x);
      if (kind === 'where') return where(greater(x, 0), x, mul(x, 0.5));
      if (kind === 'grow') return sum(mul(expand(unsqueeze(x, 0), [2, ...x.shape]), 0.5), { axis: 0 });
      if (kind === 'other') return add(x, sum(inputs[at % inputs.length]!));
      const rows = x.shape.length === 1 ? unsqueeze(x, 0) : x;
      return kind === 'gram' ? matmul(rows, swapAxes(rows, -1, -2)) : tril(rows);
    },
  };
}

const FAMILIES = [slicing, slicing, padding, windows, reducing, ordering, moving, mixing];

const SHAPES: readonly (readonly string[])[] = [['a'], ['a', 'b'], ['b', 'a'], ['a', 'a'], ['a', 'b', 'c'], ['c', 'a']];

/** The program of a seed: up to four steps, or the gradient of their result's mean square. */
export function sizeProgram(seed: number): SizeProgram {
  const draw = new Draw(seed);
  const shapes = [draw.of(SHAPES), ...(draw.below(3) === 0 ? [draw.of(SHAPES)] : [])];
  const steps = Array.from({ length: 1 + draw.below(4) }, () => draw.of(FAMILIES)(draw));
  const forward = (...inputs: Tensor[]): Tensor => steps.reduce((x, { run }) => run(x, inputs), inputs[0]!);
  const isGradient = draw.below(3) === 0;
  const loss = (x: Tensor, ...rest: Tensor[]): Tensor => {
    const y = forward(x, ...rest);
    return sum(mul(y, sub(y, 1)));
  };
  const text = `${isGradient ? 'gradient of ' : ''}${steps.map((step) => step.text).join(', ')} of [${shapes[0]}]`;
  return { shapes, run: isGradient ? (grad(loss) as SizeProgram['run']) : forward, text, isGradient };
}
