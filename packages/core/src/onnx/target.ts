import { ArgumentError } from '../errors.ts';
import { toposort } from '../ir/graph.ts';
import type { TensorType } from '../ir/op.ts';
import type { Node, Tensor } from '../ir/tensor.ts';
import { isTensor } from '../ir/tensor.ts';
import type { Variable } from '../ir/variable.ts';
import { data, evaluate } from '../runtime/read.ts';
import { evaluateShape } from '../shape.ts';
import { isSpec, traceArgs } from '../trace/trace.ts';
import type { Traced } from '../trace/trace.ts';
import { flattenTree } from '../tree.ts';
import type { Weight } from './emit.ts';

/** A module, or anything else with a `forward` and a training mode. */
interface Forward {
  forward(...inputs: unknown[]): unknown;
  eval?(): unknown;
  /** Remembers training modes; the result goes back to them. */
  saveModes?(): () => void;
  namedParameters?(): ReadonlyMap<string, Variable>;
  namedBuffers?(): ReadonlyMap<string, Variable>;
}

/** What {@link exportOnnx} writes and {@link compile} compiles: a function of tensors, or a module (in evaluation mode). */
export type Exportable = ((...inputs: never[]) => unknown) | Forward;

/** Traces a function, or a module in evaluation mode, with inputs named as in `specs`. */
export function traceTarget(op: string, target: Exportable, specs: Readonly<Record<string, unknown>>): Traced {
  const args = Object.values(specs);
  const keys = Object.keys(specs);
  const typeOf = (leaf: unknown): TensorType | undefined => (isTensor(leaf) || isSpec(leaf) ? leaf : undefined);
  // `[0].mask` of argument 0, which specs calls batch, is batch_mask.
  const nameOf = (path: string): string => sanitize(path.replace(/^\[(\d+)\]/, (_, index) => keys[Number(index)]!));
  if (typeof target === 'function') return checked(op, traceArgs(target, args, typeOf, nameOf), specs);
  const restore = target.saveModes?.();
  target.eval?.();
  try {
    const forward = (...inputs: Tensor[]): unknown => target.forward(...inputs);
    return checked(op, traceArgs(forward as never, args, typeOf, nameOf), specs);
  } finally {
    restore?.();
  }
}

function checked(op: string, traced: Traced, specs: Readonly<Record<string, unknown>>): Traced {
  if (traced.graph.outputs.length > 0 && traced.graph.inputs.length > 0) return traced;
  throw new ArgumentError(
    `${op}: nothing to compute. Got ${traced.graph.inputs.length} tensor inputs from { ${Object.keys(specs).join(', ')} }` +
      ` and ${traced.graph.outputs.length} tensor outputs; expected at least one of each. Describe inputs with spec(...).`,
    { op },
  );
}

/** The names of a traced target's inputs. */
export function inputNames(inputs: readonly Tensor[]): string[] {
  return inputs.map(({ leaf }) => (leaf?.kind === 'input' ? leaf.name : 'input'));
}

/** The names of its outputs. */
export function outputNames(traced: Traced): string[] {
  const { leaves, paths } = flattenTree(traced.result);
  const names = paths.filter((_, index) => isTensor(leaves[index])).map((path) => sanitize(path.slice(1)));
  return names.map((name) => (name === '' ? 'output' : name.replace(/^(?=\d)/, 'output_')));
}

const sanitize = (path: string): string => path.replace(/\]\[|\]\.|\.|\[/g, '_').replaceAll(']', '');

/** What the function uses from outside: every output of a node that is used, so that each becomes a weight. */
export function capturedBy({ graph, scope }: Traced): Tensor[] {
  const isInput = (node: Node): boolean => node.values[0] !== undefined || node.scope !== scope;
  const own = new Set(graph.inputs.map((input) => input.node));
  const nodes = toposort(graph.outputs, isInput);
  const used = new Set(nodes.flatMap((node) => (isInput(node) ? [] : node.inputs)).concat(graph.outputs));
  return [...used].filter(({ node }) => node.scope !== scope && !own.has(node));
}

function variableNames(target: Exportable): Map<Variable, string> {
  if (typeof target === 'function') return new Map();
  const named = [...(target.namedParameters?.() ?? []), ...(target.namedBuffers?.() ?? [])];
  return new Map(named.map(([name, variable]) => [variable, name]));
}

/** The values of what a traced target uses from outside, under the names the target has for them. */
export async function readWeights(
  captured: readonly Tensor[],
  target: Exportable,
  used: Set<string>,
): Promise<Map<Tensor, Weight>> {
  await evaluate(...captured);
  const names = variableNames(target);
  const weights = new Map<Tensor, Weight>();
  for (const [index, tensor] of captured.entries()) {
    const { leaf, dtype } = tensor;
    const variable = leaf?.kind === 'variable' ? leaf.variable : undefined;
    const wanted = variable === undefined ? `captured_${index}` : (names.get(variable) ?? variable.name);
    let name = wanted;
    for (let count = 1; used.has(name); count++) name = `${wanted}_${count}`;
    used.add(name);
    weights.set(tensor, { name, dtype, shape: evaluateShape(tensor.shape, new Map()), data: await data(tensor) });
  }
  return weights;
}
