import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import type { GraphProto, ModelProto } from 'onnx-buf';

/** A model as another implementation of the format reads it. */
export function decodeModel(bytes: Uint8Array): { model: ModelProto; graph: GraphProto } {
  const model = fromBinary(ModelProtoSchema, bytes);
  if (model.graph === undefined) throw new Error('the model has no graph');
  return { model, graph: model.graph };
}

/** One line a node, with regions indented: `o = Add(a, b)`. */
export function listNodes(graph: GraphProto, indent = ''): string {
  const lines = graph.node.flatMap((node) => {
    const regions = node.attribute.flatMap(({ name, g }) =>
      g ? [`${indent}  ${name}:`, listNodes(g, `${indent}    `)] : [],
    );
    return [`${indent}${node.output.join(', ')} = ${node.opType}(${node.input.join(', ')})`, ...regions];
  });
  return lines.join('\n');
}

/** Every operator of the graph and its regions, with its domain. */
export function operatorsOf(graph: GraphProto): string[] {
  return graph.node.flatMap((node) => [
    node.domain === '' ? node.opType : `${node.domain}.${node.opType}`,
    ...node.attribute.flatMap(({ g }) => (g ? operatorsOf(g) : [])),
  ]);
}
