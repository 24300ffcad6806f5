import { GraphError } from '../errors.ts';
import { currentScope } from '../ir/scope.ts';
import type { OpDef, OperandTypes, Regions, TensorType } from '../ir/op.ts';
import { Node, Tensor, checkFormat } from '../ir/tensor.ts';
import { isVariable } from '../ir/variable.ts';
import { recordOrigin } from './origin.ts';

/** What a tensor stands for where it is used now: variables have a value that depends on the trace. */
export function resolve(tensor: Tensor): Tensor {
  checkFormat(tensor);
  return isVariable(tensor) ? tensor.value : tensor;
}

/** Refuses a tensor that was made inside a traced function and is used after it. */
export function checkScope(op: string, input: Tensor): void {
  const scope = input.node.scope;
  if (scope === null || !scope.closed) return;
  const made = input.node.origin === undefined ? '' : ` It was made at ${input.node.origin}.`;
  throw new GraphError(
    `${op}: a tensor made inside '${scope.name}' is used after that function was traced.${made} ` +
      `Return it from the function, or use debugPrint to look at it.`,
    { op, details: { origin: input.node.origin, scope: scope.name } },
  );
}

/**
 * Makes the node of an op and returns its outputs: the only place that does. The types are checked by the op's shape
 * rule, so a mistake is reported here, where it was made.
 * @category Ops
 */
export function bindAll<A extends object>(
  op: OpDef<A>,
  inputs: readonly Tensor[],
  attrs: A,
  regions: Regions = [],
): readonly Tensor[] {
  const operands = inputs.map(resolve);
  for (const operand of operands) checkScope(op.name, operand);
  const inferred = op.infer(operands as unknown as OperandTypes, attrs, operands.length);
  const types: readonly TensorType[] = Array.isArray(inferred) ? inferred : [inferred as TensorType];
  const scope = currentScope();
  const origin = recordOrigin(scope !== null);
  const node = new Node({
    op: op as never,
    inputs: operands,
    attrs: attrs as never,
    regions,
    types,
    scope,
    origin,
  });
  if (op.effect !== undefined && scope !== null) scope.effects.push(node.outputs[1]!);
  return node.outputs;
}

/**
 * As {@link bindAll}, for an op with one output.
 * @category Ops
 */
export function bind<A extends object>(op: OpDef<A>, inputs: readonly Tensor[], attrs: A): Tensor {
  return bindAll(op, inputs, attrs)[0]!;
}
