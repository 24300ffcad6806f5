import type { DType, TypedArray } from '../dtype.ts';
import { DTypeError, GraphError, ShapeError } from '../errors.ts';
import { toposort } from '../ir/graph.ts';
import { residentOf } from '../ir/residents.ts';
import { currentScope } from '../ir/scope.ts';
import type { Leaf, Node, Tensor } from '../ir/tensor.ts';
import { evaluateShape, formatShape } from '../shape.ts';
import { programOfRead } from '../lowering/program.ts';
import { checkScope, resolve } from '../trace/bind.ts';
import type { NestedArray } from '../trace/literal.ts';
import { toNumber } from '../number.ts';
import type { Backend, DeviceBuffer, HostTensor } from '../backend/backend.ts';
import { getDefaultBackend } from './default.ts';
import { Executable, valueOf } from './executable.ts';

/** One call of {@link evaluate} that waits for its tensors. */
interface Request {
  readonly roots: readonly Tensor[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What was asked of each backend in this turn of the event loop; it is computed in one run. */
const collecting = new WeakMap<Backend, Request[]>();
/** The end of what each backend computes for reads; the next begins there, so that it finds the values. */
const ends = new WeakMap<Backend, Promise<void>>();

/**
 * Computes tensors, all in one run, and leaves their values where the backend keeps them: what is computed from them
 * later starts there. Reads asked for in the same turn (`Promise.all`) share the run.
 *
 * @throws {@link BackendError} if no backend is set, or it fails.
 * @throws {@link GraphError} inside a traced function, or for a tensor that was made in one and not returned.
 * @example
 * const x = add(tensor([1, 2]), 1);
 * await evaluate(x);
 * await toArray(x); // => [2, 3]
 * @category Reading
 */
export async function evaluate(...tensors: readonly Tensor[]): Promise<void> {
  refuseInTrace();
  const roots = unknown(tensors);
  if (roots.length > 0) await request(getDefaultBackend(), roots);
}

/** As {@link evaluate}, on a backend that may no longer be the default. */
export async function evaluateOn(backend: Backend, tensors: readonly Tensor[]): Promise<void> {
  const roots = unknown(tensors);
  if (roots.length > 0) await request(backend, roots);
}

function unknown(tensors: readonly Tensor[]): Tensor[] {
  const roots = tensors.map(present).filter((tensor) => tensor.leaf === undefined);
  for (const root of roots) checkScope('read', root);
  return roots;
}

/** What the tensor stands for now; what a graph holds of a variable stands for its committed value. */
function present(tensor: Tensor): Tensor {
  const value = resolve(tensor);
  return value.leaf?.kind === 'variable' ? value.leaf.variable.value : value;
}

function refuseInTrace(): void {
  const scope = currentScope();
  if (scope === null) return;
  throw new GraphError(
    `read: '${scope.name}' reads a tensor while it is being traced. Got a read inside a traced function; expected it ` +
      `outside. Return the tensor, or look at it with debugPrint.`,
    { op: 'read', details: { scope: scope.name } },
  );
}

function request(backend: Backend, roots: readonly Tensor[]): Promise<void> {
  return new Promise((resolved, reject) => {
    const asked: Request = { roots, resolve: resolved, reject };
    const open = collecting.get(backend);
    if (open !== undefined) {
      open.push(asked);
      return;
    }
    const requests = [asked];
    collecting.set(backend, requests);
    ends.set(backend, serve(backend, requests, ends.get(backend)));
  });
}

/** Never fails: every request learns of its own failure. */
async function serve(backend: Backend, requests: readonly Request[], before: Promise<void> | undefined): Promise<void> {
  // The turn in which reads are collected ends here.
  await Promise.resolve();
  collecting.delete(backend);
  await before;
  try {
    await compute(
      backend,
      requests.flatMap(({ roots }) => roots),
    );
    for (const { resolve: done } of requests) done();
  } catch (error) {
    if (requests.length === 1) return requests[0]!.reject(error);
    // A tensor that cannot be computed must not fail the reads it shared a turn with.
    for (const alone of requests) await serve(backend, [alone], undefined);
  }
}

async function compute(backend: Backend, wanted: readonly Tensor[]): Promise<void> {
  const roots = wanted.filter((tensor) => tensor.leaf === undefined);
  const nodes = toposort(roots).filter((node) => node.values[0] === undefined);
  const kept = keep(nodes, roots);
  const outputs = kept.flatMap((node) => [...node.outputs]);
  const program = programOfRead(outputs, nodes);
  if (program.graph.outputs.length > 0) {
    const buffers = await new Executable(backend, program).run();
    let next = 0;
    for (const node of kept) {
      const values = buffers.slice(next, (next += node.outputs.length));
      settle(
        node,
        values.map((buffer) => ({ kind: 'device', buffer })),
      );
    }
  }
  for (const node of nodes) settleAlias(node);
}

/**
 * The nodes whose values are kept after a read: those asked for; those that something outside this read also uses
 * (it will be read later, and must not be computed twice); and those an earlier read has computed already. In place of
 * a node that only marks a place, what it stands for is kept.
 */
function keep(nodes: readonly Node[], roots: readonly Tensor[]): Node[] {
  const inside = new Map<Node, number>();
  for (const node of nodes) {
    for (const input of node.inputs) inside.set(input.node, (inside.get(input.node) ?? 0) + 1);
  }
  const kept = new Set(roots.map((root) => root.node));
  for (const node of nodes.toReversed()) {
    if (node.uses > (inside.get(node) ?? 0) || node.seen) kept.add(node);
    if (kept.has(node) && node.op?.alias !== undefined) for (const source of sourcesOf(node)) kept.add(source.node);
  }
  for (const node of nodes) node.seen = true;
  return nodes.filter((node) => kept.has(node) && node.op?.alias === undefined);
}

/** For each output of a node that only marks a place, the operand it equals. */
function sourcesOf(node: Node): Tensor[] {
  const { alias } = node.op!;
  return node.outputs.map((_, index) => node.inputs[alias!(index, node.inputs.length)]!);
}

/** Turns a node into a leaf and lets go of what led to it. */
function settle(node: Node, values: readonly Leaf[]): void {
  if (node.values[0] !== undefined) return;
  node.outputs.forEach((_, index) => (node.values[index] = values[index]));
  for (const input of node.inputs) input.node.uses -= 1;
  node.inputs = [];
}

/** A node that only marks a place has a value as soon as what it stands for has one. */
function settleAlias(node: Node): void {
  if (node.op?.alias === undefined || node.values[0] !== undefined) return;
  const leaves = sourcesOf(node).map((source) => source.leaf);
  const known = leaves.filter((leaf) => leaf?.kind === 'host' || leaf?.kind === 'device' || leaf?.kind === 'stored');
  if (known.length === leaves.length) settle(node, known);
}

/** The buffer or host data of a tensor that has a value, wherever it lives. */
function fetchValue(tensor: Tensor): HostTensor | DeviceBuffer {
  return valueOf(tensor, undefined);
}

/** The sizes of a tensor that has a value; those of a computed one may have had names before. */
export function sizesOf(tensor: Tensor): readonly number[] {
  const { leaf, shape } = present(tensor);
  return leaf?.kind === 'device' ? leaf.buffer.shape : evaluateShape(shape, new Map());
}

/**
 * The elements of a tensor as a typed array, row by row. It may be the very memory the tensor lives in: do not write
 * to it.
 * @example
 * await data(add(tensor([1, 2]), 1)); // => new Float32Array([2, 3])
 * @category Reading
 */
export async function data(tensor: Tensor): Promise<TypedArray> {
  const value = present(tensor);
  await evaluate(value);
  const { leaf } = value;
  if (leaf?.kind === 'host') return leaf.data;
  // What a backend has is not read again: the file may be another one by now.
  if (leaf?.kind === 'stored') return leaf.source.data ?? (residentOf(leaf, undefined) ?? leaf.source).read();
  const found = fetchValue(value);
  return 'read' in found ? found.read() : found.data;
}

/**
 * The one element of a tensor as a number.
 * @throws {@link ShapeError} if the tensor has more than one element, or none.
 * @example
 * await item(sum(tensor([1, 2, 3]))); // => 6
 * @category Reading
 */
export async function item(tensor: Tensor): Promise<number> {
  const elements = await data(tensor);
  const [first] = elements;
  if (elements.length !== 1 || first === undefined) {
    throw new ShapeError(
      `item: not one element. Got ${formatShape(tensor.shape)}; expected a tensor with exactly one. Use toArray or data.`,
      { op: 'item' },
    );
  }
  return exactNumber(first, tensor.dtype, 'item');
}

/**
 * The tensor as nested arrays of numbers (booleans for dtype bool); a scalar is the number itself.
 * @example
 * await toArray(tensor([[1, 2], [3, 4]])); // => [[1, 2], [3, 4]]
 * @category Reading
 */
export async function toArray(tensor: Tensor): Promise<NestedArray> {
  const elements = await data(tensor);
  const sizes = sizesOf(tensor);
  let next = 0;
  const build = (axis: number): NestedArray => {
    if (axis === sizes.length) {
      const number = exactNumber(elements[next++]!, tensor.dtype, 'toArray');
      return tensor.dtype === 'bool' ? number !== 0 : number;
    }
    return Array.from({ length: sizes[axis]! }, () => build(axis + 1));
  };
  return build(0);
}

/** An element as a number; refuses 64-bit integers that a number would round in silence. */
function exactNumber(element: number | bigint, dtype: DType, op: string): number {
  const number = toNumber(element, dtype);
  if (typeof element === 'number' || Number.isSafeInteger(number)) return number;
  throw new DTypeError(
    `${op}: a whole number is too large to be read exactly. Got ${element} in int64; expected at most 2^53 − 1 in size. ` +
      `Read it with data(...), which gives bigints.`,
    { op, details: { dtype } },
  );
}
