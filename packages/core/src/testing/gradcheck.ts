import { isFloat } from '../dtype.ts';
import { GraphError } from '../errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { cast } from '../ops/structural.ts';
import { jit } from '../runtime/jit.ts';
import { data, evaluate } from '../runtime/read.ts';
import { vjp } from '../transforms/grad.ts';
import { isClose } from './close.ts';
import { weightAt } from './differences.ts';
import { plain, rounded, toTensor } from './plain.ts';
import type { Plain } from './sample.ts';

/** Settings of {@link gradcheck}. */
export interface GradcheckOptions {
  /** How far an element is moved to each side. Default 1e-2 for float32, 1e-5 for float64. */
  readonly step?: number | undefined;
  /** Absolute and relative. Default 1e-2 for float32, 1e-6 for float64. */
  readonly tolerance?: number | undefined;
}

/**
 * Compares the gradient of a function (a layer, a loss) with central differences of the function itself, run on the
 * default backend in the dtype of its operands: float64 where its ops allow it, else float32 with a wide step.
 *
 * For an op with a plain reference use {@link checkSamples}, which is exact.
 * @param fn - From tensors to one float tensor of any shape.
 * @param inputs - Operands; every float one is checked.
 * @returns One line per problem; none if all is well.
 * @throws {@link GraphError} if there is no float operand.
 * @example
 * await gradcheck((x) => mul(x!, x!), [plain([2], [1, 2], 'float64')]); // => []
 * @category Testing
 */
export async function gradcheck(
  fn: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Plain[],
  options: GradcheckOptions = {},
): Promise<string[]> {
  const operands = inputs.map(rounded);
  const wrt = operands.flatMap((input, index) => (isFloat(input.dtype ?? 'float32') ? [index] : []));
  if (wrt.length === 0) {
    throw new GraphError('gradcheck: nothing to check. Got no float operand; expected at least one.', {
      op: 'gradcheck',
    });
  }
  const wide = !wrt.every((index) => operands[index]!.dtype === 'float64');
  const { step = wide ? 1e-2 : 1e-5, tolerance = wide ? 1e-2 : 1e-6 } = options;
  const gradients = await gradientsOf(fn, operands, wrt);
  const run = jit((...tensors: Tensor[]) => fn(...tensors));
  const problems: string[] = [];
  for (const [slot, position] of wrt.entries()) {
    const { values } = operands[position]!;
    for (const [element, value] of values.entries()) {
      const at = (moved: number): Promise<number> => weighed(run, replaced(operands, position, element, moved));
      const expected = ((await at(value + step)) - (await at(value - step))) / (2 * step);
      const actual = gradients[slot]![element]!;
      if (isClose(actual, expected, tolerance)) continue;
      problems.push(`input ${position}, element ${element}: gradient ${actual}, differences ${expected}`);
    }
  }
  return problems;
}

/** The gradients of `Σ weight · fn`. */
async function gradientsOf(
  fn: (...inputs: Tensor[]) => Tensor,
  operands: readonly Plain[],
  wrt: readonly number[],
): Promise<number[][]> {
  const tensors = operands.map(toTensor);
  const chosen = wrt.map((index) => tensors[index]!);
  const { value, pullback } = vjp(
    (given: readonly Tensor[]) =>
      fn(...tensors.map((tensor, at) => (wrt.includes(at) ? given[wrt.indexOf(at)]! : tensor))),
    chosen,
  );
  const shape = value.shape as readonly number[];
  const size = shape.reduce((product, length) => product * length, 1);
  const weights = toTensor(
    plain(
      shape,
      Array.from({ length: size }, (_, index) => weightAt(0, index)),
    ),
  );
  const [gradients] = pullback(cast(weights, value.dtype));
  await evaluate(...gradients);
  return Promise.all(gradients.map(async (gradient) => Array.from((await data(gradient)) as Float64Array)));
}

const replaced = (operands: readonly Plain[], position: number, element: number, moved: number): Plain[] =>
  operands.map((operand, index) => {
    if (index !== position) return operand;
    return plain(
      operand.shape,
      operand.values.map((value, at) => (at === element ? moved : value)),
      operand.dtype,
    );
  });

/** `Σ weight · fn`, summed in float64. */
async function weighed(run: (...inputs: Tensor[]) => Promise<Tensor>, operands: readonly Plain[]): Promise<number> {
  const values = (await data(await run(...operands.map(toTensor)))) as Float64Array;
  return values.reduce((total, value, index) => total + weightAt(0, index) * value, 0);
}
