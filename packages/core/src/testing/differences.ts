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

/** How all results change with one element of an operand: which elements of which results, by how much, over what step. */
interface Change {
  readonly outputs: number[];
  readonly indices: number[];
  readonly by: number[];
  readonly step: number;
}

/** A column of the Jacobian with respect to one operand for each of its elements, by central differences in float64. */
export function numericChanges(reference: References, inputs: readonly Plain[], position: number): Change[] {
  const input = inputs[position]!;
  return input.values.map((value, element) => {
    const step = stepOf(value, 1e-5);
    const above = reference(replaced(inputs, position, nudged(input, element, step)));
    const below = reference(replaced(inputs, position, nudged(input, element, -step)));
    const change: Change = { outputs: [], indices: [], by: [], step: value + step - (value - step) };
    above.forEach(({ values }, output) => {
      const other = below[output]!.values;
      for (let index = 0; index < values.length; index += 1) {
        if (values[index] === other[index]) continue;
        change.outputs.push(output);
        change.indices.push(index);
        change.by.push(values[index]! - other[index]!);
      }
    });
    return change;
  });
}

/** The gradient of `Σ weight · reference`: of weighted sums, with the small terms subtracted first. */
export const weightedGradient = (changes: readonly Change[], weigh: typeof weightAt): number[] =>
  changes.map(({ outputs, indices, by, step }) => {
    let total = 0;
    for (let at = 0; at < by.length; at += 1) total += weigh(outputs[at]!, indices[at]!) * by[at]!;
    return total / step;
  });

/** The gradient of `Σ weight · reference` with respect to one operand, by central differences in float64. */
export const numericGradient = (
  reference: References,
  inputs: readonly Plain[],
  position: number,
  weigh: typeof weightAt = weightAt,
): number[] => weightedGradient(numericChanges(reference, inputs, position), weigh);

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
