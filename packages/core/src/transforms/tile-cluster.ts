import { dimEquals } from '../dim.ts';
import type { Dim } from '../dim.ts';
import type { OperandTypes, TensorType } from '../ir/op.ts';
import { Node } from '../ir/tensor.ts';
import type { Tensor } from '../ir/tensor.ts';
import type { Shape } from '../shape.ts';
import { reshapeOp } from '../ops/structural.ts';
import { placeholder } from '../trace/trace.ts';
import { packStep, sequenceType } from './scan-layout.ts';
import type { ScanAttrs } from './scan-layout.ts';
import { scanOp } from './scan-op.ts';

/** Nodes that work row by row along a leading axis of one size, in order. */
export interface Cluster {
  readonly length: Dim;
  readonly nodes: Node[];
  /** In how many pieces it is computed. */
  pieces?: Dim;
}

/** How a node uses an operand: row by row, whole for every row, or in a way that cannot be cut. */
export function useOf(input: Tensor, node: Node, length: Dim): 'rows' | 'shared' | 'mixed' {
  const [first] = input.shape;
  const rank = node.outputs[0]!.shape.length;
  const isAligned = input.shape.length === rank || node.inputs.length === 1;
  if (isAligned && first !== undefined && dimEquals(first, length)) return 'rows';
  return input.shape.length < rank || first === 1 ? 'shared' : 'mixed';
}

/** Computes a cluster in pieces; returns what stands for `outputs`. */
export function tileCluster(
  { length, nodes, pieces = length }: Cluster,
  outputs: readonly Tensor[],
  now: (tensor: Tensor) => Tensor,
): Tensor[] {
  const piece = typeof length === 'number' && typeof pieces === 'number' ? length / pieces : 1;
  const body = new Body(length, piece);
  for (const node of nodes) body.add(node);
  const { scope, place: origin } = nodes[0]!;
  const make = (op: Node['op'], inputs: readonly Tensor[], rest: Partial<ConstructorParameters<typeof Node>[0]>) =>
    new Node({ op, inputs, types: [], scope, origin, ...rest });
  const reshaped = (tensor: Tensor, shape: Shape): Tensor =>
    make(reshapeOp as never, [tensor], { attrs: { shape }, types: [{ dtype: tensor.dtype, shape }] }).outputs[0]!;
  const sequences = body.sequences.map(({ tensor }) =>
    reshaped(now(tensor), [pieces, piece, ...tensor.shape.slice(1)]),
  );
  const shared = body.shared.map(({ tensor }) => now(tensor));
  const results = outputs.map((output) => body.result(output));
  const inputs = [...body.shared, ...body.sequences].map(({ input }) => input);
  const attrs: ScanAttrs = {
    constants: shared.length,
    carries: 0,
    length: pieces,
    reverse: false,
    mayBeEmpty: typeof pieces !== 'number',
    steps: results.map(packStep),
  };
  const loop = make(scanOp as never, [...shared, ...sequences], {
    attrs: attrs as never,
    regions: [{ name: 'tile', inputs, outputs: results }],
    types: attrs.steps.map((step) => sequenceType(step, pieces)),
  });
  return outputs.map((output, index) => reshaped(loop.outputs[index]!, output.shape));
}

interface Border {
  readonly tensor: Tensor;
  /** What stands for it in the region. */
  readonly input: Tensor;
}

/** The computation of one piece. */
class Body {
  /** What stands for a tensor of the cluster. */
  readonly inside = new Map<Tensor, Tensor>();
  /** Values of which each piece gets its rows. */
  readonly sequences: Border[] = [];
  /** Values that all pieces use whole. */
  readonly shared: Border[] = [];
  readonly #length: Dim;
  readonly #piece: number;

  constructor(length: Dim, piece: number) {
    this.#length = length;
    this.#piece = piece;
  }

  add(node: Node): void {
    const op = node.op!;
    const inputs = node.inputs.map((input) => this.#operand(input, useOf(input, node, this.#length) === 'rows'));
    const attrs = op.withRows === undefined ? node.attrs : op.withRows(node.attrs as never, this.#piece);
    const inferred = op.infer(inputs as unknown as OperandTypes, attrs as never, inputs.length);
    const types: readonly TensorType[] = Array.isArray(inferred) ? inferred : [inferred as TensorType];
    const copy = new Node({ op, inputs, attrs: attrs as never, types, scope: node.scope, origin: node.place });
    node.outputs.forEach((output, index) => this.inside.set(output, copy.outputs[index]!));
  }

  /** A result of the cluster; without the reshape it ends with, which is free outside and a copy here. */
  result(output: Tensor): Tensor {
    const { op, inputs } = output.node;
    const isForm = (op as unknown) === reshapeOp && this.inside.has(inputs[0]!);
    return isForm ? this.result(inputs[0]!) : this.inside.get(output)!;
  }

  #operand(tensor: Tensor, isRows: boolean): Tensor {
    const known = this.inside.get(tensor);
    if (known !== undefined) return known;
    const leaf = tensor.leaf;
    if (leaf?.kind === 'host' && leaf.constant && !isRows) return tensor;
    const borders = isRows ? this.sequences : this.shared;
    const before = borders.find((border) => border.tensor === tensor);
    if (before !== undefined) return before.input;
    const type = isRows ? { dtype: tensor.dtype, shape: [this.#piece, ...tensor.shape.slice(1)] } : tensor;
    const name = `${isRows ? 'rows' : 'shared'}${borders.length}`;
    const input = placeholder(name, type, null);
    borders.push({ tensor, input });
    return input;
  }
}
