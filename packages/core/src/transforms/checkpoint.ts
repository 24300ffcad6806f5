import { isFloat } from '../dtype.ts';
import { toposort } from '../ir/graph.ts';
import type { Graph } from '../ir/graph.ts';
import type { OpDef, Operands, TensorType } from '../ir/op.ts';
import { isTensor } from '../ir/tensor.ts';
import type { Node, Tensor } from '../ir/tensor.ts';
import { markOp } from '../ops/structural.ts';
import { bind, bindAll, resolve } from '../trace/bind.ts';
import { replay } from '../trace/replay.ts';
import { placeholder } from '../trace/trace.ts';
import { flattenTree, mapTree, unflattenTree } from '../tree.ts';
import { rematOp } from './remat.ts';
import { pullBack, record } from './vjp.ts';

interface CheckpointAttrs {
  /** How many of the inputs are results. */
  readonly results: number;
  /** The function's graph, from the other inputs to the results. */
  readonly again: () => Graph;
}

// Inputs: what the function gave, then what it took; the outputs are the former, with the recomputation as gradient.
const checkpointOp: OpDef<CheckpointAttrs> = {
  kind: 'op',
  name: 'checkpoint',
  infer: (inputs, { results }) => inputs.slice(0, results) as TensorType[],
  vjp: (cotangents, { inputs, attrs, needed }) => {
    const found = recompute(inputs.slice(attrs.results), attrs.again(), {
      cotangents,
      needed: needed.slice(attrs.results),
    });
    return [...new Array<null>(attrs.results).fill(null), ...found];
  },
  onnx: null,
  alias: (index) => index,
};

/** Computes the results anew, once their cotangents are there, and pulls those back. */
function recompute(
  operands: readonly Tensor[],
  graph: Graph,
  { cotangents, needed }: { readonly cotangents: Operands; readonly needed: readonly boolean[] },
): (Tensor | null)[] {
  const floats = graph.outputs.flatMap(({ dtype }, index) => (isFloat(dtype) ? [index] : []));
  const dys = floats.map((index) => cotangents[index]!);
  const barred = bindAll(rematOp, [...operands, ...dys], { values: operands.length });
  const results = replay(graph.outputs, new Map(graph.inputs.map((input, index) => [input, barred[index]!])));
  const wrt = barred.filter((_, index) => needed[index]);
  const tape = record(
    floats.map((index) => results[index]!),
    wrt,
  );
  const found = new Map(pullBack(tape, dys).map((cotangent, index) => [wrt[index]!, cotangent]));
  const cotangentsOf = barred.map((operand) => found.get(operand));
  const known = cotangentsOf.filter((cotangent) => cotangent !== undefined);
  // All or none: a weight's gradient left for later would keep what was computed anew for it.
  const done = bindAll(rematOp, [...known, ...known], { values: known.length });
  let next = 0;
  return cotangentsOf.map((cotangent) => (cotangent === undefined ? null : done[next++]!));
}

/**
 * A function whose intermediate values are not kept for the gradient, but computed again on the way back
 * (rematerialisation): memory for time.
 *
 * Wrap the blocks of a deep model, so that only what goes from block to block is kept. Values and gradients are the
 * same; a block costs its forward computation twice. What the function uses from outside is kept as well.
 * @param fn - From trees of tensors to a tree of tensors; what is no tensor is handed on.
 * @returns The function, to be called as before.
 * @example
 * const block = checkpoint((x: Tensor) => tanh(mul(exp(x), 2)));
 * await item(grad((x: Tensor) => block(block(x)))(tensor(-100))); // => 0
 * @see Chen et al. 2016, https://arxiv.org/abs/1604.06174
 * @category Gradients
 */
export function checkpoint<A extends readonly unknown[], R>(fn: (...args: A) => R): (...args: A) => R {
  return (...args) => {
    const given = flattenTree(args).leaves.filter(isTensor).map(resolve);
    const marks = given.map((tensor) => bind(markOp, [tensor], {}));
    // Nodes are numbered as they are made: those of the function come after this one.
    const first = placeholder('first', { dtype: 'float32', shape: [] }, null).node.id;
    let next = 0;
    const returned = fn(...(mapTree(args, (leaf) => (isTensor(leaf) ? marks[next++] : leaf)) as A));
    const { leaves } = flattenTree(returned);
    const results = leaves.filter(isTensor).map(resolve);
    const { graph, operands } = closureOf(fn.name, results, first);
    if (results.length === 0 || operands.length === 0) return returned;
    const attrs = { results: results.length, again: () => graph };
    const outputs = bindAll(checkpointOp, [...results, ...operands], attrs);
    let at = 0;
    return unflattenTree(
      returned,
      leaves.map((leaf) => (isTensor(leaf) ? outputs[at++] : leaf)),
    ) as R;
  };
}

/** A copy of what a function has just computed, and what went into it: its arguments, and what it took from outside. */
function closureOf(
  name: string,
  results: readonly Tensor[],
  first: number,
): { readonly graph: Graph; readonly operands: readonly Tensor[] } {
  const isInside = (node: Node): boolean => node.id > first && (node.values[0] === undefined || isBaked(node));
  const operands = new Set(results.filter(({ node }) => !isInside(node)));
  for (const node of toposort(results, (one) => !isInside(one))) {
    if (isInside(node)) for (const input of node.inputs) if (!isInside(input.node)) operands.add(input);
  }
  const taken = [...operands];
  const inputs = taken.map((tensor, index) => placeholder(`operand[${index}]`, tensor, null));
  const copies = replay(results, new Map(taken.map((tensor, index) => [tensor, inputs[index]!])), null);
  return { graph: { name, inputs, outputs: copies }, operands: taken };
}

const isBaked = ({ values: [leaf] }: Node): boolean => leaf?.kind === 'host' && leaf.constant;
