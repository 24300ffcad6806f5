import type { Dim } from '../dim.ts';
import type { OnnxBuilder, OnnxInputs, OnnxValue } from '../ir/onnx-binding.ts';
import type { OpDef, TensorType } from '../ir/op.ts';
import { Node } from '../ir/tensor.ts';
import { placeholder } from '../trace/trace.ts';

type Types = readonly [TensorType, TensorType, ...unknown[]];

/** What is computed piece by piece. */
interface Pieces<A> {
  /** Writes the gradient of one piece. */
  readonly op: OpDef<A>;
  readonly attrs: A;
  readonly dw: TensorType;
  /** How many there are. */
  readonly count: Dim;
  /** Images of each. */
  readonly images: number;
}

/**
 * A weight gradient as the sum of those of pieces of the batch, in a loop: what is copied for one piece stays in the
 * cache, and a piece has a known number of images where the batch has a name.
 */
export function writeInPieces<A extends object>(
  b: OnnxBuilder,
  [x, dy]: OnnxInputs,
  types: Types,
  { op, attrs, dw, count, images }: Pieces<A>,
): OnnxValue {
  const shapes = [types[0], types[1]].map(({ shape }) => [images, ...shape.slice(1)]);
  const [pieceOfX, pieceOfDy] = shapes.map((shape, index) =>
    placeholder(`piece${index}`, { dtype: dw.dtype, shape }, null),
  );
  const cut = [x, dy].map((value, index) => b.node('Reshape', [value, b.dims([count, ...shapes[index]!])]));
  const node = new Node({
    op: op as OpDef<never>,
    inputs: [pieceOfX!, pieceOfDy!],
    attrs: attrs as never,
    types: [dw],
    scope: null,
  });
  const graph = { name: 'piece', inputs: node.inputs, outputs: node.outputs };
  const [each] = b.nodes('Scan', cut, 1, { body: { graph, captured: [undefined, undefined] }, num_scan_inputs: 2 });
  return b.node('ReduceSum', [each!, b.ints([0])], { keepdims: 0 });
}
