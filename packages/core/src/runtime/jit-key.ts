import { GraphError } from '../errors.ts';
import type { TensorType } from '../ir/op.ts';
import { formatShape } from '../shape.ts';
import type { Backend } from '../backend/backend.ts';
import type { TypedArguments } from './call-specs.ts';

/** What a compiled function depends on, part by part: two calls with equal parts share a program. */
export interface JitKey {
  readonly parts: readonly string[];
  /** Where each part comes from, for {@link explainMiss}. */
  readonly places: readonly string[];
}

/** What of a call is compiled for: structure, types and other values of the arguments, backend, and further text. */
export function jitKey({ leaves, paths, structure, types }: TypedArguments, backend: Backend, text: string): JitKey {
  const parts = leaves.map((leaf, index) => {
    const type = types[index];
    return type === undefined ? staticKey(leaf, paths[index]!) : formatType(type);
  });
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
