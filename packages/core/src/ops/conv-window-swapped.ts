import { dimAdd, dimMul, dimSub } from '../dim.ts';
import type { TensorType } from '../ir/op.ts';
import { reachOf } from './conv-window.ts';
import type { Moves } from './conv-window.ts';

/** The window of the convolution of x with dy as its kernel; `exact` if its result has no elements too many. */
export function swappedWindow({ shape }: TensorType, dy: TensorType, attrs: Moves) {
  const { strides, dilations, pads } = attrs;
  const rank = attrs.kernel.length;
  const excess = attrs.kernel.map((_, axis) => {
    const used = dimMul(dimSub(dy.shape[axis + 2]!, 1), strides[axis]!);
    return dimSub(dimAdd(shape[axis + 2]!, pads[axis]! + pads[axis + rank]!), dimAdd(used, reachOf(attrs, axis)));
  });
  // Elements at the end that no window covered are not read: less padding there, as far as it goes.
  const unread = excess.map((rest, axis) =>
    typeof rest === 'number' ? Math.min(Math.max(rest, 0), pads[axis + rank]!) : 0,
  );
  return {
    strides: dilations,
    dilations: strides,
    pads: pads.map((width, side) => width - (unread[side - rank] ?? 0)),
    exact: excess.every((rest, axis) => typeof rest === 'number' && rest - unread[axis]! < dilations[axis]!),
  };
}
