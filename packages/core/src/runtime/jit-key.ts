import { dim } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { GraphError, ShapeError } from '../errors.ts';
import type { TensorType } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { isTensor } from '../ir/tensor.ts';
import { formatShape } from '../shape.ts';
import type { FlatTree } from '../tree.ts';
import type { Backend } from '../backend/backend.ts';

/** For each argument the names of its leading axes; see `JitOptions.dynamicAxes`. */
export type DynamicAxes = readonly (readonly (string | null)[] | null)[] | undefined;

/** What a compiled function depends on, part by part: two calls with equal parts share a program. */
export interface JitKey {
  readonly parts: readonly string[];
  /** Where each part comes from, for {@link explainMiss}. */
  readonly places: readonly string[];
}

/** What of a call is compiled for: structure, types and other values of the arguments, backend, and further text. */
export function jitKey(args: FlatTree, axes: DynamicAxes, backend: Backend, text: string): JitKey {
  checkSizes(args, axes);
  const { leaves, paths, structure } = args;
  const parts = leaves.map((leaf, index) =>
    isTensor(leaf) ? formatType(typeOf(leaf, paths[index]!, axes)) : staticKey(leaf, paths[index]!),
  );
  return {
    parts: [structure, backendKey(backend), text, ...parts],
    places: ['the structure of the arguments', 'the backend', 'the key', ...paths.map((path) => `argument ${path}`)],
  };
}

/** Says in which part two keys differ. */
export function explainMiss({ parts, places }: JitKey, latest: JitKey | undefined): string {
  if (latest === undefined) return 'first call';
  const changed = parts.findIndex((part, index) => part !== latest.parts[index]);
  const at = changed < 0 ? 0 : changed;
  return `${places[at]} was ${latest.parts[at] ?? '(nothing)'}, now ${parts[at] ?? '(nothing)'}`;
}

/** The type a tensor argument is traced with: its own, with the leading sizes that were given names. */
export function typeOf(leaf: Tensor, path: string, axes: DynamicAxes): TensorType {
  const names = axes === undefined ? undefined : axes[argumentOf(path)];
  if (names == null) return leaf;
  const shape = leaf.shape.map((size, axis): Dim => {
    const name = names[axis];
    return name == null ? size : dim(name);
  });
  return { dtype: leaf.dtype, shape };
}

const argumentOf = (path: string): number => Number(/^\[(\d+)\]/.exec(path)?.[1]);

const formatType = ({ dtype, shape }: TensorType): string => `${dtype}${formatShape(shape)}`;

const backendKeys = new WeakMap<Backend, string>();
let backends = 0;

/** Programs belong to the very backend they were compiled for, not to another one of the same name. */
function backendKey(backend: Backend): string {
  const known = backendKeys.get(backend);
  if (known !== undefined) return known;
  backends += 1;
  const key = `${backend.name}/${backend.device}#${backends}`;
  backendKeys.set(backend, key);
  return key;
}

/** Axes of one name have one size. */
function checkSizes({ leaves, paths }: FlatTree, axes: DynamicAxes): void {
  if (axes === undefined) return;
  const found = new Map<string, { size: Dim; path: string }>();
  leaves.forEach((leaf, index) => {
    if (!isTensor(leaf)) return;
    const path = paths[index]!;
    axes[argumentOf(path)]?.slice(0, leaf.shape.length).forEach((name, axis) => {
      if (name !== null) checkSize(found, name, { size: leaf.shape[axis]!, path });
    });
  });
}

interface Found {
  readonly size: Dim;
  readonly path: string;
}

function checkSize(known: Map<string, Found>, name: string, found: Found): void {
  const before = known.get(name);
  if (before === undefined) known.set(name, found);
  else if (before.size !== found.size) {
    throw new ShapeError(
      `jit: the size '${name}' differs between arguments. Got ${String(before.size)} in argument ${before.path} and ` +
        `${String(found.size)} in argument ${found.path}; expected one size. Give the axes different names.`,
      { op: 'jit', details: { name, sizes: [before.size, found.size] } },
    );
  }
}

function staticKey(leaf: unknown, path: string): string {
  if (typeof leaf === 'string') return JSON.stringify(leaf);
  if (leaf === null || ['number', 'boolean', 'undefined', 'bigint'].includes(typeof leaf)) {
    return Object.is(leaf, -0) ? '-0' : `${typeof leaf} ${String(leaf)}`;
  }
  const got = typeof leaf === 'object' ? leaf.constructor.name : typeof leaf;
  throw new GraphError(
    `jit: an argument cannot be part of the key. Got ${got} at argument ${path}; expected tensors, numbers, text or ` +
      `flags, in arrays, plain objects and classes with [treeNode](). Use it from outside the function instead, or ` +
      `make a tensor of it.`,
    { op: 'jit', details: { path } },
  );
}
