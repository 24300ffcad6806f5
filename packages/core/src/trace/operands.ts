import { promote } from '../dtype.ts';
import type { DType } from '../dtype.ts';
import { isTensor, notATensor } from '../ir/tensor.ts';
import type { Tensor } from '../ir/tensor.ts';
import { resolve } from './bind.ts';
import { tensor } from './literal.ts';
import type { TensorLike } from './literal.ts';

/**
 * The value as a tensor; a number becomes a scalar of `dtype` (default float32), a boolean one of dtype bool.
 * @category Ops
 */
export function asTensor(value: TensorLike, op: string, dtype?: DType): Tensor {
  if (isTensor(value)) return resolve(value);
  if (typeof value === 'number') return tensor(value, { dtype: dtype ?? 'float32' });
  if (typeof value === 'boolean') return tensor(value, { dtype: dtype ?? 'bool' });
  throw notATensor(op, value, 'a tensor, a number or a boolean');
}

/**
 * Two operands in a common dtype's terms: a number takes the dtype of the tensor beside it; of two tensors each keeps
 * its own and the dtype they promote to is named.
 * @category Ops
 */
export function promoteOperands(a: TensorLike, b: TensorLike, op: string): { a: Tensor; b: Tensor; dtype: DType } {
  const beside = (value: TensorLike, other: TensorLike): DType | undefined => {
    if (typeof value !== 'number' || !isTensor(other)) return undefined;
    // A fraction beside integers needs a float to hold it.
    const whole = Number.isInteger(value);
    return other.dtype === 'bool' ? 'float32' : whole || isFractional(other.dtype) ? other.dtype : 'float32';
  };
  const x = asTensor(a, op, beside(a, b));
  const y = asTensor(b, op, beside(b, a));
  return { a: x, b: y, dtype: promote(x.dtype, y.dtype) };
}

const isFractional = (dtype: DType): boolean => dtype.startsWith('float') || dtype === 'bfloat16';
