import { checkOptionNames } from '../argument.ts';
import { dimEquals, dimFloorDiv, dimMul, formatDim } from '../dim.ts';
import { ShapeError } from '../errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { formatShape, normalizeAxis } from '../shape.ts';
import type { TensorLike } from '../trace/literal.ts';
import { sigmoid, silu } from './activation.ts';
import type { AxisOptions } from './along-axis.ts';
import { mul } from './elementwise.ts';
import { split } from './movement.ts';
import { asFloat } from './shared.ts';

/** Both halves of an axis. */
function halves(x: TensorLike, options: AxisOptions, op: string): [Tensor, Tensor] {
  const operand = asFloat(x, op);
  const axis = normalizeAxis(options.axis ?? -1, operand.shape.length, op);
  const size = operand.shape[axis]!;
  const half = dimFloorDiv(size, 2);
  if (dimEquals(dimMul(half, 2), size)) {
    const [first, second] = split(operand, [half, half], { axis });
    return [first!, second!];
  }
  throw new ShapeError(
    `${op}: the axis has no two halves. Got size ${formatDim(size)} on axis ${axis} of x ${formatShape(operand.shape)}; ` +
      `expected an even size. Give the layer before it twice as many features.`,
    { op, details: { shape: formatShape(operand.shape), axis } },
  );
}

/**
 * Gated linear unit: `a · sigmoid(b)`, a and b the halves of an axis.
 * @param options.axis - Default -1.
 * @returns Half as long along the axis.
 * @throws {@link ShapeError} if the size of the axis is odd.
 * @example
 * await toArray(glu(tensor([3, 0]))); // => [1.5]
 * @see Dauphin et al. 2017, https://arxiv.org/abs/1612.08083
 * @category Activations
 */
export function glu(x: TensorLike, options: AxisOptions = {}): Tensor {
  checkOptionNames('glu', options, ['axis']);
  const [value, gate] = halves(x, options, 'glu');
  return mul(value, sigmoid(gate));
}

/**
 * Gated linear unit with {@link silu}: `silu(a) · b`, a and b the halves of an axis; the first one is the gate.
 * @param options.axis - Default -1.
 * @returns Half as long along the axis.
 * @throws {@link ShapeError} if the size of the axis is odd.
 * @example
 * await toArray(swiglu(tensor([100, 2]))); // => [200]
 * @see Shazeer 2020, https://arxiv.org/abs/2002.05202
 * @category Activations
 */
export function swiglu(x: TensorLike, options: AxisOptions = {}): Tensor {
  checkOptionNames('swiglu', options, ['axis']);
  const [gate, value] = halves(x, options, 'swiglu');
  return mul(silu(gate), value);
}
