import { dimDivide, dimEquals, formatDim } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { isFloat } from '../dtype.ts';
import type { DType } from '../dtype.ts';
import { ArgumentError, DTypeError, ShapeError } from '../errors.ts';
import type { OnnxBuilder, OnnxContext, OnnxValue } from '../ir/onnx-binding.ts';
import type { OpDef } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { broadcastShapes, formatShape, sizeOf } from '../shape.ts';
import type { Shape } from '../shape.ts';
import { bindAll } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { equal, greaterEqual, logicalAnd, logicalNot, where } from './compare.ts';
import { add, maximum, mul, sub } from './elementwise.ts';
import { iota } from './iota.ts';
import { matmul } from './linalg.ts';
import { unsqueeze } from './movement.ts';
import { any, max } from './reduce.ts';
import { isNothing } from './shared-cotangent.ts';
import { lowestOf } from './shared.ts';
import { cast, expand, reshape, sum } from './structural.ts';

interface AttentionAttrs {
  readonly scale: number;
  /** Query i attends to keys 0 to i. */
  readonly causal: boolean;
}

type AttentionNode = OnnxContext<AttentionAttrs>;

/** `y = P v` and `P = softmax(q kᵀ · scale + bias)`, for q, k, v (and bias, which broadcasts) with the same first axes. */
export const attentionOp: OpDef<AttentionAttrs> = {
  kind: 'op',
  name: 'attention',
  rows: (_, [q, k, v]) =>
    q.shape.length === k.shape.length && k.shape.length === v.shape.length ? q.shape.length - 2 : 0,
  infer: ([q, k, v]) => {
    const rows = q.shape.slice(0, -1);
    return [
      { dtype: q.dtype, shape: [...rows, v.shape.at(-1)!] },
      { dtype: q.dtype, shape: [...rows, k.shape.at(-2)!] },
    ];
  },
  // dS = P ∘ (dP − rowsum(dP ∘ P)), and with dP = dy·vᵀ that row sum is rowsum(dy ∘ y): no pass over [queries, keys].
  vjp: ([dy, dP], { inputs, outputs: [y, p], attrs: { scale } }) => {
    const [q, k, v] = inputs;
    const ds = isNothing(dy) ? ofWeights(dP, p) : mul(p, ofOutput(dy, dP, { y, p, v }));
    const gradients = [mul(matmul(ds, k), scale), mul(matmul(ds, q, { transposeA: true }), scale)];
    const dv = isNothing(dy) ? null : matmul(p, dy, { transposeA: true });
    return inputs.length === 4 ? [...gradients, dv, ds] : [...gradients, dv];
  },
  onnx: (b, inputs, node) => (isSquareCausal(b, node) ? writeKernel(b, inputs, node) : writePlain(b, inputs, node)),
};

const alongKeys = (x: Tensor): Tensor => sum(x, { axis: -1, keepDims: true });

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
  const { mode, provider } = b.target;
  const here = mode === 'native' && provider === 'cpu' && attrs.causal && (bias as Tensor | undefined) === undefined;
  if (!here || q.dtype !== 'float32') return false;
  const depth = q.shape.at(-1)!;
  const square = dimEquals(q.shape.at(-2)!, k.shape.at(-2)!) && dimEquals(depth, v.shape.at(-1)!);
  return square && typeof depth === 'number' && depth % 8 === 0 && !q.shape.includes(0);
}

/** Every head as a batch entry with one head. The softmax of whole rows with −∞ would be slow: it makes denormals. */
function writeKernel(
  b: OnnxBuilder,
  inputs: readonly OnnxValue[],
  { inputs: [q], outputs, attrs }: AttentionNode,
): OnnxValue[] {
  const [length, depth] = q.shape.slice(-2) as [Dim, Dim];
  const batch = sizeOf(q.shape.slice(0, -2));
  const flat = inputs.map((x) => b.node('Reshape', [x, b.dims([batch, length, depth])]));
  const total = b.node('Reshape', [b.cast(b.dims([length]), 'int32'), b.ints([])]);
  const last = b.node('Expand', [b.node('Sub', [total, b.scalar(1, 'int32')]), b.dims([batch])]);
  const settings = { num_heads: 1, kv_num_heads: 1, scale: { float: attrs.scale }, qk_output: AFTER_SOFTMAX };
  const given = [...flat, b.none, b.none, last, total];
  const [y, , , p] = b.nodes('com.microsoft.GroupQueryAttention', given, 4, settings);
  return [y!, p!].map((value, index) => b.node('Reshape', [value, b.dims(outputs[index]!.shape)]));
}

const AFTER_SOFTMAX = 2;

function writePlain(b: OnnxBuilder, inputs: readonly OnnxValue[], node: AttentionNode): OnnxValue[] {
  const { inputs: operands, outputs, attrs } = node;
  let scores = writeScores(b, inputs, node);
  if (operands.length > 3) scores = b.node('Add', [scores, inputs[3]!]);
  if (attrs.causal) scores = b.node('Add', [scores, writeCausal(b, outputs[1].shape.slice(-2), operands[0].dtype)]);
  const p = b.node('Softmax', [scores], { axis: -1 });
  return [b.used(outputs[0]) ? b.node('MatMul', [p, inputs[2]!]) : b.none, p];
}

/** `q kᵀ · scale`; the factor costs nothing in FusedMatMul, else it goes to the small side. */
function writeScores(
  b: OnnxBuilder,
  [q, k]: readonly OnnxValue[],
  { inputs, attrs: { scale } }: AttentionNode,
): OnnxValue {
  const { mode, provider } = b.target;
  const { dtype, shape } = inputs[0];
  if (mode === 'native' && (provider === 'cpu' || provider === 'wasm') && dtype === 'float32') {
    return b.node('com.microsoft.FusedMatMul', [q!, k!], { transB: 1, alpha: { float: scale } });
  }
  const axes = shape.map((_, axis) => axis);
  const turned = b.node('Transpose', [k!], { perm: [...axes.slice(0, -2), axes.length - 1, axes.length - 2] });
  return b.node('MatMul', [b.node('Mul', [q!, b.scalar(scale, dtype)]), turned]);
}

/** 0 up to the diagonal, the lowest finite number beyond it. */
function writeCausal(b: OnnxBuilder, [queries, keys]: Shape, dtype: DType): OnnxValue {
  const counted = (size: Dim, axis: number): OnnxValue => {
    const limit = b.node('Reshape', [b.dims([size]), b.ints([])]);
    const range = b.node('Range', [b.scalar(0, 'int64'), limit, b.scalar(1, 'int64')]);
    return b.node('Unsqueeze', [b.cast(range, 'int32'), b.ints([axis])]);
  };
  const seen = b.node('GreaterOrEqual', [counted(queries!, 1), counted(keys!, 0)]);
  const computed = dtype === 'float64' ? dtype : 'float32';
  const bias = b.node('Where', [seen, b.scalar(0, computed), b.scalar(lowestOf(dtype), computed)]);
  return computed === dtype ? bias : b.cast(bias, dtype);
}

/** Settings of {@link scaledDotProductAttention} and {@link attentionWeights}. */
export interface AttentionOptions {
  /**
   * Broadcasts to `[..., queries, keys]`. bool: true where a query may attend to a key; a float: added to the scores.
   * Default: none.
   */
  readonly mask?: TensorLike | undefined;
  /** Query i attends to keys 0 to i only; together with a mask, to those of them the mask allows. Default false. */
  readonly isCausal?: boolean | undefined;
  /** Multiplies the scores. Default `1 / √depth`. */
  readonly scale?: number | undefined;
  /** Let several heads (axis -3) of the queries share a head of keys and values. Default false. */
  readonly enableGqa?: boolean | undefined;
}

/**
 * Attention: `softmax(q kᵀ · scale + mask) v`, with a closed-form gradient that keeps the weights and nothing else of
 * that size.
 *
 * A query that may attend to nothing gets 0, and so do its gradients (as in PyTorch since 2.5).
 * @param query - `[..., queries, depth]`, a float dtype; usually `[batch, heads, queries, depth]`.
 * @param key - `[..., keys, depth]`, same dtype; axes in front broadcast.
 * @param value - `[..., keys, valueDepth]`, same dtype.
 * @param options.mask - bool (true: attend) or float (added to the scores). Default: none.
 * @param options.isCausal - Query i attends to keys 0 to i. Default false.
 * @param options.scale - Multiplies the scores. Default `1 / √depth`.
 * @param options.enableGqa - Groups of query heads share a head of keys and values. Default false.
 * @returns `[..., queries, valueDepth]`.
 * @throws {@link ShapeError} if the sizes do not fit.
 * @throws {@link DTypeError} if the dtypes are no floats, or differ.
 * @example
 * const x = tensor([[1, 0], [0, 1]]);
 * const y = scaledDotProductAttention(x, x, tensor([[1], [3]]), { isCausal: true, scale: 0 });
 * await toArray(y); // => [[1], [2]]
 * @see Vaswani et al. 2017, eq. 1, https://arxiv.org/abs/1706.03762
 * @category Attention
 */
export function scaledDotProductAttention(
  query: TensorLike,
  key: TensorLike,
  value: TensorLike,
  // oxlint-disable-next-line max-params -- three operands, as everywhere else.
  options: AttentionOptions = {},
): Tensor {
  return attend('scaledDotProductAttention', [query, key, value], options, 0);
}

/**
 * The weights of {@link scaledDotProductAttention}: `softmax(q kᵀ · scale + mask)`, to look at or to drop out from.
 *
 * A query that may attend to nothing has weights 0.
 * @param query - `[..., queries, depth]`, a float dtype.
 * @param key - `[..., keys, depth]`, same dtype; axes in front broadcast.
 * @param options - As for {@link scaledDotProductAttention}.
 * @returns `[..., queries, keys]`; rows sum to 1.
 * @throws {@link ShapeError} if the sizes do not fit.
 * @throws {@link DTypeError} if the dtypes are no floats, or differ.
 * @example
 * const x = tensor([[1, 0], [0, 1]]);
 * await toArray(attentionWeights(x, x, { isCausal: true, scale: 0 })); // => [[1, 0], [0.5, 0.5]]
 * @category Attention
 */
export function attentionWeights(query: TensorLike, key: TensorLike, options: AttentionOptions = {}): Tensor {
  return attend('attentionWeights', [query, key, key], options, 1);
}

// oxlint-disable-next-line max-params -- two call sites; an object would only repeat the names.
function attend(op: string, given: readonly TensorLike[], options: AttentionOptions, output: 0 | 1): Tensor {
  const operands = given.map((x) => asTensor(x, op));
  const scale = options.scale ?? defaultScale(op, operands[0]!);
  if (!Number.isFinite(scale)) {
    throw new ArgumentError(`${op}: scale is not a number. Got ${scale}; expected a finite number.`, { op });
  }
  checkOperands(op, operands);
  const [q, k, v] = sameBatch(op, options.enableGqa === true ? sharedHeads(op, operands) : operands);
  const { isCausal = false } = options;
  const plain = { scale, causal: isCausal };
  if (options.mask === undefined) return bindAll(attentionOp, [q, k, v], plain)[output]!;
  const mask = maskOf(op, options.mask, { q, k, isCausal });
  const result = bindAll(attentionOp, [q, k, v, mask.bias], { scale, causal: false })[output]!;
  return where(mask.attends, result, 0);
}

function defaultScale(op: string, q: Tensor): number {
  const depth = q.shape.at(-1);
  if (typeof depth === 'number') return 1 / Math.sqrt(depth);
  throw new ShapeError(
    `${op}: the depth has no fixed size. Got query ${formatShape(q.shape)}; expected a number in the last axis. Pass scale.`,
    { op },
  );
}

function checkOperands(op: string, [q, k, v]: readonly Tensor[]): void {
  const shapes = `query ${formatShape(q!.shape)}, key ${formatShape(k!.shape)}, value ${formatShape(v!.shape)}`;
  if (!isFloat(q!.dtype) || k!.dtype !== q!.dtype || v!.dtype !== q!.dtype) {
    throw new DTypeError(
      `${op}: the dtypes do not fit. Got query ${q!.dtype}, key ${k!.dtype}, value ${v!.dtype}; expected one float ` +
        `dtype. Cast them.`,
      { op },
    );
  }
  const matrices = [q, k, v].every((x) => x!.shape.length >= 2);
  const depths = matrices && dimEquals(q!.shape.at(-1)!, k!.shape.at(-1)!);
  if (depths && dimEquals(k!.shape.at(-2)!, v!.shape.at(-2)!)) return;
  throw new ShapeError(
    `${op}: sizes do not fit. Got ${shapes}; expected query [...,queries,depth], key [...,keys,depth] and value ` +
      `[...,keys,valueDepth]. Transpose or reshape them.`,
    { op },
  );
}

/** Keys and values with as many heads (axis -3) as the queries: each is repeated for the group that shares it. */
function sharedHeads(op: string, [q, ...rest]: readonly Tensor[]): Tensor[] {
  const heads = q!.shape.at(-3);
  const shared = rest.map((x) => {
    const own = x.shape.at(-3);
    const group = heads === undefined || own === undefined ? undefined : dimDivide(heads, own);
    if (group === undefined) {
      throw new ShapeError(
        `${op}: the heads cannot be shared. Got query ${formatShape(q!.shape)} and key or value ${formatShape(x.shape)}; ` +
          `expected ${own === undefined ? 'a heads axis' : `heads (${formatDim(heads ?? 0)}) that ${formatDim(own)} divides`} ` +
          `in axis -3.`,
        { op },
      );
    }
    const front = x.shape.slice(0, -2);
    const repeated = expand(unsqueeze(x, -3), [...front, group, ...x.shape.slice(-2)]);
    return reshape(repeated, [...front.slice(0, -1), heads!, ...x.shape.slice(-2)]);
  });
  return [q!, ...shared];
}

/** The operands with the same sizes before the last two. */
function sameBatch(op: string, operands: readonly Tensor[]): [Tensor, Tensor, Tensor] {
  const batch = operands.map((x) => x.shape.slice(0, -2)).reduce<Shape>((a, b) => broadcastShapes(a, b, op), []);
  return operands.map((x) => expand(x, [...batch, ...x.shape.slice(-2)])) as [Tensor, Tensor, Tensor];
}

interface Masked {
  /** Finite, added to the scores. */
  readonly bias: Tensor;
  /** Which queries attend to anything at all, `[..., queries or 1, 1]`. */
  readonly attends: Tensor;
}

function maskOf(
  op: string,
  given: TensorLike,
  { q, k, isCausal }: { q: Tensor; k: Tensor; isCausal: boolean },
): Masked {
  const mask = asTensor(given, op);
  if (mask.dtype !== 'bool' && !isFloat(mask.dtype)) {
    throw new DTypeError(
      `${op}: not a mask. Got ${mask.dtype} ${formatShape(mask.shape)}; expected bool (true: attend) or a float that is ` +
        `added to the scores. Use cast(mask, 'bool').`,
      { op },
    );
  }
  checkMask(op, mask, [...q.shape.slice(0, -1), k.shape.at(-2)!]);
  const lowest = lowestOf(q.dtype);
  const earlier = isCausal ? upToDiagonal(q.shape.at(-2)!, k.shape.at(-2)!) : undefined;
  const rows = mask.shape.length < 1 ? reshape(mask, [1]) : mask;
  const along = { axis: -1, keepDims: true };
  if (mask.dtype === 'bool') {
    const seen = earlier === undefined ? rows : logicalAnd(rows, earlier);
    // Two numbers would be float32, where the lowest float64 is −∞.
    const nothing = asTensor(0, op, q.dtype === 'float64' ? 'float64' : 'float32');
    return { bias: cast(where(seen, nothing, lowest), q.dtype), attends: any(seen, along) };
  }
  const scores = cast(rows, q.dtype);
  const seen = earlier === undefined ? scores : where(earlier, scores, -Infinity);
  return { bias: maximum(seen, lowest), attends: logicalNot(equal(max(seen, along), -Infinity)) };
}

function checkMask(op: string, mask: Tensor, scores: Shape): void {
  const extra = mask.shape.length - scores.length;
  const fits = mask.shape.every(
    (size, axis) => size === 1 || (axis >= extra && dimEquals(size, scores[axis - extra]!)),
  );
  if (fits && extra <= 0) return;
  throw new ShapeError(
    `${op}: the mask does not fit. Got mask ${formatShape(mask.shape)} for scores ${formatShape(scores)}; expected sizes ` +
      `that broadcast to [...,queries,keys]. Add axes of size 1 with unsqueeze.`,
    { op },
  );
}

/** `[queries, keys]`, true where the key is not later than the query. */
const upToDiagonal = (queries: Dim, keys: Dim): Tensor => greaterEqual(unsqueeze(iota(queries), 1), iota(keys));
