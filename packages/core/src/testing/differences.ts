import { hashUnit, plain } from './plain.ts';
import type { Plain, Sample } from './sample.ts';

/** A reference as a function of the values of its operands, always with a list of results. */
export type References = (inputs: readonly Plain[]) => readonly Plain[];

/** The reference of a sample, with a list of results. */
export function referencesOf(sample: Sample): References {
  return (inputs) => {
    const result = sample.reference(...inputs);
    return 'shape' in result ? [result] : result;
  };
}

/** The weight of element `index` of result `output` in the scalar whose gradient is checked: fixed, in ±[0.5, 1.5). */
export function weightAt(output: number, index: number): number {
  const unit = hashUnit(index, 1000 + output);
  return unit < 0.5 ? -1.5 + 2 * unit : 2 * unit - 0.5;
}

const replaced = (inputs: readonly Plain[], position: number, values: readonly number[]): Plain[] =>
  inputs.map((input, index) => (index === position ? plain(input.shape, values, input.dtype) : input));

const nudged = (input: Plain, element: number, by: number): number[] =>
  input.values.map((value, index) => (index === element ? value + by : value));

const stepOf = (value: number, scale: number): number => scale * Math.max(Math.abs(value), 0.1);

/** `Σ (a − b) · weight` over all results: a difference of sums, with the small terms subtracted first. */
function weightedDifference(a: readonly Plain[], b: readonly Plain[], weigh: typeof weightAt): number {
  let total = 0;
  a.forEach((result, output) => {
    const other = b[output]!;
    result.values.forEach((value, index) => {
      if (value !== other.values[index]) total += weigh(output, index) * (value - other.values[index]!);
    });
  });
  return total;
}

/** The gradient of `Σ weight · reference` with respect to one operand, by central differences in float64. */
export function numericGradient(
  reference: References,
  inputs: readonly Plain[],
  position: number,
  weigh: typeof weightAt = weightAt,
): number[] {
  const input = inputs[position]!;
  return input.values.map((value, element) => {
    const step = stepOf(value, 1e-5);
    const above = reference(replaced(inputs, position, nudged(input, element, step)));
    const below = reference(replaced(inputs, position, nudged(input, element, -step)));
    return weightedDifference(above, below, weigh) / (value + step - (value - step));
  });
}

/** Fourth-order difference quotient. */
const slope = (f: (at: number) => number, h: number): number =>
  (f(-2 * h) - 8 * f(-h) + 8 * f(h) - f(2 * h)) / (12 * h);

/**
 * The gradient of `⟨∇L(x), u⟩` with respect to operand `position`, where `L = Σ weight · (y + y²/2)` and u has the
 * weights of result 7: the product of L's Hessian with u, by differences of differences.
 */
export function numericHessianProduct(reference: References, inputs: readonly Plain[], position: number): number[] {
  const loss = (values: readonly number[]): number => {
    let total = 0;
    reference(replaced(inputs, position, values)).forEach((result, output) => {
      result.values.forEach((y, index) => (total += weightAt(output, index) * (y + (y * y) / 2)));
    });
    return total;
  };
  const { values } = inputs[position]!;
  const along = (point: readonly number[]): number =>
    slope((t) => loss(point.map((value, index) => value + t * weightAt(7, index))), 1e-3);
  return values.map((_, element) =>
    slope((t) => along(values.map((value, index) => (index === element ? value + t : value))), 1e-3),
  );
}
