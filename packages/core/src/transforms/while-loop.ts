import { BackendError, GraphError } from '../errors.ts';
import type { Graph } from '../ir/graph.ts';
import type { OpDef, TensorType } from '../ir/op.ts';
import { bindAll } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { traceRegion } from '../trace/region.ts';
import { placeholder } from '../trace/trace.ts';
import { scalarCondition } from './cond.ts';
import { regionInputs, tensorsLike, treeOf } from './tensor-tree.ts';

/** Steps until a condition fails. Operands: constants, the condition at first, carries. */
export const whileOp: OpDef<{ constants: number }> = {
  kind: 'op',
  name: 'while',
  infer: (inputs, { constants }) =>
    inputs.slice(constants + 1).map(({ dtype, shape }): TensorType => ({ dtype, shape })),
  vjp: () => {
    throw new GraphError(
      'whileLoop: no gradient. Got a gradient through a loop whose number of steps is known only when it runs; expected ' +
        'none. Use scan or forLoop, or stopGradient.',
      { op: 'whileLoop' },
    );
  },
  onnx: (b, names, { attrs: { constants }, regions, outputs }) => {
    const { provider, capabilities } = b.target;
    if (!capabilities.loops) {
      throw new BackendError(
        `whileLoop: ${provider} has no loops. Got a loop whose number of steps is known only when it runs; expected ` +
          'none. Use scan with at most 64 steps, or run it on cpu or wasm.',
        { op: 'whileLoop', details: { operator: 'Loop', provider } },
      );
    }
    const { name, inputs, outputs: results } = regions[0] as Graph;
    // The loop gives its body a counter and the condition, which are not used.
    const unused = [
      placeholder('count', { dtype: 'int64', shape: [] }, null),
      placeholder('held', { dtype: 'bool', shape: [] }, null),
    ];
    const graph = {
      name,
      inputs: [...inputs.slice(0, constants), ...unused, ...inputs.slice(constants)],
      outputs: results,
    };
    const captured = graph.inputs.map((_, index) => (index < constants ? names[index] : undefined));
    return b.nodes('Loop', [b.none, ...names.slice(constants)], outputs.length, { body: { graph, captured } });
  },
};

/**
 * Steps as long as a condition holds: `while (condition(carry)) carry = body(carry)`.
 *
 * For iterations whose number is not known before they run, such as until convergence. It has no gradient: use
 * {@link scan} or {@link forLoop} for one.
 * @param condition - From the carry to one boolean. Both functions are run to be traced, not once per step.
 * @param body - From the carry to the next, with the same structure, dtypes and shapes.
 * @param init - The first carry: a tree of tensors; numbers count as float32.
 * @returns The first carry for which the condition fails.
 * @throws {@link GraphError} if a gradient is taken through it, or the structure of the carry changes.
 * @throws {@link BackendError} before anything runs, on a provider without loops (webgpu).
 * @example
 * const power = whileLoop((x: Tensor) => less(x, 100), (x: Tensor) => mul(x, 2), tensor(1));
 * await item(power); // => 128
 * @see JAX, https://docs.jax.dev/en/latest/_autosummary/jax.lax.while_loop.html
 * @category Control flow
 */
export function whileLoop<C>(condition: (carry: C) => TensorLike, body: (carry: C) => C, init: C): C {
  const carry = treeOf(init, 'whileLoop');
  if (carry.tensors.length === 0) {
    throw new GraphError(
      'whileLoop: nothing changes from step to step. Got an init without tensors; expected at least one.',
      {
        op: 'whileLoop',
      },
    );
  }
  const first = scalarCondition(condition(carry.rebuild(carry.tensors) as C), 'whileLoop');
  const name = body.name === '' ? 'body' : body.name;
  const region = traceRegion({ op: 'whileLoop', name, inputs: regionInputs(carry, 'carry') }, (inputs) => {
    const next = tensorsLike(body(carry.rebuild(inputs) as C), carry, CARRY);
    return [scalarCondition(condition(carry.rebuild(next) as C), 'whileLoop'), ...next];
  });
  const operands = [...region.captured, first, ...carry.tensors];
  return carry.rebuild(bindAll(whileOp, operands, { constants: region.captured.length }, [region.graph])) as C;
}

const CARRY = ['whileLoop', 'carry', 'after a step', 'at the beginning'] as const;
