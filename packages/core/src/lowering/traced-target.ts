import { ArgumentError } from '../errors.ts';
import type { TensorType } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { isTensor } from '../ir/tensor.ts';
import type { Variable } from '../ir/variable.ts';
import { isSpec, traceArgs } from '../trace/trace.ts';
import type { Traced } from '../trace/trace.ts';
import { flattenReturned } from '../tree.ts';

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

/** The names of its outputs, in the order in which they were returned. */
export function outputNames(traced: Traced): string[] {
  const { leaves, paths } = flattenReturned(traced.result);
  const names = paths.filter((_, index) => isTensor(leaves[index])).map((path) => sanitize(path.slice(1)));
  return names.map((name) => (name === '' ? 'output' : name.replace(/^(?=\d)/, 'output_')));
}

const sanitize = (path: string): string => path.replace(/\]\[|\]\.|\.|\[/g, '_').replaceAll(']', '');

/** The names a module has for its variables. */
export function variableNames(target: Exportable): Map<Variable, string> {
  if (typeof target === 'function') return new Map();
  const named = [...(target.namedParameters?.() ?? []), ...(target.namedBuffers?.() ?? [])];
  return new Map(named.map(([name, variable]) => [variable, name]));
}
