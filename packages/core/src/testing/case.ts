import { isFloat } from '../dtype.ts';
import type { Tensor } from '../ir/tensor.ts';
import { add, mul } from '../ops/elementwise.ts';
import { cast, stopGradient, sum } from '../ops/structural.ts';
import { grad, vjp } from '../transforms/grad.ts';
import { weightAt } from './differences.ts';
import { expectedOf } from './expected.ts';
import { plain, rounded, toTensor } from './plain.ts';
import type { Plain, Sample } from './sample.ts';

/** Second derivatives are checked for the first samples of an op that have at most this many elements. */
const SECOND_ELEMENTS = 24;
const SECOND_SAMPLES = 2;

/** A sample with its operands as the dtypes hold them. */
export interface Case {
  readonly sample: Sample;
  readonly inputs: readonly Plain[];
  /** Positions of the operands whose gradient is checked. */
  readonly wrt: readonly number[];
  readonly second: boolean;
  /**
   * Cotangents: fixed pseudo-random ones; 1 for stated gradients; `1 + y` where sizes are symbolic, since it needs no
   * shape.
   */
  readonly cotangent: 'weights' | 'ones' | 'results';
}

/** What one sample computes: results, gradients, second derivatives. */
export interface Computed {
  readonly results: readonly Tensor[];
  readonly gradients: readonly Tensor[];
  readonly seconds: readonly Tensor[];
}

/** A result, or several, as a list. */
const listOf = (value: Tensor | readonly Tensor[]): readonly Tensor[] =>
  Array.isArray(value) ? (value as readonly Tensor[]) : [value as Tensor];

/** The cases of an op's samples. */
export function casesOf(samples: readonly Sample[]): Case[] {
  let seconds = 0;
  return samples.map((sample) => {
    const inputs = sample.inputs.map(rounded);
    const wrt = differentiated(sample, inputs);
    const elements = inputs.reduce((total, input) => total + input.values.length, 0);
    const stated = sample.expectedGradients !== undefined;
    const second = seconds < SECOND_SAMPLES && wrt.length > 0 && elements <= SECOND_ELEMENTS && !stated;
    if (second) seconds += 1;
    return { sample, inputs, wrt, second, cotangent: stated ? 'ones' : 'weights' };
  });
}

function differentiated(sample: Sample, inputs: readonly Plain[]): readonly number[] {
  if (sample.expectedGradients !== undefined) {
    return sample.expectedGradients.flatMap((expected, index) => (expected === null ? [] : [index]));
  }
  if (sample.gradients !== undefined) return sample.gradients;
  return inputs.flatMap((input, index) => (isFloat(input.dtype ?? 'float32') ? [index] : []));
}

/** The weight of each element of each result in the scalar whose gradient is checked. */
export function weightsOf(one: Case, expected: readonly Plain[]): (output: number, index: number) => number {
  if (one.cotangent === 'ones') return () => 1;
  if (one.cotangent === 'weights') return weightAt;
  return (output, index) => 1 + expected[output]!.values[index]!;
}

/** The same weights as tensors. */
function cotangentOf(one: Case, expected: readonly Plain[], output: number, result: Tensor): Tensor {
  if (one.cotangent === 'results') return add(stopGradient(result), 1);
  const weigh = weightsOf(one, expected);
  const { shape, values } = expected[output]!;
  return cast(
    toTensor(
      plain(
        shape,
        values.map((_, index) => weigh(output, index)),
      ),
    ),
    result.dtype,
  );
}

/** Builds all that is checked of a case from its operands. */
export function compute(one: Case, inputs: readonly Tensor[]): Computed {
  const { sample, wrt, second } = one;
  const results = listOf(sample.run(...inputs));
  const floats = results.flatMap((result, index) => (isFloat(result.dtype) ? [index] : []));
  if (floats.length === 0 || wrt.length === 0) return { results, gradients: [], seconds: [] };
  const call = (given: readonly Tensor[]): Tensor[] => {
    const all = inputs.map((input, index) => (wrt.includes(index) ? given[wrt.indexOf(index)]! : input));
    const made = listOf(sample.run(...all));
    return floats.map((index) => made[index]!);
  };
  const chosen = wrt.map((index) => inputs[index]!);
  const expected = expectedOf(one).results;
  const cotangents = floats.map((index) => cotangentOf(one, expected, index, results[index]!));
  const [gradients] = vjp(call, chosen).pullback(cotangents);
  const seconds = second ? wrt.map((_, index) => hessianProduct(call, chosen, index, cotangents)) : [];
  return { results, gradients, seconds };
}

/** As `numericHessianProduct`, taken by the library. */
function hessianProduct(
  call: (given: readonly Tensor[]) => Tensor[],
  chosen: readonly Tensor[],
  index: number,
  weights: readonly Tensor[],
): Tensor {
  const loss = (x: Tensor): Tensor => {
    const results = call(chosen.map((input, at) => (at === index ? x : input)));
    const terms = results.map((y, output) => sum(mul(weights[output]!, add(y, mul(mul(y, y), 0.5)))));
    return terms.reduce((a, b) => add(a, b));
  };
  const x = chosen[index]!;
  const shape = x.shape as readonly number[];
  const size = shape.reduce((product, length) => product * length, 1);
  const u = toTensor(
    plain(
      shape,
      Array.from({ length: size }, (_, at) => weightAt(7, at)),
      x.dtype,
    ),
  );
  return grad((point: Tensor) => sum(mul(grad(loss)(point), u)))(x);
}
