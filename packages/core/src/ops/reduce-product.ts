import { isSymbolic } from '../dim.ts';
import type { Dim } from '../dim.ts';
import type { OnnxBuilder, OnnxValue } from '../ir/onnx-binding.ts';
import type { Shape } from '../shape.ts';

/** Halvings after which an axis of any size has one element. */
const MOST_STEPS = 31;
/** An end beyond every axis. */
const END = 2 ** 31 - 1;

/**
 * Writes a product of int32 over axes, kept with size 1, that wraps as `mul` does; the runtime's ReduceProd stops at the
 * ends of the range. Each step multiplies one half of an axis with the other.
 */
export function writeWrappingProduct(b: OnnxBuilder, x: OnnxValue, shape: Shape, axes: readonly number[]): OnnxValue {
  return axes.reduce((value, axis) => alongAxis(b, value, shape[axis]!, axis), x);
}

function alongAxis(b: OnnxBuilder, x: OnnxValue, size: Dim, axis: number): OnnxValue {
  // Of nothing the product is 1: one more factor makes every axis of a named size at least 1 long.
  if (isSymbolic(size)) {
    let value = padded(b, x, b.ints([1]), axis);
    for (let step = 0; step < MOST_STEPS; step += 1) value = halvedUnknown(b, value, axis);
    return value;
  }
  if (size === 0) return padded(b, x, b.ints([1]), axis);
  let value = x;
  for (let left = size; left > 1; left = Math.ceil(left / 2)) {
    const half = Math.ceil(left / 2);
    const even = left % 2 === 0 ? value : padded(b, value, b.ints([1]), axis);
    value = product(b, even, b.ints([half]), axis);
  }
  return value;
}

/** One halving of an axis whose size is known when the graph runs. */
function halvedUnknown(b: OnnxBuilder, x: OnnxValue, axis: number): OnnxValue {
  const size = b.node('Shape', [x], { start: axis, end: axis + 1 });
  const half = b.node('Div', [b.node('Add', [size, b.ints([1])]), b.ints([2])]);
  const missing = b.node('Sub', [b.node('Mul', [half, b.ints([2])]), size]);
  return product(b, padded(b, x, missing, axis), half, axis);
}

/** Ones after the last element of an axis. */
function padded(b: OnnxBuilder, x: OnnxValue, count: OnnxValue, axis: number): OnnxValue {
  const widths = b.node('Concat', [b.ints([0]), count], { axis: 0 });
  return b.node('Pad', [x, widths, b.scalar(1, 'int32'), b.ints([axis])]);
}

/** The first half of an axis times the second. */
function product(b: OnnxBuilder, x: OnnxValue, half: OnnxValue, axis: number): OnnxValue {
  const first = b.node('Slice', [x, b.ints([0]), half, b.ints([axis])]);
  return b.node('Mul', [first, b.node('Slice', [x, half, b.ints([END]), b.ints([axis])])]);
}
