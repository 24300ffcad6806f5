import type { DType } from '../dtype.ts';
import { internalError } from '../errors.ts';
import { evaluateShape } from '../shape.ts';
import { toposort } from '../ir/graph.ts';
import type { Graph } from '../ir/graph.ts';
import type { OnnxTarget } from '../ir/onnx-binding.ts';
import type { Node, Tensor } from '../ir/tensor.ts';
import { Builder } from './builder.ts';
import type { GraphRecord, Scope } from './scope.ts';
import { modelWire, tensorProto, valueInfo } from './model.ts';
import type { ExternalData } from './model.ts';
import type { LazyBytes, Wire } from './wire.ts';

/** A tensor of the model whose value the model file carries. */
export interface Weight {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Its bytes. */
  readonly content: Uint8Array | LazyBytes;
}

/** Tensors of one dtype that come in as one flat input. */
export interface Stack {
  readonly parts: readonly Tensor[];
  /** Number of elements of each. */
  readonly sizes: readonly number[];
}

/** What a graph is written from: its borders with the names they get, and the values that are baked in. */
export interface EmitRequest {
  readonly graph: Graph;
  /** Names of the graph's inputs, in order. */
  readonly inputNames: readonly string[];
  /** Names of the graph's outputs, in order. */
  readonly outputNames: readonly string[];
  readonly target: OnnxTarget;
  /** Leaves to bake, with their values; constants made inside the graph are baked anyway. */
  readonly weights?: ReadonlyMap<Tensor, Weight>;
  /** Tensors that come in as parts of one flat input each, under these names. */
  readonly stacks?: readonly (Stack & { readonly name: string })[];
  /** Says where a weight lies if not in the model. */
  readonly external?: (weight: Weight) => ExternalData | undefined;
}

/** The written model. */
export interface EmittedModel {
  readonly model: Wire;
  /** The model's bytes, if none of its weights is read lazily. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Number of ONNX nodes. */
  readonly nodes: number;
  /** For the name of each ONNX node, the node of ours it was written for. */
  readonly sources: ReadonlyMap<string, Node>;
  /** Sizes are computed from those of the inputs, which only a CPU does. */
  readonly sizesOnHost: boolean;
  /** What the provider leaves to `target.fallback`, with the first line of the user that asked for it. */
  readonly fallbacks: ReadonlyMap<string, string | undefined>;
}

/** Writes a graph as an ONNX model. Ops write themselves (`OpDef.onnx`); this knows none of them by name. */
export function emit(request: EmitRequest): EmittedModel {
  const { graph, target } = request;
  const builder = new Builder(target, { body: emitRegion, inline: inlineRegion });
  const scope = builder.scope;
  const weights = [...(request.weights ?? [])];
  builder.reserve([...request.inputNames, ...request.outputNames, ...weights.map(([, weight]) => weight.name)]);
  graph.inputs.forEach((input, index) => name(builder, input, request.inputNames[index]!));
  const inputs = graph.inputs.map((input, index) => valueInfo(request.inputNames[index]!, input.dtype, input.shape));
  for (const [tensor, weight] of weights) name(builder, tensor, bake(builder, weight, request));
  for (const stack of request.stacks ?? []) inputs.push(unstack(builder, stack));
  scope.dimSources = dimSources(graph, request.inputNames);
  const outputs = emitNodes(builder, graph, request.outputNames);
  builder.finish();
  const model = modelWire(builder.serialize({ name: graph.name, scope, inputs, outputs }), builder.domains);
  return {
    model,
    get bytes() {
      return model.finish();
    },
    nodes: builder.count,
    sources: builder.sources,
    sizesOnHost: builder.placement.sizesOnHost,
    fallbacks: builder.placement.fallbacks,
  };
}

/** Names a value that is not computed; of a node with several outputs some may be given. */
function name(builder: Builder, { node, index, dtype }: Tensor, value: string): void {
  const { scope } = builder;
  const names = scope.values.get(node) ?? [];
  names[index] = value;
  scope.values.set(node, names);
  builder.declare(value, dtype);
}

/** Takes a flat input apart. */
function unstack(builder: Builder, { name: input, parts, sizes }: Stack & { readonly name: string }): Wire {
  const { dtype } = parts[0]!;
  builder.declare(input, dtype);
  const pieces = builder.nodes('Split', [input, builder.ints(sizes)], parts.length, { axis: 0 });
  parts.forEach((part, index) => {
    const piece = pieces[index]!;
    const isFlat = part.shape.length === 1;
    name(builder, part, isFlat ? piece : builder.node('Reshape', [piece, builder.dims(part.shape)]));
  });
  return valueInfo(input, dtype, [sizes.reduce((total, size) => total + size, 0)]);
}

function bake(builder: Builder, weight: Weight, request: EmitRequest): string {
  const content = request.external?.(weight) ?? weight.content;
  builder.scope.initializers.push(tensorProto(weight.name, weight.dtype, weight.shape, content));
  return weight.name;
}

/** For each named size, an input and an axis that have it. */
function dimSources(graph: Graph, names: readonly string[]): Map<string, { input: string; axis: number }> {
  const sources = new Map<string, { input: string; axis: number }>();
  graph.inputs.forEach((input, index) => {
    input.shape.forEach((size, axis) => {
      if (typeof size !== 'number' && !sources.has(size.key)) sources.set(size.key, { input: names[index]!, axis });
    });
  });
  return sources;
}

/** Writes what is not written yet of what leads to the outputs; returns the nodes. */
function writeNodes(builder: Builder, graph: Graph): Node[] {
  const { scope } = builder;
  const known = (node: Node): boolean =>
    scope.values.has(node) || node.values[0] !== undefined || builder.isEmpty(node);
  const order = toposort(graph.outputs, known).filter((node) => !scope.values.has(node));
  builder.reads(graph.outputs);
  for (const node of order) builder.reads(node.inputs);
  for (const node of order) scope.values.set(node, emitNode(builder, node));
  return order;
}

/** A region in place: its nodes are written now, and may be written again for other inputs. */
function inlineRegion(builder: Builder, region: Graph, given: readonly string[]): string[] {
  region.inputs.forEach((input, index) => name(builder, input, given[index]!));
  const written = writeNodes(builder, region);
  const results = region.outputs.map((output) => builder.valueOf(output));
  for (const node of [...written, ...region.inputs.map((input) => input.node)]) builder.scope.values.delete(node);
  return results;
}

function emitNodes(builder: Builder, graph: Graph, outputNames: readonly string[]): Wire[] {
  writeNodes(builder, graph);
  return graph.outputs.map((output, index) => {
    const final = outputNames[index]!;
    builder.output(builder.valueOf(output), final);
    return valueInfo(final, output.dtype, output.shape);
  });
}

function emitNode(builder: Builder, node: Node): string[] {
  const leaf = node.values[0];
  if (leaf?.kind === 'host') {
    const { dtype, shape } = node.outputs[0]!;
    return [builder.constant(leaf.data, dtype, evaluateShape(shape, new Map()))];
  }
  const op = node.op;
  if (op === null || leaf !== undefined) {
    throw internalError(`a ${leaf?.kind ?? 'missing'} leaf is neither an input nor a weight of the graph.`);
  }
  const alias = op.alias;
  if (alias !== undefined)
    return node.outputs.map((_, index) => builder.valueOf(node.inputs[alias(index, node.inputs.length)]!));
  return builder.emitOp(node);
}

/** Writes the body of a loop or a branch; `captured` names outer values that stand for some of its inputs. */
function emitRegion(builder: Builder, region: Graph, captured: readonly (string | undefined)[]): GraphRecord {
  const scope: Scope = builder.enter();
  const formal: Wire[] = [];
  region.inputs.forEach((input, index) => {
    const outer = captured[index];
    const given = outer ?? builder.fresh('region');
    name(builder, input, given);
    if (outer === undefined) formal.push(valueInfo(given, input.dtype, input.shape));
  });
  const names = region.outputs.map(() => builder.fresh('result'));
  const outputs = emitNodes(builder, region, names);
  builder.leave();
  return { name: region.name, scope, inputs: formal, outputs };
}
