import { isSymbolic } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { isInteger } from '../dtype.ts';
import type { DType } from '../dtype.ts';
import { DTypeError } from '../errors.ts';
import type { OpDef } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { checkShape } from '../shape.ts';
import { bind } from '../trace/bind.ts';

/** `y[i] = i`. */
export const iotaOp: OpDef<{ size: Dim; dtype: DType }> = {
  kind: 'op',
  name: 'iota',
  infer: (_, { size, dtype }) => ({ dtype, shape: [size] }),
  vjp: null,
  onnx: (b, _, { attrs: { size, dtype } }) => {
    // Range knows few dtypes; int64 where the size itself is computed, since sizes are.
    if (isSymbolic(size)) {
      const limit = b.node('Reshape', [b.dims([size]), b.ints([])]);
      const range = b.node('Range', [b.scalar(0, 'int64'), limit, b.scalar(1, 'int64')]);
      return dtype === 'int64' ? range : b.cast(range, dtype);
    }
    const counted = dtype === 'int64' || dtype === 'float32' || dtype === 'float64' ? dtype : 'int32';
    const range = b.node('Range', [b.scalar(0, counted), b.scalar(size, counted), b.scalar(1, counted)]);
    return counted === dtype ? range : b.cast(range, dtype);
  },
};

/**
 * The numbers `0, 1, 2, …` up to but not including `size`, which may be symbolic.
 * @param size - How many.
 * @param dtype - Element type, any number type. Default `int32`.
 * @throws {@link ShapeError} if `size` is negative or fractional.
 * @throws {@link DTypeError} if `dtype` is `bool`.
 * @example
 * await toArray(iota(4)); // => [0, 1, 2, 3]
 * @category Creation
 */
export function iota(size: Dim, dtype: DType = 'int32'): Tensor {
  checkShape([size], 'iota');
  if (!isInteger(dtype) && !dtype.includes('float')) {
    throw new DTypeError(`iota: not a number type. Got ${dtype}; expected an integer or floating-point dtype.`, {
      op: 'iota',
      details: { dtype },
    });
  }
  return bind(iotaOp, [], { size, dtype });
}
