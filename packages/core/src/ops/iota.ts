import { dimAdd, dimEquals, isSymbolic } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { isInteger } from '../dtype.ts';
import type { DType } from '../dtype.ts';
import { DTypeError } from '../errors.ts';
import type { OnnxValue } from '../ir/onnx-binding.ts';
import type { OpDef } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { checkShape } from '../shape.ts';
import { bind } from '../trace/bind.ts';

/** `y[i] = start + i`. */
export const iotaOp: OpDef<{ size: Dim; dtype: DType; start?: Dim }> = {
  kind: 'op',
  name: 'iota',
  infer: (_, { size, dtype }) => ({ dtype, shape: [size] }),
  vjp: null,
  onnx: (b, _, { attrs: { size, dtype, start = 0 } }) => {
    // Range knows few dtypes; int64 where the size itself is computed, since sizes are.
    if (isSymbolic(size) || isSymbolic(start)) {
      const at = (position: Dim): OnnxValue =>
        isSymbolic(position) ? b.node('Reshape', [b.dims([position]), b.ints([])]) : b.scalar(position, 'int64');
      const range = b.node('Range', [at(start), at(dimAdd(start, size)), b.scalar(1, 'int64')]);
      return dtype === 'int64' ? range : b.cast(range, dtype);
    }
    const counted = dtype === 'int64' || dtype === 'float32' || dtype === 'float64' ? dtype : 'int32';
    const range = b.node('Range', [b.scalar(start, counted), b.scalar(start + size, counted), b.scalar(1, counted)]);
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

/** The numbers `start, start + 1, …`, `size` of them, as int32; both may be symbolic. */
export function iotaFrom(start: Dim, size: Dim): Tensor {
  return dimEquals(start, 0) ? iota(size) : bind(iotaOp, [], { size, dtype: 'int32', start });
}
