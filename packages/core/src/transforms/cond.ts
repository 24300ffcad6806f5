import { DTypeError, ShapeError } from '../errors.ts';
import type { Dim } from '../dim.ts';
import type { DType } from '../dtype.ts';
import type { Graph } from '../ir/graph.ts';
import type { OpDef } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { isFloat } from '../dtype.ts';
import { formatShape } from '../shape.ts';
import { bindAll } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { traceRegion } from '../trace/region.ts';
import type { Region } from '../trace/region.ts';
import { placeholder } from '../trace/trace.ts';
import { regionGradient } from './region-gradient.ts';
import { regionInputs, tensorsLike, treeOf } from './tensor-tree.ts';
import type { TensorTree } from './tensor-tree.ts';

interface CondAttrs {
  /** Of each result: dtype, then sizes. */
  readonly types: readonly (readonly [DType, ...Dim[]])[];
}

/** The results of one of two branches; both take all operands after the first, which says which branch. */
export const condOp: OpDef<CondAttrs> = {
  kind: 'op',
  name: 'cond',
  infer: (_, { types }) => types.map(([dtype, ...shape]) => ({ dtype, shape })),
  vjp: (cotangents, { inputs, outputs, needed }) => {
    const floats = outputs.flatMap(({ dtype }, index) => (isFloat(dtype) ? [index] : []));
    const dys = floats.map((index) => cotangents[index]!);
    const wanted = inputs.flatMap((_, index) => (needed[index] === true ? [index] : []));
    const places = wanted.map((index) => index - 1);
    const branches = outputs[0].node.regions.map((branch) =>
      regionGradient(branch, { op: 'cond', outputs: floats, inputs: places }),
    );
    const attrs = { types: wanted.map((index) => typeOf(inputs[index]!)) };
    const found = bindBranches(inputs[0], [...inputs.slice(1), ...dys], attrs, branches);
    return inputs.map((_, index) => (needed[index] === true ? found[wanted.indexOf(index)]! : null));
  },
  onnx: (b, [condition, ...captured], { regions, outputs }) => {
    const [yes, no] = regions as readonly [Graph, Graph];
    if (b.target.capabilities.branches) {
      const branches = { then_branch: { graph: yes, captured }, else_branch: { graph: no, captured } };
      return b.nodes('If', [condition], outputs.length, branches);
    }
    // Both are computed.
    const [held, failed] = [b.inline(yes, captured), b.inline(no, captured)];
    return held.map((value, index) => b.node('Where', [condition, value, failed[index]!]));
  },
};

const typeOf = ({ dtype, shape }: Tensor): readonly [DType, ...Dim[]] => [dtype, ...shape];

/** Makes the node of two branches; each takes all that one of them uses from outside. */
function bindBranches(
  condition: Tensor,
  operands: readonly Tensor[],
  attrs: CondAttrs,
  branches: readonly Region[],
): readonly Tensor[] {
  const captured = [...new Set(branches.flatMap((branch) => branch.captured))];
  const regions = branches.map((branch) => withInputs(branch, captured));
  return bindAll(condOp, [condition, ...captured, ...operands], attrs, regions);
}

/**
 * The result of one of two functions, chosen when the graph runs; only that one is computed.
 *
 * For a choice of one whole computation. To choose element by element use {@link where}. The gradient computes the
 * chosen function again. Tensors and variables used from outside get gradients too.
 * @param condition - One boolean, `[]`.
 * @param onTrue - From the operands to a tree of tensors. Both functions are run once, to be traced.
 * @param onFalse - The same; its result has the structure, dtypes and shapes of the other's.
 * @param operands - Trees of tensors.
 * @throws {@link DTypeError} if the condition is not bool, {@link ShapeError} if it is not a scalar or the results differ.
 * @example
 * const absolute = (x: Tensor) => cond(less(x, 0), (v: Tensor) => neg(v), (v: Tensor) => v, x);
 * await item(absolute(tensor(-3))); // => 3
 * await item(grad(absolute)(tensor(-3))); // => -1
 * @see JAX, https://docs.jax.dev/en/latest/_autosummary/jax.lax.cond.html
 * @category Control flow
 */
export function cond<A extends readonly unknown[], R>(
  condition: TensorLike,
  onTrue: (...operands: A) => R,
  onFalse: (...operands: A) => R,
  ...operands: A
): R {
  const chosen = scalarCondition(condition, 'cond');
  const given = treeOf(operands, 'cond');
  const inputs = regionInputs(given, 'operand');
  let results: TensorTree | undefined;
  const trace = (fn: (...operands: A) => R, name: string): Region =>
    traceRegion({ op: 'cond', name: fn.name === '' ? name : fn.name, inputs }, (formal) => {
      const returned = fn(...(given.rebuild(formal) as A));
      if (results !== undefined) return tensorsLike(returned, results, RESULTS);
      results = treeOf(returned, 'cond');
      return results.tensors;
    });
  const branches = [trace(onTrue, 'onTrue'), trace(onFalse, 'onFalse')];
  const attrs = { types: branches[0]!.graph.outputs.map(typeOf) };
  const outputs = attrs.types.length === 0 ? [] : bindBranches(chosen, given.tensors, attrs, branches);
  return results!.rebuild(outputs) as R;
}

const RESULTS = ['cond', 'result', 'if false', 'if true'] as const;

/** A region that takes all of `captured`, also what it does not use. */
function withInputs({ graph, captured: own }: Region, captured: readonly Tensor[]): Graph {
  const formal = captured.map((tensor, index) => {
    const at = own.indexOf(tensor);
    return at < 0 ? placeholder(`unused[${index}]`, tensor, null) : graph.inputs[at]!;
  });
  return { ...graph, inputs: [...formal, ...graph.inputs.slice(own.length)] };
}

/** Refuses a condition that is not one boolean. */
export function scalarCondition(condition: TensorLike, op: string): Tensor {
  const tensor = asTensor(condition, op);
  if (tensor.dtype !== 'bool') {
    throw new DTypeError(
      `${op}: the condition is not a boolean. Got ${tensor.dtype}; expected bool. Compare it, for example with greater.`,
      { op },
    );
  }
  if (tensor.shape.length === 0) return tensor;
  throw new ShapeError(
    `${op}: the condition is not a scalar. Got ${formatShape(tensor.shape)}; expected []. Reduce it with all or any, or ` +
      `choose element by element with where.`,
    { op },
  );
}
