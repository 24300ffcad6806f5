import { onnxDataType } from '../dtype.ts';
import type { DType, TypedArray } from '../dtype.ts';
import { formatDim } from '../dim.ts';
import type { Shape } from '../shape.ts';
import { Wire } from './wire.ts';
import type { LazyBytes } from './wire.ts';

/** Where a tensor's bytes lie outside the model file. */
export interface ExternalData {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/** Field numbers are those of onnx.proto3, IR versions 9 and 10. */
const ATTRIBUTE = { float: 1, int: 2, string: 3, graph: 5, ints: 7 } as const;

/** `ValueInfoProto`: name, element type and, if it is known, shape of a graph's input or output. */
export function valueInfo(name: string, dtype: DType, shape?: Shape): Wire {
  const tensorType = new Wire().int(1, onnxDataType(dtype));
  if (shape !== undefined) {
    const sizes = new Wire();
    for (const size of shape) {
      sizes.message(1, typeof size === 'number' ? new Wire().int(1, size) : new Wire().string(2, formatDim(size)));
    }
    tensorType.message(2, sizes);
  }
  return new Wire().string(1, name).message(2, new Wire().message(1, tensorType));
}

/** The bytes of a typed array in the byte order ONNX files have (little-endian, as every platform we run on). */
export function rawBytes(data: TypedArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** `TensorProto` with its bytes inside, or with a pointer to where they lie. */
export function tensorProto(
  name: string,
  dtype: DType,
  shape: readonly number[],
  content: Uint8Array | LazyBytes | ExternalData,
): Wire {
  const proto = new Wire();
  if (shape.length > 0) proto.ints(1, shape);
  proto.int(2, onnxDataType(dtype)).string(8, name);
  if (!('location' in content)) return proto.bytes(9, content);
  const entries: [string, string][] = [
    ['location', content.location],
    ['offset', String(content.offset)],
    ['length', String(content.length)],
  ];
  for (const [key, value] of entries) proto.message(13, new Wire().string(1, key).string(2, value));
  return proto.int(14, 1);
}

/** `AttributeProto` from a number, text, a list of whole numbers, a float or a written graph. */
export function attribute(name: string, value: number | string | readonly number[] | { float: number } | Wire): Wire {
  const proto = new Wire().string(1, name);
  if (typeof value === 'number') return proto.int(3, value).int(20, ATTRIBUTE.int);
  if (typeof value === 'string') return proto.string(4, value).int(20, ATTRIBUTE.string);
  if (value instanceof Wire) return proto.message(6, value).int(20, ATTRIBUTE.graph);
  if ('float' in value) return proto.float(2, value.float).int(20, ATTRIBUTE.float);
  return proto.ints(8, value).int(20, ATTRIBUTE.ints);
}

/** `NodeProto`. */
export function nodeProto(node: {
  name: string;
  opType: string;
  domain: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: readonly Wire[];
}): Wire {
  const proto = new Wire();
  for (const input of node.inputs) proto.string(1, input);
  for (const output of node.outputs) proto.string(2, output);
  proto.string(3, node.name).string(4, node.opType);
  for (const attr of node.attributes) proto.message(5, attr);
  if (node.domain !== '') proto.string(7, node.domain);
  return proto;
}

/** `GraphProto`. */
export function graphProto(graph: {
  name: string;
  nodes: readonly Wire[];
  initializers: readonly Wire[];
  inputs: readonly Wire[];
  outputs: readonly Wire[];
}): Wire {
  const proto = new Wire();
  for (const node of graph.nodes) proto.message(1, node);
  proto.string(2, graph.name);
  for (const initializer of graph.initializers) proto.message(5, initializer);
  for (const input of graph.inputs) proto.message(11, input);
  for (const output of graph.outputs) proto.message(12, output);
  return proto;
}

/** The bytes of a `modelWire`. */
export function modelProto(graph: Wire, domains: ReadonlyMap<string, number>): Uint8Array<ArrayBuffer> {
  return modelWire(graph, domains).finish();
}

/** `ModelProto`; `domains` maps operator-set domains to versions ('' is standard ONNX). */
export function modelWire(graph: Wire, domains: ReadonlyMap<string, number>): Wire {
  // IR version 10 is the first with operator set 21.
  const proto = new Wire()
    .int(1, (domains.get('') ?? 0) > 20 ? 10 : 9)
    .string(2, 'gai')
    .message(7, graph);
  for (const [domain, version] of domains) {
    proto.message(8, new Wire().string(1, domain).int(2, version));
  }
  return proto;
}
