import { dimAdd, dimMul, dimSub } from '../dim.ts';
import type { Dim } from '../dim.ts';
import type { OnnxBuilder, OnnxContext, OnnxValue } from '../ir/onnx-binding.ts';
import type { NoAttrs, OpDef } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { hasFusedProducts, throughAttention, writeTurned } from './attention-op.ts';
import { matmul } from './linalg.ts';
import { concat, split } from './movement.ts';

type CachedNode = OnnxContext<NoAttrs>;

/**
 * `y = P v` and `P = softmax(q kᵀ + bias)` for keys and values in two pieces, of a cache and new: `[past; new]`, which
 * are never copied together. Operands: q `[..., group, queries, depth]`, past keys and values, new keys and values
 * `[..., 1, keys, depth]`, bias. Without groups q is `[..., queries, depth]`, and keys and values `[..., keys, depth]`.
 */
export const cachedAttentionOp: OpDef = {
  kind: 'op',
  name: 'cachedAttention',
  rows: (_, [q]) => q.shape.length - 2,
  infer: ([q, pastKey, pastValue, key]) => {
    const rows = q.shape.slice(0, -1);
    const keys = dimAdd(pastKey.shape.at(-2)!, key.shape.at(-2)!);
    return [
      { dtype: q.dtype, shape: [...rows, pastValue.shape.at(-1)!] },
      { dtype: q.dtype, shape: [...rows, keys] },
    ];
  },
  // Products of nothing: without a past it is plain attention, and the runtime's kernels cannot do the others.
  needs: (_, operands) => operands.slice(0, 5).flatMap(({ shape }) => shape.map((size) => dimSub(size, 1))),
  vjp: ([dy, dP], { inputs: [q, pastKey, pastValue, key, value], outputs: [y, p] }) => {
    const along = { axis: -2 };
    const [keys, v] = [concat([pastKey, key], along), concat([pastValue, value], along)];
    const { ds, dv } = throughAttention([dy, dP], { y, p, v });
    const pieces = (x: Tensor): Tensor[] => split(x, [pastKey.shape.at(-2)!, key.shape.at(-2)!], along);
    const [dPastKey, dKey] = pieces(matmul(ds, q, { transposeA: true }));
    const [dPastValue, dValue] = dv === null ? [null, null] : pieces(dv);
    return [matmul(ds, keys), dPastKey!, dPastValue!, dKey!, dValue!, ds];
  },
  onnx: (b, [q, pastKey, pastValue, key, value, bias], node) => {
    const [depth, width, places] = [node.inputs[0], ...node.outputs].map(({ shape }) => shape.at(-1)!) as [
      Dim,
      Dim,
      Dim,
    ];
    const queries = writeMerged(b, q, node, depth);
    const scores = b.node('Concat', [writeProduct(b, queries, pastKey, node), writeProduct(b, queries, key, node)], {
      axis: -1,
    });
    const p = b.node('Softmax', [b.node('Add', [writeApart(b, scores, node, places), bias!])], { axis: -1 });
    if (!b.used(node.outputs[0])) return [b.none, p];
    const sizes = [node.inputs[1], node.inputs[3]].map((each) => each.shape.at(-2)!);
    const weights = b.nodes('Split', [writeMerged(b, p, node, places), b.dims(sizes)], 2, { axis: -1 });
    const values = [pastValue, value].map((each, piece) => b.node('MatMul', [weights[piece]!, each!]));
    return [writeApart(b, b.node('Add', values), node, width), p];
  },
};

/** Whether the rows of a group are put together, `[..., 1, group · queries, n]`: products of one row are faster apart. */
function isMerged({ inputs: [q, key] }: CachedNode): boolean {
  const [group, queries] = q.shape.slice(-3);
  return group !== 1 && queries !== 1 && key.shape.at(-3) === 1;
}

function writeMerged(b: OnnxBuilder, x: OnnxValue, node: CachedNode, width: Dim): OnnxValue {
  if (!isMerged(node)) return x;
  const front = node.inputs[0].shape.slice(0, -3);
  const [group, queries] = node.inputs[0].shape.slice(-3) as [Dim, Dim];
  return b.node('Reshape', [x, b.dims([...front, 1, dimMul(group, queries), width])], { allowzero: 1 });
}

/** The rows of a group apart again. */
function writeApart(b: OnnxBuilder, x: OnnxValue, node: CachedNode, width: Dim): OnnxValue {
  if (!isMerged(node)) return x;
  return b.node('Reshape', [x, b.dims([...node.inputs[0].shape.slice(0, -1), width])], { allowzero: 1 });
}

/** `q kᵀ`. */
function writeProduct(b: OnnxBuilder, q: OnnxValue, key: OnnxValue, { inputs: [like] }: CachedNode): OnnxValue {
  if (hasFusedProducts(b, like.dtype)) return b.node('com.microsoft.FusedMatMul', [q, key], { transB: 1 });
  return b.node('MatMul', [q, writeTurned(b, key, like.shape.length)]);
}
