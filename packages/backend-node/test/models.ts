import type { DType } from '@gai/core/backend';
import { attribute, graphProto, modelProto, nodeProto, tensorProto, valueInfo } from '@gai/core/onnx';

type Port = readonly [name: string, dtype: DType, shape: readonly (number | string)[]];

/** A node as a test writes it: operator, inputs, outputs, attributes; its name is the operator's with a number. */
export interface TestNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number | string | readonly number[] | { float: number }>>;
}

/** What a hand-made model consists of. */
export interface TestModel {
  readonly nodes: readonly TestNode[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly initializers?: readonly Parameters<typeof tensorProto>[];
}

/** The bytes of a hand-made ONNX model. A string in a shape is a symbolic size. */
export function makeModel({ nodes, inputs, outputs, initializers = [] }: TestModel): Uint8Array<ArrayBuffer> {
  const written = nodes.map(({ op, inputs, outputs, attributes = {} }, index) =>
    nodeProto({
      name: `${op.toLowerCase()}_${index}`,
      opType: op,
      domain: '',
      inputs,
      outputs,
      attributes: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
    }),
  );
  const info = ([name, dtype, shape]: Port): ReturnType<typeof valueInfo> => valueInfo(name, dtype, shape as never);
  const graph = graphProto({
    name: 'test',
    nodes: written,
    initializers: initializers.map((each) => tensorProto(...each)),
    inputs: inputs.map(info),
    outputs: outputs.map(info),
  });
  return modelProto(graph, new Map([['', 20]]));
}

/** `y = x + x` for any length. */
export function doubling(dtype: DType = 'float32'): Uint8Array<ArrayBuffer> {
  return makeModel({
    nodes: [{ op: 'Add', inputs: ['x', 'x'], outputs: ['y'] }],
    inputs: [['x', dtype, ['n']]],
    outputs: [['y', dtype, ['n']]],
  });
}

/** `state' = state + change`, `total = sum(state')`: a step that carries state. */
export function stepping(): Uint8Array<ArrayBuffer> {
  return makeModel({
    nodes: [
      { op: 'Add', inputs: ['state', 'change'], outputs: ['next'] },
      { op: 'ReduceSum', inputs: ['next'], outputs: ['total'], attributes: { keepdims: 0 } },
    ],
    inputs: [
      ['state', 'float32', ['n']],
      ['change', 'float32', ['n']],
    ],
    outputs: [
      ['next', 'float32', ['n']],
      ['total', 'float32', []],
    ],
  });
}

/** A chain of `count` square matrix products of side `side`: work that takes a while. */
export function chain(count: number, side: number): Uint8Array<ArrayBuffer> {
  const nodes = Array.from({ length: count }, (_, index) => ({
    op: 'MatMul',
    inputs: [index === 0 ? 'x' : `h${index}`, 'x'],
    outputs: [index === count - 1 ? 'y' : `h${index + 1}`],
  }));
  return makeModel({
    nodes,
    inputs: [['x', 'float32', [side, side]]],
    outputs: [['y', 'float32', [side, side]]],
  });
}

/** `count` inputs and `count` outputs of `size` elements each: `y[i] = x[i] + x[i]`. */
export function wide(count: number, size: number): Uint8Array<ArrayBuffer> {
  const indices = Array.from({ length: count }, (_, index) => index);
  return makeModel({
    nodes: indices.map((index) => ({ op: 'Add', inputs: [`x${index}`, `x${index}`], outputs: [`y${index}`] })),
    inputs: indices.map((index) => [`x${index}`, 'float32', [size]]),
    outputs: indices.map((index) => [`y${index}`, 'float32', [size]]),
  });
}

/** Names `prefix0 … prefix(count-1)`. */
export const numbered = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);
