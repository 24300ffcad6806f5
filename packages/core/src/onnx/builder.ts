import { allocate, onnxDataType } from '../dtype.ts';
import type { DType, TypedArray } from '../dtype.ts';
import { formatDim } from '../dim.ts';
import type { Dim, DimExpr } from '../dim.ts';
import { ShapeError, internalError } from '../errors.ts';
import type { KernelFault } from '../ir/capabilities.ts';
import type { Graph } from '../ir/graph.ts';
import type { OnnxAttrs, OnnxBinding, OnnxBuilder, OnnxContext, OnnxInputs, OnnxTarget } from '../ir/onnx-binding.ts';
import type { Node, Tensor } from '../ir/tensor.ts';
import type { Shape } from '../shape.ts';
import { fromNumber } from '../number.ts';
import { attribute, graphProto, nodeProto, rawBytes, tensorProto } from './model.ts';
import { writeAssertion } from './size-assertion.ts';
import { prune } from './prune.ts';
import { newScope } from './scope.ts';
import type { GraphRecord, NodeRecord, Scope } from './scope.ts';
import { Lowering } from './support-lowering.ts';
import { OPSET } from './opset.ts';
import { hasNoElements, isMeasured, opsetRefusal } from './support.ts';
import type { Wire } from './wire.ts';

/** How regions are written: as the body of a node, or in place of one. */
export interface RegionWriter {
  readonly body: (builder: Builder, region: Graph, captured: readonly (string | undefined)[]) => GraphRecord;
  readonly inline: (builder: Builder, region: Graph, given: readonly string[]) => string[];
}

/** Writes ONNX nodes and initializers; what op bindings are given. */
export class Builder implements OnnxBuilder {
  readonly target: OnnxTarget;
  readonly none = '';
  readonly domains: Map<string, number>;
  /** For the name of each ONNX node, the node of ours it was written for. */
  readonly sources = new Map<string, Node>();
  scope: Scope;
  /** Goes into the names of the nodes that are written now. */
  note = '';
  /** ONNX nodes written so far. */
  count = 0;
  #names = 0;
  readonly #reserved = new Set<string>();
  #current: Node | undefined;
  readonly #renames = new Map<string, string>();
  readonly #read = new Set<Tensor>();
  readonly #region: RegionWriter;
  readonly #lowering: Lowering;
  /** A check of the sizes of the current node that nothing it writes has read yet. */
  #unread: string | undefined;
  /** What a Reshape reshapes, by its output. */
  readonly #unshaped = new Map<string, string>();

  constructor(target: OnnxTarget, region: RegionWriter) {
    this.target = target;
    this.domains = new Map([['', OPSET]]);
    this.#region = region;
    this.#lowering = new Lowering(this);
    this.scope = newScope(null);
  }

  has(kernel: string, dtype: DType): boolean {
    return isMeasured(this.target.capabilities.kernels, kernel, dtype);
  }

  prefers(opType: string): boolean {
    return this.target.capabilities.preferred.includes(opType);
  }

  hasFault(fault: KernelFault): boolean {
    return this.target.capabilities.faults.includes(fault);
  }

  requires(opset: number): void {
    const { target, current } = this;
    if (opset > target.capabilities.opset) {
      throw opsetRefusal({ op: current?.op?.name ?? 'run', target, opset, line: current?.origin });
    }
    this.domains.set('', Math.max(opset, this.domains.get('')!));
  }

  /** The node of ours that is being written. */
  get current(): Node | undefined {
    return this.#current;
  }

  /** Whether sizes are computed, which only a CPU does; and what the provider leaves to another one. */
  get placement(): Pick<Lowering, 'sizesOnHost' | 'fallbacks'> {
    return this.#lowering;
  }

  /** States the dtype of a value that no node of this builder makes. */
  declare(value: string, dtype: DType): void {
    if (value !== this.none) this.#lowering.types.set(value, dtype);
  }

  /** Marks what the graph reads, before its nodes are written. */
  reads(tensors: Iterable<Tensor>): void {
    for (const tensor of tensors) this.#read.add(tensor);
  }

  used(output: Tensor): boolean {
    return this.#read.has(output);
  }

  /** Keeps names for what the caller names. */
  reserve(names: Iterable<string>): void {
    for (const name of names) this.#reserved.add(name);
  }

  /** A name not used before. */
  fresh(prefix: string): string {
    const name = `${prefix}_${this.#names++}`;
    return this.#reserved.has(name) ? this.fresh(prefix) : name;
  }

  /** Starts a region. */
  enter(): Scope {
    this.scope = newScope(this.scope);
    return this.scope;
  }

  /** Ends a region. */
  leave(): void {
    if (this.scope.parent === null) throw internalError('left a region that was not entered.');
    this.scope = this.scope.parent;
  }

  /** The ONNX name of a tensor. */
  valueOf(tensor: Tensor): string {
    for (let scope: Scope | null = this.scope; scope !== null; scope = scope.parent) {
      const name = scope.values.get(tensor.node)?.[tensor.index];
      if (name !== undefined) return name;
    }
    throw internalError(`the operand ${tensor.node.op?.name ?? 'leaf'} was not written before its use.`);
  }

  /** Writes one of our nodes by its binding. */
  emitOp(node: Node): string[] {
    const op = node.op;
    const binding = op?.onnx ?? null;
    if (op === null || binding === null) throw internalError(`op '${op?.name}' has no ONNX binding.`);
    const outer = this.#current;
    this.#current = node;
    try {
      const written = this.isEmpty(node)
        ? node.outputs.map(({ dtype, shape }) => this.#emptyTensor(dtype, shape))
        : this.#asserted(binding, node);
      written.forEach((value, index) => this.declare(value, node.outputs[index]!.dtype));
      return written;
    } finally {
      this.#current = outer;
    }
  }

  /** Whether a node's outputs have no elements: then it is not computed, which many kernels cannot do. */
  isEmpty(node: Node): boolean {
    const { op } = node;
    return op !== null && op.alias === undefined && hasNoElements(node);
  }

  #emptyTensor(dtype: DType, shape: Shape): string {
    const known = shape.map((size) => (typeof size === 'number' ? size : 1));
    const empty = this.constant(allocate(dtype, 0), dtype, known);
    return shape.every((size) => typeof size === 'number') ? empty : this.node('Expand', [empty, this.dims(shape)]);
  }

  #bound(binding: OnnxBinding<never>, node: Node): string[] {
    const inputs = node.inputs.map((input) => this.valueOf(input));
    if (typeof binding !== 'function') {
      this.requires(binding.since);
      return this.nodes(binding.opType, inputs, node.outputs.length);
    }
    const written = binding(this, inputs as unknown as OnnxInputs, node as unknown as OnnxContext<never>);
    return Array.isArray(written) ? written : [written];
  }

  /**
   * As {@link #bound}; in a model that runs without us, what the node needs of its sizes is checked by the graph: the
   * check is a 0 that is added to sizes the node reads, or to the shape of its result.
   */
  #asserted(binding: OnnxBinding<never>, node: Node): string[] {
    if (this.target.mode === 'native') return this.#bound(binding, node);
    this.#unread = writeAssertion(this, node);
    const written = this.#bound(binding, node);
    const check = this.#unread;
    if (check === undefined) return written;
    this.#unread = undefined;
    return written.map((value, index) => {
      if (value === this.none) return value;
      const shape = this.node('Add', [this.dims(node.outputs[index]!.shape), check]);
      return this.node('Reshape', [value, shape], { allowzero: 1 });
    });
  }

  inline(region: Graph, given: readonly string[]): string[] {
    return this.#region.inline(this, region, given);
  }

  node(opType: string, inputs: readonly string[], attrs: OnnxAttrs = {}): string {
    return this.nodes(opType, inputs, 1, attrs)[0]!;
  }

  nodes(opType: string, inputs: readonly string[], outputs: number, attrs: OnnxAttrs = {}): string[] {
    return this.#lowering.write({ opType, inputs, outputs, attrs });
  }

  /** Writes a node as it is, whatever the provider makes of it. */
  plain(opType: string, inputs: readonly string[], outputs: number, attrs: OnnxAttrs): string[] {
    const names = Array.from({ length: outputs }, () => this.fresh(opType));
    this.write(opType, inputs, names, attrs);
    return names;
  }

  /** Writes a node under given output names. */
  write(type: string, given: readonly string[], outputs: readonly string[], attrs: OnnxAttrs): void {
    const [opType, domain] = splitType(type);
    const inputs = opType === 'Reshape' ? this.#reshaped(given, outputs, attrs) : given;
    const written: NodeRecord['attrs'][number][] = [];
    for (const [key, value] of Object.entries(attrs)) {
      if (value === undefined) continue;
      const isGraph = typeof value === 'object' && 'graph' in value;
      written.push([key, isGraph ? this.#region.body(this, value.graph, value.captured) : value]);
    }
    if (!this.domains.has(domain)) this.domains.set(domain, 1);
    const name = `${this.#current?.op?.name ?? opType}${this.note}_${this.count++}`;
    if (this.#current !== undefined) this.sources.set(name, this.#current);
    for (const output of outputs) this.scope.produced.add(output);
    this.scope.nodes.push({ name, opType, domain, inputs: trimmed(inputs), outputs, attrs: written });
  }

  /** A Reshape of what was reshaped takes what that took: of a chain the last is enough. */
  #reshaped([value, sizes]: readonly string[], [output]: readonly string[], { allowzero }: OnnxAttrs): string[] {
    const before = this.#unshaped.get(value!);
    // A file's checks of sizes are links of such chains.
    if (this.target.mode === 'native') this.#unshaped.set(output!, before ?? value!);
    // Else a size of 0 would be that of what is reshaped.
    return [(allowzero === 1 ? before : undefined) ?? value!, sizes!];
  }

  /** Gives `value` the name of a graph output, through its producer where it has one, else through a copy. */
  output(value: string, name: string): void {
    if (this.scope.produced.has(value) && !this.#renames.has(value)) this.#renames.set(value, name);
    else this.#renames.set(this.node('Identity', [value]), name);
  }

  /** Leaves out what nobody reads. For the whole model, once it is written; a file keeps all its checks. */
  finish(): void {
    if (this.target.mode === 'native') this.count -= prune(this.scope, this.#renames.keys());
  }

  /** The graph as protobuf, with the final names. */
  serialize(graph: GraphRecord): Wire {
    const rename = (name: string): string => this.#renames.get(name) ?? name;
    const nodes = graph.scope.nodes.map((node) =>
      nodeProto({
        ...node,
        inputs: node.inputs.map(rename),
        outputs: node.outputs.map(rename),
        attributes: node.attrs.map(([key, value]) =>
          attribute(key, typeof value === 'object' && 'scope' in value ? this.serialize(value) : value),
        ),
      }),
    );
    const { name, inputs, outputs } = graph;
    return graphProto({ name, nodes, initializers: graph.scope.initializers, inputs, outputs });
  }

  constant(data: TypedArray, dtype: DType, shape: readonly number[]): string {
    const small = data.length <= 16 ? constantKey(data, dtype, shape) : undefined;
    const known = small === undefined ? undefined : this.#findConstant(small);
    if (known !== undefined) return known;
    const name = this.fresh('c');
    this.#lowering.constant(name, dtype);
    this.scope.initializers.push(tensorProto(name, dtype, shape, rawBytes(data)));
    if (small !== undefined) this.scope.constants.set(small, name);
    return name;
  }

  scalar(value: number, dtype: DType): string {
    return this.constant(scalarData(value, dtype), dtype, []);
  }

  isScalar(value: string, number: number, dtype: DType): boolean {
    const data = scalarData(number, dtype);
    return [[], [1]].some((shape) => this.#findConstant(constantKey(data, dtype, shape)) === value);
  }

  ints(values: readonly number[]): string {
    return this.constant(BigInt64Array.from(values, BigInt), 'int64', [values.length]);
  }

  dims(values: readonly Dim[]): string {
    const check = this.#unread;
    this.#unread = undefined;
    const sizes = this.#dims(values);
    return check === undefined ? sizes : this.node('Add', [sizes, check]);
  }

  #dims(values: readonly Dim[]): string {
    const fixed = values.filter((size) => typeof size === 'number');
    if (fixed.length === values.length) return this.ints(fixed);
    if (values.length === 1) return this.#size(values[0] as DimExpr);
    const key = values.map(formatDim).join();
    const known = this.scope.sizes.get(key);
    if (known !== undefined) return known;
    const parts = values.map((size) => (typeof size === 'number' ? this.ints([size]) : this.#size(size)));
    const vector = this.node('Concat', parts, { axis: 0 });
    this.scope.sizes.set(key, vector);
    return vector;
  }

  cast(value: string, dtype: DType): string {
    return this.node('Cast', [value], { to: onnxDataType(dtype) });
  }

  #findConstant(key: string): string | undefined {
    for (let scope: Scope | null = this.scope; scope !== null; scope = scope.parent) {
      const name = scope.constants.get(key);
      if (name !== undefined) return name;
    }
    return undefined;
  }

  /** An int64 vector of one element: the size, from the shapes of the inputs that have its names. */
  #size(size: DimExpr): string {
    const known = this.#givenSize(size.key);
    if (known !== undefined) return known;
    let total: string | undefined;
    for (const { coefficient, atoms } of size.terms) {
      let product: string | undefined;
      for (const atom of atoms) {
        const value =
          atom.kind === 'name'
            ? this.#namedSize(atom.key)
            : this.#floorDivide(this.#dims([atom.numerator]), this.ints([atom.divisor]));
        product = product === undefined ? value : this.node('Mul', [product, value]);
      }
      if (product === undefined) product = this.ints([coefficient]);
      else if (coefficient !== 1) product = this.node('Mul', [product, this.ints([coefficient])]);
      total = total === undefined ? product : this.node('Add', [total, product]);
    }
    if (total === undefined) throw internalError(`size '${size.key}' has no terms.`);
    this.scope.sizes.set(size.key, total);
    return total;
  }

  /** ONNX divides toward zero; Mod has the sign of the divisor, and what it leaves divides exactly. */
  #floorDivide(numerator: string, divisor: string): string {
    return this.node('Div', [this.node('Sub', [numerator, this.node('Mod', [numerator, divisor])]), divisor]);
  }

  #namedSize(name: string): string {
    const known = this.#givenSize(name);
    if (known !== undefined) return known;
    throw new ShapeError(
      `export: the size '${name}' cannot be found when the graph runs. Got no input with an axis of that size; expected one, ` +
        `since the graph computes with it. Give an input an axis named '${name}', as in spec(['${name}', …]).`,
      { op: 'export', details: { size: name } },
    );
  }

  /** A size that was computed before, or that an axis of an input has as it is. */
  #givenSize(key: string): string | undefined {
    for (let scope: Scope | null = this.scope; scope !== null; scope = scope.parent) {
      const known = scope.sizes.get(key);
      if (known !== undefined) return known;
      const source = scope.dimSources.get(key);
      if (source === undefined) continue;
      const value = this.node('Shape', [source.input], { start: source.axis, end: source.axis + 1 });
      this.scope.sizes.set(key, value);
      return value;
    }
    return undefined;
  }
}

/** `com.microsoft.FusedMatMul` → the op and its domain. */
function splitType(type: string): readonly [opType: string, domain: string] {
  const dot = type.lastIndexOf('.');
  return [type.slice(dot + 1), type.slice(0, Math.max(0, dot))];
}

/** Distinguishes −0 from 0 in a key. */
function scalarData(value: number, dtype: DType): TypedArray {
  const data = allocate(dtype, 1);
  (data as unknown as (number | bigint)[])[0] = fromNumber(value, dtype);
  return data;
}

const constantKey = (data: TypedArray, dtype: DType, shape: readonly number[]): string =>
  `${dtype}[${shape.join()}]${[...data].map(exact).join()}`;

const exact = (value: number | bigint): string => (Object.is(value, -0) ? '-0' : String(value));

/** Trailing inputs that are left out need not be written. */
function trimmed(inputs: readonly string[]): readonly string[] {
  let end = inputs.length;
  while (end > 0 && inputs[end - 1] === '') end -= 1;
  return inputs.slice(0, end);
}
