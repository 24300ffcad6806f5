import { ShapeError } from '../errors.ts';
import type { OpDef, Operands, TensorType } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { formatShape, shapesEqual } from '../shape.ts';
import { bind } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { atOwnLines } from '../trace/origin.ts';

/** What a rule for {@link customVjp} is given besides the cotangent. */
export interface CustomVjpContext {
  readonly inputs: readonly Tensor[];
  readonly output: Tensor;
}

/** A gradient rule: from the result's cotangent to one cotangent (or null: none) for each input. */
export type CustomVjpRule = (cotangent: Tensor, context: CustomVjpContext) => readonly (Tensor | null)[];

// Inputs: the function's arguments, then its result; the output is that result, with the rule as its only gradient.
const customVjpOp: OpDef<{ rule: CustomVjpRule; count: number }> = {
  kind: 'op',
  name: 'customVjp',
  infer: (inputs, { count }) => inputs[count] as TensorType,
  vjp: ([dy], { inputs, outputs: [output], attrs: { rule, count } }) => {
    const given = atOwnLines(() => rule(dy, { inputs: inputs.slice(0, count), output }));
    checkRule(given, inputs, count);
    return [...given, null];
  },
  onnx: null,
  alias: (_, inputs) => inputs - 1,
};

function checkRule(given: readonly (Tensor | null)[], inputs: Operands, count: number): void {
  const fits = given.every((cotangent, index) => !cotangent || shapesEqual(cotangent.shape, inputs[index]!.shape));
  if (given.length === count && fits) return;
  const got = given.map((cotangent) => (cotangent ? formatShape(cotangent.shape) : 'null')).join(', ');
  const expected = inputs.slice(0, count).map((input) => formatShape(input.shape));
  throw new ShapeError(
    `customVjp: the rule's cotangents do not fit. Got ${got}; expected ${expected.join(', ')}. ` +
      `Give each argument one of its shape, or null.`,
    { op: 'customVjp' },
  );
}

/**
 * A function with a gradient of its own in place of the one that would be derived.
 *
 * For gradients that are cheaper or more stable in closed form, or for estimators (straight-through).
 * @param fn - From tensors to one tensor.
 * @param rule - From the result's cotangent to one cotangent for each argument, null for none.
 * @throws {@link ShapeError} when the gradient is taken, if a cotangent does not have its argument's shape.
 * @example
 * const clipped = customVjp((x: Tensor) => x, (dy) => [minimum(dy, 1)]);
 * await item(grad((x: Tensor) => mul(5, clipped(x)))(tensor(2))); // => 1
 * @category Gradients
 */
export function customVjp(fn: (...args: Tensor[]) => Tensor, rule: CustomVjpRule): (...args: TensorLike[]) => Tensor {
  return (...args) => {
    const inputs = args.map((arg) => asTensor(arg, 'customVjp'));
    return bind(customVjpOp, [...inputs, fn(...inputs)], { rule, count: inputs.length });
  };
}
