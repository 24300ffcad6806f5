import { dimEquals, dimSub } from '../dim.ts';
import type { Dim } from '../dim.ts';
import type { DType } from '../dtype.ts';
import type { OnnxBuilder, OnnxContext, OnnxValue } from '../ir/onnx-binding.ts';
import type { OpDef } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { sizeOf } from '../shape.ts';
import type { Shape } from '../shape.ts';
import { add, mul, sub } from './elementwise.ts';
import { matmul } from './linalg.ts';
import { isNothing } from './shared-cotangent.ts';
import { lowestOf } from './shared.ts';
import { sum } from './structural.ts';

interface AttentionAttrs {
  readonly scale: number;
  /** Query i attends to keys 0 to i. */
  readonly causal: boolean;
  /** With `causal`: of these to the last so many only. */
  readonly window?: number | undefined;
}

type AttentionNode = OnnxContext<AttentionAttrs>;

/**
 * `y = P v` and `P = softmax(q kᵀ · scale + bias)`, for q, k, v (and bias, which broadcasts) with the same first axes;
 * where k and v have a 1 in the last of these, all heads of q share them.
 */
export const attentionOp: OpDef<AttentionAttrs> = {
  kind: 'op',
  name: 'attention',
  // The runtime's kernel takes no empty sequences, and divides by the number of the others.
  needs: (_, operands) => operands.slice(0, 3).flatMap(({ shape }) => shape.map((size) => dimSub(size, 1))),
  rows: (_, [q, k, v]) =>
    q.shape.length === k.shape.length && k.shape.length === v.shape.length ? q.shape.length - 2 : 0,
  infer: ([q, k, v]) => {
    const rows = q.shape.slice(0, -1);
    return [
      { dtype: q.dtype, shape: [...rows, v.shape.at(-1)!] },
      { dtype: q.dtype, shape: [...rows, k.shape.at(-2)!] },
    ];
  },
  vjp: ([dy, dP], { inputs, outputs: [y, p], attrs: { scale } }) => {
    const [q, k, v] = inputs;
    const { ds, dv } = throughAttention([dy, dP], { y, p, v });
    const gradients = [mul(matmul(ds, k), scale), mul(matmul(ds, q, { transposeA: true }), scale), dv];
    return inputs.length === 4 ? [...gradients, ds] : gradients;
  },
  onnx: (b, inputs, node) => (isSquareCausal(b, node) ? writeKernel(b, inputs, node) : writePlain(b, inputs, node)),
};

const alongKeys = (x: Tensor): Tensor => sum(x, { axis: -1, keepDims: true });

/**
 * The gradients of the scores and of the values.
 *
 * dS = P ∘ (dP − rowsum(dP ∘ P)), and with dP = dy·vᵀ that row sum is rowsum(dy ∘ y): no pass over [queries, keys].
 */
export function throughAttention(
  [dy, dP]: readonly [Tensor, Tensor],
  of: Readonly<Record<'y' | 'p' | 'v', Tensor>>,
): { readonly ds: Tensor; readonly dv: Tensor | null } {
  const { p } = of;
  if (isNothing(dy)) return { ds: ofWeights(dP, p), dv: null };
  return { ds: mul(p, ofOutput(dy, dP, of)), dv: matmul(p, dy, { transposeA: true }) };
}

/** The gradient of the scores where only the weights were used. */
const ofWeights = (dP: Tensor, p: Tensor): Tensor => mul(p, sub(dP, alongKeys(mul(dP, p))));

/** The gradient of the scores, over P. */
function ofOutput(dy: Tensor, dP: Tensor, { y, p, v }: Readonly<Record<'y' | 'p' | 'v', Tensor>>): Tensor {
  const through = matmul(dy, v, { transposeB: true });
  const level = alongKeys(mul(dy, y)); // [..., queries, 1]
  if (isNothing(dP)) return sub(through, level);
  return sub(add(through, dP), add(level, alongKeys(mul(dP, p))));
}

/** Where com.microsoft's grouped-query attention does the same: 1.4 times as fast, as it leaves out what is masked. */
function isSquareCausal(b: OnnxBuilder, { inputs: [q, k, v, bias], attrs }: AttentionNode): boolean {
  const has = b.prefers('com.microsoft.GroupQueryAttention');
  const here = has && attrs.causal && (bias as Tensor | undefined) === undefined;
  if (!here || q.dtype !== 'float32') return false;
  const depth = q.shape.at(-1)!;
  const square = dimEquals(q.shape.at(-2)!, k.shape.at(-2)!) && dimEquals(depth, v.shape.at(-1)!);
  return square && typeof depth === 'number' && depth % 8 === 0 && !q.shape.includes(0);
}

/** Whether several heads of q share one of k and v, and how many. */
function groupOf({ inputs: [q, k] }: AttentionNode): number {
  const [heads, shared] = [q.shape.at(-3), k.shape.at(-3)];
  return shared === 1 && typeof heads === 'number' ? heads : 1;
}

/** Every head of k as a batch entry. The softmax of whole rows with −∞ would be slow: it makes denormals. */
function writeKernel(b: OnnxBuilder, [q, k, v]: readonly OnnxValue[], node: AttentionNode): OnnxValue[] {
  const { inputs: operands, outputs, attrs } = node;
  const [length, depth] = operands[0].shape.slice(-2) as [Dim, Dim];
  const group = groupOf(node);
  const batch = sizeOf(operands[1].shape.slice(0, -2));
  const flat = (x: OnnxValue): OnnxValue => b.node('Reshape', [x, b.dims([batch, length, depth])]);
  const queries = group === 1 ? flat(q!) : writeInterleaved(b, q!, [batch, group, length, depth]);
  const total = b.node('Reshape', [b.cast(b.dims([length]), 'int32'), b.ints([])]);
  const last = b.node('Expand', [b.node('Sub', [total, b.scalar(1, 'int32')]), b.dims([batch])]);
  const given = [queries, flat(k!), flat(v!), b.none, b.none, last, total];
  const [y, , , p] = b.nodes('com.microsoft.GroupQueryAttention', given, 4, {
    num_heads: group,
    kv_num_heads: 1,
    scale: { float: attrs.scale },
    qk_output: AFTER_SOFTMAX,
    local_window_size: attrs.window,
  });
  const turned = group === 1 ? y! : writeSeparated(b, y!, [batch, length, group, depth]);
  return [turned, p!].map((value, index) => b.node('Reshape', [value, b.dims(outputs[index]!.shape)]));
}

const AFTER_SOFTMAX = 2;

/** `[batch, group, length, depth]` → `[batch, length, group · depth]`. */
function writeInterleaved(b: OnnxBuilder, x: OnnxValue, sizes: readonly [Dim, number, Dim, Dim]): OnnxValue {
  const [batch, group, length, depth] = sizes;
  const turned = b.node('Transpose', [b.node('Reshape', [x, b.dims(sizes)])], { perm: [0, 2, 1, 3] });
  return b.node('Reshape', [turned, b.dims([batch, length, group * (depth as number)])]);
}

/** `[batch, length, group · depth]` → `[batch, group, length, depth]`. */
const writeSeparated = (b: OnnxBuilder, x: OnnxValue, sizes: readonly Dim[]): OnnxValue =>
  b.node('Transpose', [b.node('Reshape', [x, b.dims(sizes)])], { perm: [0, 2, 1, 3] });

function writePlain(b: OnnxBuilder, inputs: readonly OnnxValue[], node: AttentionNode): OnnxValue[] {
  const { inputs: operands, outputs, attrs } = node;
  let scores = writeScores(b, inputs, node);
  if (operands.length > 3) scores = b.node('Add', [scores, inputs[3]!]);
  if (attrs.causal) {
    const causal = writeCausal(b, outputs[1].shape.slice(-2), operands[0].dtype, attrs.window);
    scores = b.node('Add', [scores, causal]);
  }
  const p = b.node('Softmax', [scores], { axis: -1 });
  return [b.used(outputs[0]) ? b.node('MatMul', [p, inputs[2]!]) : b.none, p];
}

/** `q kᵀ · scale`; the factor costs nothing in FusedMatMul, else it goes to the small side. */
function writeScores(
  b: OnnxBuilder,
  [q, k]: readonly OnnxValue[],
  { inputs, attrs: { scale } }: AttentionNode,
): OnnxValue {
  const { dtype, shape } = inputs[0];
  if (hasFusedProducts(b, dtype)) {
    return b.node('com.microsoft.FusedMatMul', [q!, k!], { transB: 1, alpha: { float: scale } });
  }
  return b.node('MatMul', [b.node('Mul', [q!, b.scalar(scale, dtype)]), writeTurned(b, k!, shape.length)]);
}

/** Whether the target takes `com.microsoft.FusedMatMul`. */
export function hasFusedProducts(b: OnnxBuilder, dtype: DType): boolean {
  return b.prefers('com.microsoft.FusedMatMul') && dtype === 'float32';
}

/** The last two axes exchanged. */
export function writeTurned(b: OnnxBuilder, x: OnnxValue, rank: number): OnnxValue {
  const front = Array.from({ length: rank - 2 }, (_, axis) => axis);
  return b.node('Transpose', [x], { perm: [...front, rank - 1, rank - 2] });
}

/** 0 up to the diagonal (of these for the last `window` keys), the lowest finite number elsewhere. */
// oxlint-disable-next-line max-params -- sizes, dtype and reach of one table.
function writeCausal(b: OnnxBuilder, [queries, keys]: Shape, dtype: DType, window: number | undefined): OnnxValue {
  const counted = (size: Dim, axis: number): OnnxValue => {
    const limit = b.node('Reshape', [b.dims([size]), b.ints([])]);
    const range = b.node('Range', [b.scalar(0, 'int64'), limit, b.scalar(1, 'int64')]);
    return b.node('Unsqueeze', [b.cast(range, 'int32'), b.ints([axis])]);
  };
  const [query, key] = [counted(queries!, 1), counted(keys!, 0)];
  const earlier = b.node('GreaterOrEqual', [query, key]);
  const seen =
    window === undefined
      ? earlier
      : b.node('And', [earlier, b.node('Less', [query, b.node('Add', [key, b.scalar(window, 'int32')])])]);
  const computed = dtype === 'float64' ? dtype : 'float32';
  const bias = b.node('Where', [seen, b.scalar(0, computed), b.scalar(lowestOf(dtype), computed)]);
  return computed === dtype ? bias : b.cast(bias, dtype);
}
