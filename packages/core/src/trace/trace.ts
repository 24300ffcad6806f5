import { GraphError } from '../errors.ts';
import { parseDim } from '../dim-text.ts';
import type { Dim } from '../dim.ts';
import { parseDType } from '../dtype.ts';
import type { DType } from '../dtype.ts';
import { INSPECT } from '../inspect.ts';
import type { Graph } from '../ir/graph.ts';
import type { TensorType } from '../ir/op.ts';
import { withScope } from '../ir/scope.ts';
import type { TraceScope } from '../ir/scope.ts';
import { Node, isTensor } from '../ir/tensor.ts';
import type { Tensor } from '../ir/tensor.ts';
import { checkShape, formatShape } from '../shape.ts';
import type { Shape } from '../shape.ts';
import { flattenReturned, mapTree } from '../tree.ts';
import { checkScope, resolve } from './bind.ts';
import { recordOrigin } from './origin.ts';

/**
 * Shape and dtype of a tensor that is given later; see {@link spec}.
 * @category Graphs
 */
export class TensorSpec implements TensorType {
  readonly dtype: DType;
  readonly shape: Shape;

  /** @internal */
  constructor(type: TensorType) {
    this.dtype = type.dtype;
    this.shape = type.shape;
  }

  /** Dtype and shape. */
  toString(): string {
    return `spec(${this.dtype} ${formatShape(this.shape)})`;
  }

  /** What `console.log` shows in Node. @internal */
  [INSPECT](): string {
    return this.toString();
  }
}

/**
 * Describes a tensor without data: what a traced or exported function takes. A name stands for a size that is known
 * only when the graph runs, and may be counted with.
 * @param shape - Sizes; a string names a symbolic one, or is a sum or product of names and numbers: `past+time`.
 * @param dtype - Element type. Default `float32`.
 * @example
 * formatShape(spec(['batch', 784]).shape); // => '[batch,784]'
 * formatShape(spec(['batch', 'past + time']).shape); // => '[batch,past+time]'
 * @category Graphs
 */
export function spec(shape: readonly (Dim | string)[], dtype: DType = 'float32'): TensorSpec {
  const sizes = shape.map((size) => (typeof size === 'string' ? parseDim(size) : size));
  checkShape(sizes, 'spec');
  return new TensorSpec({ dtype: parseDType(dtype, 'spec'), shape: sizes });
}

/** True for what {@link spec} returns. */
export function isSpec(value: unknown): value is TensorSpec {
  return value instanceof TensorSpec;
}

/** A leaf that stands for a value given when the graph runs. */
export function placeholder(name: string, type: TensorType, scope: TraceScope | null): Tensor {
  const node = new Node({
    op: null,
    types: [{ dtype: type.dtype, shape: type.shape }],
    leaf: { kind: 'input', name },
    scope,
    origin: recordOrigin(scope !== null),
  });
  return node.outputs[0]!;
}

/** A function turned into a graph, with what it did besides. */
export interface Traced {
  readonly graph: Graph;
  /** What the function returned, with traced tensors as leaves; the graph's outputs are those of `flattenReturned`. */
  readonly result: unknown;
  readonly scope: TraceScope;
}

/**
 * Runs `fn` once with placeholders in place of the tensors of `args` (tensors or specs) and collects what it returns.
 * Every other leaf of `args` is handed on as it is.
 */
export function traceArgs(
  fn: (...args: never[]) => unknown,
  args: readonly unknown[],
  types: (leaf: unknown, path: string) => TensorType | undefined,
  nameOf: (path: string) => string = (path) => `arg${path}`,
): Traced {
  const name = fn.name === '' ? 'function' : fn.name;
  return withScope(name, (scope) => {
    const inputs: Tensor[] = [];
    const given = mapTree(args, (leaf, path) => {
      const type = types(leaf, path);
      if (type === undefined) return leaf;
      const input = placeholder(nameOf(path), type, scope);
      inputs.push(input);
      return input;
    });
    const result = fn(...(given as never[]));
    const { leaves } = flattenReturned(result);
    refusePromises(leaves, name);
    const outputs = leaves.filter(isTensor).map(resolve);
    for (const output of [...outputs, ...scope.assignments.values()]) checkScope(name, output);
    return { graph: { name, inputs, outputs }, result, scope };
  });
}

function refusePromises(leaves: readonly unknown[], name: string): void {
  const promises = leaves.filter((leaf) => leaf instanceof Promise);
  if (promises.length === 0) return;
  for (const promise of promises) promise.catch(() => undefined); // It fails because of the trace; the error below says so.
  throw new GraphError(
    `trace: '${name}' is asynchronous. Got a function that returns a promise; expected one that returns tensors at once.` +
      ` Read values after the call, not inside the function.`,
    { op: 'trace' },
  );
}

/**
 * Traces a function into a graph that can be printed, drawn and exported.
 * @param fn - A synchronous function of trees of tensors.
 * @param specs - One tree per argument, with {@link spec} (or a tensor) for each tensor.
 * @example
 * printGraph(trace((x: Tensor) => add(x, 1), [spec(['n'])])).includes('add'); // => true
 * @category Graphs
 */
export function trace(fn: (...args: never[]) => unknown, specs: readonly unknown[]): Graph {
  return traceArgs(fn, specs, (leaf) => (isSpec(leaf) || isTensor(leaf) ? leaf : undefined)).graph;
}
