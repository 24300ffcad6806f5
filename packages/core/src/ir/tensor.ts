import type { DType, TypedArray } from '../dtype.ts';
import { ArgumentError, DataError, GraphError } from '../errors.ts';
import { INSPECT } from '../inspect.ts';
import { formatShape } from '../shape.ts';
import type { Shape } from '../shape.ts';
import type { DeviceBuffer } from '../backend/backend.ts';
import { describeTensor } from './describe.ts';
import type { AnyOp, AttrValue, Regions, TensorType } from './op.ts';
import type { Place } from './place.ts';
import { dropResidents } from './residents.ts';
import type { TraceScope } from './scope.ts';
import type { Variable } from './variable.ts';

/** Where the value of a tensor comes from when nothing has to be computed. */
export type Leaf =
  /** Given when the traced graph runs. */
  | { readonly kind: 'input'; readonly name: string }
  /** Data in the memory of JavaScript. `constant`: baked into the graph, else a runtime input. */
  | { readonly kind: 'host'; readonly data: TypedArray; readonly constant: boolean }
  /** Data in a file, read when it is needed. */
  | { readonly kind: 'stored'; readonly source: StoredData }
  /** Data that a backend holds. */
  | { readonly kind: 'device'; readonly buffer: DeviceBuffer }
  /** The present value of a variable. */
  | { readonly kind: 'variable'; readonly variable: Variable };

/** The elements of a tensor that lie in a file. */
export interface StoredData {
  /** How many bytes the elements take in memory. */
  readonly byteLength: number;
  /** The elements, from {@link load} until {@link forget}. */
  readonly data: TypedArray | undefined;
  /** Reads the elements and keeps them: what is computed with them reads no file. */
  load(): Promise<TypedArray>;
  /** Reads the elements and keeps nothing. */
  read(): Promise<TypedArray>;
  /** The bytes of the elements piece by piece, none kept. */
  chunks(): AsyncIterable<Uint8Array>;
  /** Where the bytes lie as they are, for a runtime that reads files itself, if it can be seen whether they change. */
  file(): Promise<StoredRange> | undefined;
  /** Lets go of what was loaded. */
  forget(): void;
  /** The same elements in another dtype, converted when they are read. */
  cast(dtype: DType): StoredData;
}

/** A part of a file. */
export interface StoredRange {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
  /** Keeps hold of the file for as long as something else reads it. */
  watch(): Promise<WatchedFile>;
}

/** A file that something else reads by itself. */
export interface WatchedFile {
  /**
   * Whether the file still goes by its name.
   * @throws {@link DataError} if another one does, or none.
   */
  confirm(): Promise<void>;
  /** @throws {@link DataError} if it was written to since it was opened. */
  check(): void;
  release(): void;
}

let nextId = 0;

/** One step of a computation: an op with its operands, or a leaf (`op` null). */
export class Node {
  readonly id = nextId++;
  readonly op: AnyOp | null;
  /** Replaced by {@link grow} only. */
  attrs: Readonly<Record<string, AttrValue>>;
  /** Replaced by {@link grow} only. */
  regions: Regions;
  /** Dropped once every output has a value, so that what led here can be freed. */
  inputs: readonly Tensor[];
  /** More are added by {@link grow} only. */
  outputs: readonly Tensor[];
  /** The value of each output, where it is known. */
  readonly values: (Leaf | undefined)[];
  /** The trace the node was made in; null outside. */
  readonly scope: TraceScope | null;
  readonly #origin: Place | undefined;
  /** How many nodes take one of the outputs as input. */
  uses = 0;
  /** An earlier read has computed this node without keeping it. */
  seen = false;

  constructor(init: {
    op: AnyOp | null;
    inputs?: readonly Tensor[];
    attrs?: Readonly<Record<string, AttrValue>>;
    regions?: Regions;
    types: readonly TensorType[];
    leaf?: Leaf;
    scope: TraceScope | null;
    origin?: Place | undefined;
  }) {
    this.op = init.op;
    this.inputs = init.inputs ?? [];
    this.attrs = init.attrs ?? {};
    this.regions = init.regions ?? [];
    this.scope = init.scope;
    this.#origin = init.origin;
    this.outputs = init.types.map((type, index) => new Tensor(this, index, type));
    this.values = init.types.map(() => init.leaf);
    for (const input of this.inputs) input.node.uses += 1;
  }

  /**
   * Adds outputs to a node that no read has begun to compute: what the way back of a loop needs of the way there. The
   * outputs there are stay as they are.
   */
  grow(change: {
    readonly attrs: Readonly<Record<string, AttrValue>>;
    readonly regions: Regions;
    readonly types: readonly TensorType[];
  }): void {
    const first = this.outputs.length;
    const added = change.types.map((type, index) => new Tensor(this, first + index, type));
    this.attrs = change.attrs;
    this.regions = change.regions;
    this.outputs = [...this.outputs, ...added];
    for (const _ of added) this.values.push(undefined);
  }

  /** The line of user code that made the node, where it was recorded. */
  get origin(): string | undefined {
    return this.#origin?.line;
  }

  /** As {@link origin}, to be asked for later without keeping the node. */
  get place(): Place | undefined {
    return this.#origin;
  }
}

const BRAND = Symbol.for('@gai/tensor');

/** Number of the graph format; two installed copies of the library can share tensors only if theirs are equal. */
export const GRAPH_FORMAT = 1;

/**
 * A value in a computation: output `index` of a node. Nothing is computed until it is read
 * ({@link evaluate}, {@link data}, {@link item}, {@link toArray}) or a compiled function runs.
 * @category Tensors
 */
export class Tensor {
  /** @internal */
  readonly node: Node;
  /** @internal */
  readonly index: number;
  /** Element type. */
  readonly dtype: DType;
  /** Size of each axis; a size may be symbolic inside a traced function. */
  readonly shape: Shape;

  /** @internal */
  constructor(node: Node, index: number, type: TensorType) {
    this.node = node;
    this.index = index;
    this.dtype = type.dtype;
    this.shape = type.shape;
  }

  /** @internal */
  get [BRAND](): number {
    return GRAPH_FORMAT;
  }

  /** Where the value comes from, if nothing has to be computed. @internal */
  get leaf(): Leaf | undefined {
    return this.node.values[this.index];
  }

  /** Dtype, shape and, where they are known without a run, the elements, long ones cut as NumPy does. */
  toString(): string {
    return describeTensor(this);
  }

  /** What `console.log` shows in Node. @internal */
  [INSPECT](): string {
    return this.toString();
  }

  /**
   * Text where text is wanted; in arithmetic and comparisons, which JavaScript does not let a tensor take part in, the
   * function to call.
   */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'string') return this.toString();
    throw new ArgumentError(
      `tensor: an operator of JavaScript does not compute with tensors. Got ${this.dtype} ${formatShape(this.shape)} as ` +
        `an operand; expected a function. Call add, sub, mul, div, neg, pow, equal, less or greater, or take the number ` +
        `out with await item(...).`,
      { op: 'tensor' },
    );
  }

  /**
   * Refuses in `JSON.stringify`, which gives a key: what is computed takes a read, and JSON does not wait. Printers, which give none (those
   * of test runners that show what differs), get the text.
   */
  toJSON(key?: string): string {
    if (key === undefined) return this.toString();
    throw new ArgumentError(
      `tensor: JSON holds no tensors. Got ${this.dtype} ${formatShape(this.shape)}; expected numbers. Read them with ` +
        `await toArray(...), or save tensors as safetensors.`,
      { op: 'tensor' },
    );
  }

  /** Releases the memory a backend holds for this tensor; what was read before stays valid. */
  [Symbol.dispose](): void {
    const leaf = this.leaf;
    if (leaf === undefined) return;
    if (leaf.kind === 'device') leaf.buffer.dispose();
    if (leaf.kind === 'stored') leaf.source.forget();
    dropResidents(leaf);
  }
}

/**
 * True for a {@link Tensor}, also one made by another installed copy of the library.
 * @example
 * isTensor(tensor([1, 2])); // => true
 * @category Tensors
 */
export function isTensor(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** Refuses what is no tensor, and one of another installed copy of the library whose graphs are built otherwise. */
export function checkFormat(tensor: Tensor): void {
  // Not read as a Tensor's: tsc 7.0.2, which keeps what it saw before an edit, then does not find this property.
  const given: unknown = tensor;
  const format = (given as Readonly<Record<symbol, unknown>> | null | undefined)?.[BRAND];
  if (format === GRAPH_FORMAT) return;
  if (!isTensor(tensor)) throw notATensor('tensor', tensor, 'a tensor');
  throw new GraphError(
    `tensor: two copies of @gai/core are installed that do not fit together. Got a tensor of graph format ${String(format)}; ` +
      `expected format ${GRAPH_FORMAT}. Run npm dedupe.`,
    { op: 'tensor', details: { format } },
  );
}

/** What is said of a value in the place of a tensor. */
// oxlint-disable-next-line max-params -- who asks, for what, and what it got.
export function notATensor(op: string, value: unknown, expected: string): DataError {
  const isPromise = value instanceof Promise;
  const remedy = isPromise ? 'Await it.' : 'Make one with tensor(...).';
  const kind = isPromise ? 'a promise' : Array.isArray(value) ? 'an array' : kindOf(value);
  return new DataError(`${op}: not a tensor. Got ${kind}; expected ${expected}. ${remedy}`, { op });
}

const kindOf = (value: unknown): string =>
  value === null || !['object', 'function'].includes(typeof value)
    ? String(value)
    : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
