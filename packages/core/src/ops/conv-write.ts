import { dimEquals, dimSub } from '../dim.ts';
import type { Dim } from '../dim.ts';
import type { OnnxBuilder, OnnxInputs, OnnxValue } from '../ir/onnx-binding.ts';
import type { TensorType } from '../ir/op.ts';
import { transposedSizes } from './conv-window.ts';
import type { Moves } from './conv-window.ts';
import { writeRange } from './shared-write.ts';
import { blockedConv, blocksOf, flippedMoves, writeBlockedConv } from './conv-write-blocked.ts';

interface Attrs extends Moves {
  readonly groups: number;
}

type Types = readonly [TensorType, TensorType, ...unknown[]];

/** A convolution in ONNX's names. */
export const onnxWindow = ({
  kernel,
  strides,
  dilations,
  pads,
  groups,
}: Attrs): Record<string, number | readonly number[]> => ({
  kernel_shape: kernel,
  strides,
  dilations,
  pads,
  group: groups,
});

/** Writes a convolution; with channels in blocks where the target has such kernels and they are faster. */
export function writeConv(b: OnnxBuilder, inputs: OnnxInputs, [x, w]: Types, attrs: Attrs): OnnxValue {
  const given = inputs.slice(0, 3);
  const plan = blockedConv(b, x, { out: w.shape[0]!, attrs });
  return plan === undefined ? b.node('Conv', given, onnxWindow(attrs)) : writeBlockedConv(b, given, plan);
}

/** Writes a transposed convolution: with stride 1 perhaps as a convolution with the kernel turned around. */
export function writeConvTranspose(
  b: OnnxBuilder,
  inputs: OnnxInputs,
  types: Types,
  attrs: Attrs & { readonly size: readonly Dim[] },
): OnnxValue {
  const [x, w] = types;
  const natural = transposedSizes(x.shape.slice(2), attrs);
  const rest = attrs.size.map((size, axis) => dimSub(size, natural[axis]!));
  const block = blocksOf(b);
  const moves = block === undefined ? undefined : flippedMoves(attrs, rest);
  if (moves !== undefined && block !== undefined) {
    const turned = { ...moves, groups: attrs.groups };
    const channels = w.shape[1]!;
    const out = typeof channels === 'number' ? channels * attrs.groups : channels;
    const plan = blockedConv(b, x, { out, attrs: turned });
    if (plan !== undefined)
      return writeBlockedConv(b, [inputs[0], turnedKernel(b, inputs[1], attrs), ...inputs.slice(2, 3)], plan);
  }
  const narrow = attrs.groups > 1 && w.shape[1] === 1 && !dimEquals(w.shape[0]!, attrs.groups);
  if (narrow && b.hasFault('narrow-groups')) return writeNarrowGroups(b, inputs, attrs, rest);
  return writeTransposed(b, inputs.slice(0, 3), attrs, rest);
}

/** Some provider's kernel is wrong where groups of several channels have one result each: they get a second one, of zeros. */
function writeNarrowGroups(b: OnnxBuilder, [x, w, bias]: OnnxInputs, attrs: Attrs, rest: readonly Dim[]): OnnxValue {
  const none = attrs.kernel.map(() => 0);
  const wide = b.node('Pad', [w, b.ints([0, 0, ...none, 0, 1, ...none])]);
  const both = writeTransposed(b, [x, wide], attrs, rest);
  const y = b.node('Gather', [both, writeRange(b, attrs.groups, 0, 2)], { axis: 1 });
  if ((bias as OnnxValue | undefined) === undefined) return y;
  return b.node('Add', [y, b.node('Reshape', [bias, b.ints([-1, ...none.map(() => 1)])])]);
}

/** `w[i,o,u] → w[o,i,−u]`; a depthwise kernel has one channel, and is only turned around. */
function turnedKernel(b: OnnxBuilder, weight: OnnxValue, { kernel, groups }: Attrs): OnnxValue {
  const axes = kernel.map((_, axis) => axis + 2);
  const all = (value: number): OnnxValue => b.ints(axes.map(() => value));
  const swapped = groups === 1 ? b.node('Transpose', [weight], { perm: [1, 0, ...axes] }) : weight;
  return b.node('Slice', [swapped, all(-1), all(-(2 ** 31)), b.ints(axes), all(-1)]);
}

/** A ConvTranspose with `rest` more elements at the end of each axis than it would have. */
export function writeTransposed(
  b: OnnxBuilder,
  inputs: readonly OnnxValue[],
  attrs: Attrs,
  rest: readonly Dim[],
): OnnxValue {
  const rank = rest.length;
  // What is added at the end was cut off there as padding, as far as that goes; after that come zeros.
  const uncut = rest.map((extent, axis) => {
    const cut = attrs.pads[axis + rank]!;
    return typeof extent === 'number' ? Math.min(extent, cut) : cut;
  });
  const settings = onnxWindow({ ...attrs, pads: attrs.pads.map((width, side) => width - (uncut[side - rank] ?? 0)) });
  const more = rest.map((extent, axis) => dimSub(extent, uncut[axis]!));
  if (more.every((extent) => extent === 0)) return b.node('ConvTranspose', inputs, settings);
  if (more.every((extent, axis) => typeof extent === 'number' && extent < attrs.strides[axis]!)) {
    return b.node('ConvTranspose', inputs, { ...settings, output_padding: more as number[] });
  }
  const y = b.node('ConvTranspose', inputs.slice(0, 2), settings);
  const wide = b.node('Pad', [y, b.dims([0, 0, ...rest.map(() => 0), 0, 0, ...more])]);
  const bias = inputs[2];
  if (bias === undefined) return wide;
  return b.node('Add', [wide, b.node('Reshape', [bias, b.ints([-1, ...rest.map(() => 1)])])]);
}
