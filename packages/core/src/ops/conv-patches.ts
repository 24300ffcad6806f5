import { dimAdd, dimFloorDiv, dimMul, dimSub } from '../dim.ts';
import type { Dim } from '../dim.ts';
import type { Tensor } from '../ir/tensor.ts';
import { sizeOf } from '../shape.ts';
import { windowCounts } from './conv-window.ts';
import type { Moves } from './conv-window.ts';
import { matmul } from './linalg.ts';
import { concat, flip, pad, slice } from './movement.ts';
import { reshape, transpose } from './structural.ts';

interface Attrs extends Moves {
  readonly groups: number;
}

/** The places of a kernel's elements, in row order. */
export function tapsOf(kernel: readonly number[]): number[][] {
  return kernel.reduce<number[][]>(
    (taps, size) => taps.flatMap((tap) => Array.from({ length: size }, (_, at) => [...tap, at])),
    [[]],
  );
}

/** For each kernel element what the windows read there: `[batch, channels, ...counts]`. `x` is padded already. */
export function tapViews(x: Tensor, moves: Moves): Tensor[] {
  const { kernel, strides, dilations } = moves;
  const counts = windowCounts(x.shape.slice(2), { ...moves, pads: kernel.flatMap(() => [0, 0]) });
  const axes = kernel.map((_, axis) => axis + 2);
  return tapsOf(kernel).map((tap) => {
    const ranges = tap.map((at, axis): [number, Dim, number] => {
      const start = at * dilations[axis]!;
      const stop = dimAdd(dimMul(dimSub(counts[axis]!, 1), strides[axis]!), start + 1);
      return [start, stop, strides[axis]!];
    });
    return slice(x, ranges, { axes });
  });
}

/** x with the padding of a window around it, filled with `value`. */
export function padAround(x: Tensor, { pads, kernel }: Pick<Moves, 'pads' | 'kernel'>, value = 0): Tensor {
  const rank = kernel.length;
  const sides = kernel.map((_, axis): [number, number] => [pads[axis]!, pads[axis + rank]!]);
  return pad(x, [[0, 0], [0, 0], ...sides], { value });
}

/**
 * A convolution as a product of matrices over all windows laid side by side (im2col): for dtypes whose convolution the
 * runtime lacks. Made of other ops, so its gradients need no rules.
 */
export function convByPatches(x: Tensor, w: Tensor, attrs: Attrs): Tensor {
  const { kernel, groups } = attrs;
  const [batch, channels] = x.shape as readonly [Dim, Dim];
  const out = w.shape[0]!;
  const [each, from] = [dimFloorDiv(channels, groups), dimFloorDiv(out, groups)];
  const views = tapViews(padAround(x, attrs), attrs);
  const counts = views[0]!.shape.slice(2);
  const places = sizeOf(counts);
  const taps = kernel.reduce((product, size) => product * size, 1);
  const rows = views.map((view) => reshape(view, [batch, groups, each, 1, places]));
  const patches = reshape(concat(rows, { axis: 3 }), [batch, groups, dimMul(each, taps), places]);
  const weight = reshape(w, [groups, from, dimMul(each, taps)]);
  return reshape(matmul(weight, patches), [batch, out, ...counts]);
}

/** A transposed convolution as a convolution of x with zeros between its elements, for the same dtypes. */
export function convTransposeByPatches(
  x: Tensor,
  w: Tensor,
  { size, ...attrs }: Attrs & { readonly size: readonly Dim[] },
): Tensor {
  const { kernel, strides, dilations, pads, groups } = attrs;
  const rank = kernel.length;
  const axes = kernel.map((_, axis) => axis + 2);
  const spread = axes.map((axis) => dimAdd(dimMul(dimSub(x.shape[axis]!, 1), strides[axis - 2]!), 1));
  // With reach r = dilation·(kernel − 1): the whole result has spread + r places, from −padding on.
  const reach = kernel.map((length, axis) => dilations[axis]! * (length - 1));
  const room = size.map((extent, axis): [number, Dim] => {
    const after = dimAdd(dimSub(extent, spread[axis]!), pads[axis]!);
    return [reach[axis]!, typeof after === 'number' ? Math.max(after, 0) : after];
  });
  const interior = [0, 0, ...strides.map((stride) => stride - 1)];
  const wide = pad(x, [[0, 0], [0, 0], ...room], { interior });
  const [into, each] = w.shape as readonly [Dim, Dim];
  const perGroup = dimFloorDiv(into, groups);
  const apart = reshape(flip(w, { axis: axes }), [groups, perGroup, each, ...kernel]);
  const turned = transpose(apart, [0, 2, 1, ...kernel.map((_, axis) => axis + 3)]);
  const kernels = reshape(turned, [dimMul(each, groups), perGroup, ...kernel]);
  const still = { kernel, strides: strides.map(() => 1), dilations, pads: pads.map(() => 0), groups };
  const whole = convByPatches(wide, kernels, still);
  const ranges = size.map((extent, axis): [number, Dim] => [pads[axis]!, dimAdd(extent, pads[axis]!)]);
  return slice(whole, ranges, { axes: axes.slice(0, rank) });
}
