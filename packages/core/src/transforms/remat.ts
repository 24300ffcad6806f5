import type { OpDef, TensorType } from '../ir/op.ts';
import type { OnnxBuilder, OnnxValue } from '../ir/onnx-binding.ts';
import { zerosLike } from '../ops/structural.ts';

/**
 * `yᵢ = xᵢ` for the first inputs, but not before the others are known: the way back begins to compute anew what it
 * needs only when it gets there.
 *
 * Nothing may see through this op (simplification, sharing of common subexpressions): what is computed from its
 * outputs is meant to be computed a second time.
 */
export const rematOp: OpDef<{ values: number }> = {
  kind: 'op',
  name: 'remat',
  infer: (inputs, { values }) => inputs.slice(0, values) as TensorType[],
  vjp: (cotangents, { inputs, attrs: { values } }) =>
    inputs.map((input, index) => (index < values ? cotangents[index]! : zerosLike(input))),
  onnx: (b, names, { outputs, attrs: { values } }) => {
    const late = names.slice(values);
    return names
      .slice(0, values)
      .map((name, index) =>
        b.used(outputs[index]!) ? b.node('Reshape', [name, shapeAfter(b, name, late)], { allowzero: 1 }) : b.none,
      );
  },
};

/** The shape of a value, known once others are. */
function shapeAfter(b: OnnxBuilder, name: OnnxValue, late: readonly OnnxValue[]): OnnxValue {
  const shape = b.node('Shape', [name]);
  if (b.target.capabilities.sizesOnHost) {
    // Zero, but in a way that the runtime does not fold away when it knows the sizes.
    const sizes = late.map((value) => b.node('Size', [value]));
    const total = sizes.reduce((sum, size) => b.node('Add', [sum, size]));
    return b.node('Add', [shape, b.node('Sub', [total, total])]);
  }
  // Elsewhere no arithmetic of sizes is sure to run: none of the sizes are appended.
  return b.node('Concat', [shape, ...late.map((value) => b.node('Shape', [value], { start: 0, end: 0 }))], { axis: 0 });
}
