/**
 * Convolutions whose channels lie in blocks of a vector's width (`[N, C/b, H, W, b]`): ONNX Runtime's own CPU kernels
 * for that layout, which its optimizer uses for weights known beforehand, and which take weights that are computed too.
 * Measured with AVX-512 (bench/ops/pieces.ts): 1.5 to 2.5 times as fast as Conv, layout changes included.
 */
import type { Dim } from '../dim.ts';
import type { OnnxBuilder, OnnxValue } from '../ir/onnx-binding.ts';
import type { TensorType } from '../ir/op.ts';
import type { Moves } from './conv-window.ts';

const DOMAIN = 'com.microsoft.nchwc';

/** Channels per block, or undefined if the target has no such kernels. */
export function blocksOf(b: OnnxBuilder): number | undefined {
  return b.target.capabilities.channelBlock;
}

interface Attrs extends Moves {
  readonly groups: number;
}

/** A convolution that is written with blocks. */
export interface BlockedPlan {
  readonly attrs: Attrs;
  readonly block: number;
  readonly into: number;
  readonly out: number;
  /** Channels of the result as computed: whole blocks. */
  readonly padded: number;
}

/**
 * Decides whether a convolution is written with blocks: images in float32 whose channels fill whole blocks, dense or
 * depthwise. An input of fewer channels than a block is read as it is. A 1×1 kernel is a matrix product already.
 */
export function blockedConv(
  b: OnnxBuilder,
  x: TensorType,
  { out, attrs }: { readonly out: Dim; readonly attrs: Attrs },
): BlockedPlan | undefined {
  const block = blocksOf(b);
  const into = x.shape[1]!;
  if (block === undefined || x.dtype !== 'float32' || attrs.kernel.length !== 2 || x.shape[0] === 0) return undefined;
  if (typeof into !== 'number' || typeof out !== 'number' || attrs.kernel.every((size) => size === 1)) return undefined;
  const depthwise = attrs.groups === into && attrs.groups === out && into % block === 0;
  const dense = attrs.groups === 1 && (into < block || into % block === 0);
  // Half a block that is computed for nothing is worth it where the input is not laid out anew.
  const full = out % block === 0 || (into < block && out % block === block / 2);
  if (!depthwise && !(dense && full)) return undefined;
  return { attrs, block, into, out, padded: Math.ceil(out / block) * block };
}

/** Writes the convolution of `[x, weight, bias?]`. */
export function writeBlockedConv(
  b: OnnxBuilder,
  [x, weight, bias]: readonly OnnxValue[],
  plan: BlockedPlan,
): OnnxValue {
  const { attrs, block, into, out, padded } = plan;
  const laid = into < block ? x! : b.node(`${DOMAIN}.ReorderInput`, [x!]);
  const inputs = [laid, blockedWeight(b, weight!, plan)];
  if (bias !== undefined) inputs.push(padded === out ? bias : b.node('Pad', [bias, b.ints([0, padded - out])]));
  const { kernel, strides, dilations, pads, groups } = attrs;
  const y = b.node(`${DOMAIN}.Conv`, inputs, { kernel_shape: kernel, strides, dilations, pads, group: groups });
  return b.node(`${DOMAIN}.ReorderOutput`, [y], { channels: out });
}

/**
 * `[O,I,h,w]` in the order `[O/b, I/b, h, w, b, b]` (input channel before output channel), or `[O/b, I, h, w, b]` where
 * the input is not in blocks; the shape stays as it was.
 */
function blockedWeight(b: OnnxBuilder, weight: OnnxValue, { attrs, block, into, out, padded }: BlockedPlan): OnnxValue {
  const [height, width] = attrs.kernel as readonly [number, number];
  const each = into / attrs.groups;
  const whole = padded === out ? weight : b.node('Pad', [weight, b.ints([0, 0, 0, 0, padded - out, 0, 0, 0])]);
  const plain = into < block || attrs.groups > 1;
  const apart = plain
    ? [padded / block, block, each, height, width]
    : [padded / block, block, each / block, block, height, width];
  const perm = plain ? [0, 2, 3, 4, 1] : [0, 2, 4, 5, 3, 1];
  const turned = b.node('Transpose', [b.node('Reshape', [whole, b.ints(apart)])], { perm });
  return b.node('Reshape', [turned, b.ints([padded, each, height, width])]);
}

/**
 * The convolution that a transposed one is, if its stride is 1: padding `dilation·(kernel − 1) − padding`, and at the
 * end as much more as the result is longer. Undefined where that is negative or not known.
 */
export function flippedMoves(moves: Moves, rest: readonly Dim[]): Moves | undefined {
  const { kernel, strides, dilations, pads } = moves;
  const rank = kernel.length;
  if (strides.some((stride) => stride !== 1) || rest.some((extent) => typeof extent !== 'number')) return undefined;
  const turned = pads.map((width, side) => {
    const axis = side % rank;
    return dilations[axis]! * (kernel[axis]! - 1) - width + (side < rank ? 0 : (rest[axis] as number));
  });
  return turned.some((width) => width < 0) ? undefined : { kernel, strides, dilations, pads: turned };
}
